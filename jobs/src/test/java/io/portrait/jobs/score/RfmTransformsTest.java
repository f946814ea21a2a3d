package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.testing.SparkExtension;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class RfmTransformsTest {

  private static final Rfm SHIPPED = ShippedScores.load().rfm();
  private static final StructType FEATURES =
      StructType.fromDDL(
          "customer_id string, days_since_last_order bigint, order_count bigint,"
              + " order_amount decimal(18,2)");

  @Test
  void leavesOutCustomersWithoutPurchaseAndReadsNullAsNothing(SparkSession spark) {
    Dataset<Row> features =
        spark.sql(
            "SELECT * FROM VALUES ('a', 1L, 2L, 3.50BD), ('b', NULL, 0L, 0BD),"
                + " ('c', 7L, NULL, NULL)"
                + " AS t(customer_id, days_since_last_order, order_count, order_amount)");

    assertThat(RfmTransforms.metrics(features, SHIPPED, 2).collectAsList().toString())
        .isEqualTo("[[a,1,2,3.50], [c,7,0,0.00]]");
  }

  /** Quantiles by hand: 1..11 has (n - 1) i / 5 = 2, 4, 6, 8, so cut points 3, 5, 7, 9. */
  @Test
  void cutsAtTheQuantilesAndGivesAValueOnACutPointTheScoreBelow(SparkSession spark) {
    Dataset<Row> metrics =
        spark.sql(
            "SELECT string(id) AS customer_id, id AS recency_days, id AS frequency,"
                + " CAST(id AS DECIMAL(18,2)) AS monetary FROM range(1, 12)");

    RfmCuts cuts = RfmCuts.of(metrics, SHIPPED);

    assertThat(cuts)
        .isEqualTo(
            new RfmCuts(
                11,
                Map.of(
                    "recency", List.of(3.0, 5.0, 7.0, 9.0),
                    "frequency", List.of(3.0, 5.0, 7.0, 9.0),
                    "monetary", List.of(3.0, 5.0, 7.0, 9.0)),
                Map.of("recency", "quantile", "frequency", "quantile", "monetary", "quantile"),
                Map.of("recency", 6.0, "frequency", 6.0, "monetary", 6.0)));
    assertThat(codes(metrics, cuts, SHIPPED))
        .containsExactly(
            "511", "511", "511", "422", "422", "333", "333", "244", "244", "155", "155");
  }

  @Test
  void cutsTheSameWhateverThePartitioning(SparkSession spark) {
    Dataset<Row> metrics =
        spark.sql(
            "SELECT string(id) AS customer_id, pmod(hash(id), 400) AS recency_days,"
                + " pmod(hash(id, 1), 9) AS frequency,"
                + " CAST(pmod(hash(id, 2), 100000) / 100 AS DECIMAL(18,2)) AS monetary"
                + " FROM range(1000)");

    RfmCuts one = RfmCuts.of(metrics.coalesce(1), SHIPPED);

    assertThat(RfmCuts.of(metrics.repartition(7), SHIPPED)).isEqualTo(one);
    assertThat(RfmCuts.of(metrics.repartition(3, col("frequency")), SHIPPED)).isEqualTo(one);
  }

  @Test
  void keepsTheOrderWithFewerValuesThanBins(SparkSession spark) {
    // Frequencies 1 1 1 1 1 1 1 2 2 9: quantiles at positions 1.8, 3.6, 5.4, 7.2 are 1, 1, 1, 2.
    Dataset<Row> metrics =
        metrics(spark, new long[] {1, 1, 1, 1, 1, 1, 1, 2, 2, 9}, new long[] {5, 5, 5});

    RfmCuts cuts = RfmCuts.of(metrics, SHIPPED);

    assertThat(cuts.cutPoints().get("frequency")).containsExactly(1.0, 1.0, 1.0, 2.0);
    assertThat(codes(metrics, cuts, SHIPPED).stream().map(c -> c.charAt(1)))
        .containsExactly('1', '1', '1', '1', '1', '1', '1', '4', '4', '5');
  }

  @Test
  void givesOneCustomerTheBestRecencyAndTheLowestOther(SparkSession spark) {
    Dataset<Row> metrics = metrics(spark, new long[] {3}, new long[] {40});

    RfmCuts cuts = RfmCuts.of(metrics, SHIPPED);
    Row scored = scored(metrics, cuts, SHIPPED).head();

    assertThat(scored.<String>getAs("rfm_code")).isEqualTo("511");
    assertThat(scored.<String>getAs("segment")).isEqualTo("new");
    assertThat(scored.<String>getAs("value_type")).isEqualTo("important_value");
  }

  @Test
  void takesDeclaredCutPointsWhereThereAreAny(SparkSession spark) {
    Rfm declared =
        new Rfm(
            SHIPPED.recency(),
            SHIPPED.frequency(),
            SHIPPED.monetary(),
            5,
            Map.of("recency", List.of(3.0, 6.0, 9.0, 15.0)),
            SHIPPED.segments(),
            SHIPPED.place());
    Dataset<Row> metrics =
        spark.sql(
            "SELECT string(id) AS customer_id, id AS recency_days, 1L AS frequency,"
                + " CAST(1 AS DECIMAL(18,2)) AS monetary FROM range(1, 18)");

    RfmCuts cuts = RfmCuts.of(metrics, declared);

    assertThat(codes(metrics, cuts, declared).stream().map(c -> c.substring(0, 1)))
        .containsExactly(
            "5", "5", "5", "4", "4", "4", "3", "3", "3", "2", "2", "2", "2", "2", "2", "1", "1");
    assertThat(cuts.rows(5).subList(0, 5))
        .containsExactly(
            RowFactory.create("recency", 5, null, 3.0, "declared"),
            RowFactory.create("recency", 4, 3.0, 6.0, "declared"),
            RowFactory.create("recency", 3, 6.0, 9.0, "declared"),
            RowFactory.create("recency", 2, 9.0, 15.0, "declared"),
            RowFactory.create("recency", 1, 15.0, null, "declared"));
  }

  /** Means: recency 5, frequency 3, monetary 50; one customer for each type, one on all means. */
  @Test
  void tellsTheEightValueTypesByTheMeans(SparkSession spark) {
    Dataset<Row> metrics =
        spark.sql(
            "SELECT customer_id, recency_days, frequency, CAST(monetary AS DECIMAL(18,2)) AS"
                + " monetary FROM VALUES"
                + " ('rfm', 1L, 5L, 90), ('rm', 1L, 1L, 90), ('fm', 9L, 5L, 90), ('m', 9L, 1L, 90),"
                + " ('rf', 1L, 5L, 10), ('r', 1L, 1L, 10), ('f', 9L, 5L, 10), ('none', 9L, 1L, 10),"
                + " ('mean', 5L, 3L, 50) AS t(customer_id, recency_days, frequency, monetary)");

    RfmCuts cuts = RfmCuts.of(metrics, SHIPPED);

    assertThat(cuts.means()).isEqualTo(Map.of("recency", 5.0, "frequency", 3.0, "monetary", 50.0));
    assertThat(
            scored(metrics, cuts, SHIPPED)
                .select("customer_id", "value_type")
                .collectAsList()
                .toString())
        .isEqualTo(
            "[[rfm,important_value], [rm,important_develop], [fm,important_keep],"
                + " [m,important_win_back], [rf,general_value], [r,general_develop],"
                + " [f,general_keep], [none,general_win_back], [mean,important_value]]");
  }

  @Test
  void scoresNobodyWithoutFailing(SparkSession spark) {
    Dataset<Row> metrics =
        RfmTransforms.metrics(spark.createDataFrame(List.of(), FEATURES), SHIPPED, 2);

    RfmCuts cuts = RfmCuts.of(metrics, SHIPPED);

    assertThat(cuts.customers()).isZero();
    assertThat(cuts.rows(5)).hasSize(15);
    assertThat(scored(metrics, cuts, SHIPPED).collectAsList()).isEmpty();
  }

  private static List<String> codes(Dataset<Row> metrics, RfmCuts cuts, Rfm rfm) {
    return scored(metrics, cuts, rfm).select("rfm_code").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static Dataset<Row> scored(Dataset<Row> metrics, RfmCuts cuts, Rfm rfm) {
    return RfmTransforms.withScores(metrics, cuts, rfm, SegmentMap.of(rfm));
  }

  /** Customers with these frequencies; recencies repeat the given ones. */
  private static Dataset<Row> metrics(SparkSession spark, long[] frequencies, long[] recencies) {
    StructType schema =
        StructType.fromDDL(
            "customer_id string, recency_days bigint, frequency bigint, monetary decimal(18,2)");
    Row[] rows = new Row[frequencies.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          RowFactory.create(
              "c" + i, recencies[i % recencies.length], frequencies[i], BigDecimal.valueOf(100));
    }
    return spark.createDataFrame(Arrays.asList(rows), schema).coalesce(1);
  }
}

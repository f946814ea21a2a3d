package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class NextPurchaseTransformsTest {

  private static final Cutoff CUTOFF = new Cutoff(LocalDate.of(2026, 1, 1), 90);

  /**
   * The models expect a purchase after 22 days where they are rather sure, and none within a year
   * where they are not: that is the end of the horizon.
   */
  @Test
  void tellsHowFarExpectedDaysLieFromRealOnes(SparkSession spark) {
    Optional<LogisticModel> model =
        Optional.of(
            new LogisticModel(
                new int[] {0},
                new double[] {0},
                new double[] {1},
                new double[] {1},
                new double[0],
                0,
                Double.NaN));
    Dataset<Row> cases =
        cases(
            spark,
            "('ann', 0.405D, 5, 30, 20)",
            // Nothing expected within a year; the interval was over 30 days ago.
            "('bob', -9.0D, 40, 10, 5)",
            // On the cutoff itself, as the interval says.
            "('eve', 0.405D, 7, 7, 0)",
            // One purchase before the cutoff.
            "('cid', 0.405D, 5, null, 3)",
            "('fay', 0.405D, 5, null, null)",
            // None within the horizon, as the models say; the interval has 200 days left.
            "('dot', -9.0D, 5, 205, null)");

    Dataset<Row> dates =
        NextPurchaseTransforms.dates(cases, PurchaseForecast.of(List.of(model, model, model)), 10);

    assertThat(sums(dates))
        .containsExactly(
            RowFactory.create("date", "last_interval", 4L, 5 + 5 + 0 + 0L, 2.5),
            RowFactory.create("date", "model", 4L, 2 + 85 + 22 + 0L, 12.0),
            RowFactory.create("date", "population", 4L, 10 + 5 + 10 + 80L, 10.0));
    // Of 0, 3, 5, 20 and twice 90 days, of those with one purchase too.
    assertThat(NextPurchaseTransforms.medianDays(cases).head()).isEqualTo(RowFactory.create(12.5));
    assertThat(NextPurchaseTransforms.medianDays(cases.limit(0)).head().isNullAt(0)).isTrue();
  }

  @Test
  void tellsWhichCategoriesOfTheNextPurchaseDayWereExpected(SparkSession spark) {
    Dataset<Row> cases =
        cases(
            spark,
            "('ann', 0D, 5, 30, 9)",
            "('bob', 0D, 5, 30, 0)",
            "('cid', 0D, 5, 30, 0)",
            "('dot', 0D, 5, 30, null)",
            "('eve', 0D, 5, 30, 4)");
    Dataset<Row> categoryDays =
        spark
            .sql(
                "SELECT account_key, category, CAST(event_day AS DATE) AS event_day, lines FROM"
                    + " VALUES"
                    // Tea most, Coffee last; then Tea and Wine with two accounts, Coffee later.
                    + " ('ann1', 'Tea', '2025-12-01', 2L), ('ann1', 'Coffee', '2025-12-20', 1L),"
                    + " ('ann1', 'Tea', '2026-01-10', 1L), ('ann2', 'Wine', '2026-01-10', 9L),"
                    + " ('ann1', 'Coffee', '2026-01-11', 1L),"
                    // As much and as late: the first by name. The last day before, and the cutoff.
                    + " ('bob1', 'Coffee', '2025-12-31', 1L), ('bob1', 'Books', '2025-12-31', 1L),"
                    + " ('bob1', 'Books', '2026-01-01', 1L),"
                    // Nothing but views before.
                    + " ('cid1', 'Tea', '2025-12-31', 0L), ('cid1', 'Tea', '2026-01-01', 50L),"
                    // The first day after the horizon.
                    + " ('dot1', 'Books', '2025-06-01', 1L), ('dot1', 'Tea', '2026-04-01', 50L),"
                    // No category on the first purchase day.
                    + " ('eve1', 'Tea', '2026-01-05', 0L), ('eve1', 'Tea', '2026-01-06', 1L),"
                    // Not known, and not one of those that are learnt from.
                    + " ('who1', 'Wine', '2025-12-01', 99L), ('zed1', 'Wine', '2025-12-01', 99L)"
                    + " AS t(account_key, category, event_day, lines)")
            .repartition(3);
    Dataset<Row> map =
        spark
            .sql(
                "SELECT * FROM VALUES ('ann1'), ('ann2'), ('bob1'), ('cid1'), ('dot1'), ('eve1'),"
                    + " ('who1'), ('zed1') AS t(account_key)")
            .selectExpr(
                "account_key",
                "replace(substr(account_key, 1, 3), 'who', 'ann') AS customer_id",
                "account_key <> 'who1' AS is_known");

    Dataset<Row> accounts = NextPurchaseTransforms.accounts(map, cases);
    Dataset<Row> bought = NextPurchaseTransforms.bought(categoryDays, accounts, cases, CUTOFF);
    Dataset<Row> expected =
        PredictionTransforms.categories(categoryDays, accounts, CUTOFF.day(), 180);
    // Tea, Coffee and Books twice each.
    String mostPopular = NextPurchaseTransforms.mostPopular(bought).head().getString(0);

    assertThat(mostPopular).isEqualTo("Books");
    assertThat(sums(NextPurchaseTransforms.categories(bought, expected, mostPopular)))
        .containsExactly(
            // Only bob; only bob; ann and bob. Of ann, bob and cid.
            RowFactory.create("category", "last_bought", 3L, 1L, 0.0),
            RowFactory.create("category", "model", 3L, 2L, 1.0),
            RowFactory.create("category", "most_popular", 3L, 1L, 0.0));
  }

  @Test
  void knowsNoCategoryBeforeTheFirst(SparkSession spark) {
    Dataset<Row> bought =
        spark.sql(
            "SELECT 'ann' AS customer_id, 'Tea' AS category, 0L AS lines, CAST(null AS DATE) AS"
                + " last_day, true AS is_next");
    Dataset<Row> expected = spark.sql("SELECT 'bob' AS customer_id, 'Tea' AS expected_category");

    assertThat(NextPurchaseTransforms.mostPopular(bought).head().isNullAt(0)).isTrue();
    assertThat(sums(NextPurchaseTransforms.categories(bought, expected, null)))
        .containsExactly(
            RowFactory.create("category", "last_bought", 1L, 0L, 0.0),
            RowFactory.create("category", "model", 1L, 0L, 0.0),
            RowFactory.create("category", "most_popular", 1L, 0L, 0.0));
  }

  private static Dataset<Row> cases(SparkSession spark, String... rows) {
    return spark
        .sql(
            "SELECT * FROM VALUES "
                + String.join(", ", rows)
                + " AS t(customer_id, term, recency_days, last_gap_days, next_purchase_in)")
        .withColumn("cutoff", lit(CUTOFF.day().toString()).cast("date"))
        .withColumn("horizon_days", lit(CUTOFF.horizonDays()))
        .withColumn("terms", functions.array_to_vector(array(col("term"))));
  }

  private static List<Row> sums(Dataset<Row> measured) {
    return NextPurchaseTransforms.sums(measured).orderBy("question", "predictor").collectAsList();
  }
}

package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Place;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ScoreJobTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);
  private static final Date DAY = Date.valueOf(AS_OF);
  private static final TableSchema FEATURES =
      FeatureTable.schema(
          List.of(
              new TableColumn("days_since_last_order", LongType, true, "days", "R", "R", ""),
              new TableColumn("order_count", LongType, true, "orders", "F", "F", ""),
              new TableColumn(
                  "order_amount", createDecimalType(18, 2), true, "currency", "M", "M", "")));

  @TempDir Path warehouse;

  @Test
  void writesEveryTableOfTheStepAndTheSameRowsAgain(SparkSession spark) {
    writeInput(
        spark,
        "('ann', 1L, 3L, 90BD), ('bob', 40L, 1L, 10BD), ('eve', NULL, 0L, 0BD)",
        "('ann1', '2026-01-30', 1L), ('ann1', '2026-01-20', 1L), ('ann2', '2026-01-10', 1L),"
            + " ('bob1', '2025-12-22', 1L)");

    JobContext first = run(spark, "run-1");
    Tables tables = new Tables(spark, warehouse.toString());
    List<List<Row>> before = all(tables);
    run(spark, "run-1");

    assertThat(first.counts().in()).isEqualTo(2);
    assertThat(before).isEqualTo(all(new Tables(spark, warehouse.toString())));
    assertThat(rows(tables, ScoreTables.customerRfm(2), "customer_id"))
        .containsExactly(
            RowFactory.create(
                DAY,
                "ann",
                "run-1",
                1L,
                3L,
                new BigDecimal("90.00"),
                5,
                5,
                5,
                "555",
                "champions",
                "important_value"),
            RowFactory.create(
                DAY,
                "bob",
                "run-1",
                40L,
                1L,
                new BigDecimal("10.00"),
                1,
                1,
                1,
                "111",
                "lost",
                "general_win_back"));
    assertThat(
            tables
                .read(ScoreTables.RFM_CUT_POINT)
                .filter("metric = 'frequency'")
                .orderBy("score")
                .drop("as_of", "run_id", "metric")
                .collectAsList())
        .containsExactly(
            RowFactory.create(1, null, 1.4, "quantile", 1L),
            RowFactory.create(2, 1.4, 1.8, "quantile", 0L),
            RowFactory.create(3, 1.8, 2.2, "quantile", 0L),
            RowFactory.create(4, 2.2, 2.6, "quantile", 0L),
            RowFactory.create(5, 2.6, null, "quantile", 1L));
    assertThat(
            tables
                .read(ScoreTables.rfmSegment(2))
                .filter("customers > 0 OR segment = 'new'")
                .orderBy("segment")
                .select("segment", "title_en", "title_zh", "customers", "share", "monetary")
                .collectAsList())
        .containsExactly(
            RowFactory.create("champions", "Champions", "冠軍客戶", 1L, 0.5, new BigDecimal("90.00")),
            RowFactory.create("lost", "Lost", "已流失客戶", 1L, 0.5, new BigDecimal("10.00")),
            RowFactory.create("new", "New", "新客戶", 0L, 0.0, new BigDecimal("0.00")));
    assertThat(tables.read(ScoreTables.rfmSegment(2)).count()).isEqualTo(11);
    assertThat(
            tables
                .read(ScoreTables.rfmValueType(2))
                .filter("value_type = 'important_value'")
                .drop("as_of", "run_id")
                .head())
        .isEqualTo(
            RowFactory.create(
                "important_value",
                "Important, valuable",
                "重要價值客戶",
                "high",
                "high",
                "high",
                20.5,
                2.0,
                50.0,
                1L,
                0.5,
                new BigDecimal("90.00")));
    assertThat(tables.read(ScoreTables.rfmValueType(2)).count()).isEqualTo(8);
    assertThat(
            tables
                .read(ScoreTables.CUSTOMER_LIFECYCLE)
                .orderBy("customer_id")
                .drop("as_of", "run_id", "reason_en", "reason_zh")
                .collectAsList())
        .containsExactly(
            RowFactory.create("ann", "active", 1L, 3L, 10.0, "own", 10L, 20.0, 40.0, 40.0),
            RowFactory.create(
                "bob", "dormant", 40L, 1L, 10.0, "population", null, 20.0, 40.0, null));
    assertThat(
            tables
                .read(ScoreTables.LIFECYCLE_STATE)
                .orderBy("state")
                .select("state", "customers", "share")
                .collectAsList())
        .containsExactly(
            RowFactory.create("active", 1L, 0.5),
            RowFactory.create("dormant", 1L, 0.5),
            RowFactory.create("lost", 0L, 0.0),
            RowFactory.create("new", 0L, 0.0),
            RowFactory.create("returned", 0L, 0.0));
  }

  @Test
  void writesTheSizesOfNobody(SparkSession spark) {
    writeInput(spark, "('eve', NULL, 0L, 0BD)", "('eve1', '2026-01-31', 1L)");

    run(spark, "run-1");

    Tables tables = new Tables(spark, warehouse.toString());
    assertThat(tables.read(ScoreTables.customerRfm(2)).count()).isZero();
    assertThat(tables.read(ScoreTables.CUSTOMER_LIFECYCLE).count()).isZero();
    assertThat(tables.read(ScoreTables.RFM_CUT_POINT).filter("customers = 0").count())
        .isEqualTo(15);
    assertThat(tables.read(ScoreTables.rfmSegment(2)).filter("customers = 0").count())
        .isEqualTo(11);
    assertThat(tables.read(ScoreTables.rfmValueType(2)).filter("share = 0").count()).isEqualTo(8);
    assertThat(tables.read(ScoreTables.LIFECYCLE_STATE).filter("share = 0").count()).isEqualTo(5);
  }

  @Test
  void namesAFeatureThatIsNotThere(SparkSession spark) {
    TableSchema without = FeatureTable.schema(FEATURES.columns().subList(3, 5));
    new Tables(spark, warehouse.toString()).create(without);

    assertThatThrownBy(() -> run(spark, "run-1"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("rfm: 'order_amount' is not a feature. Did you mean 'order_count'?");
  }

  private JobContext run(SparkSession spark, String runId) {
    Place place = new Place("portrait.yaml", 1, "");
    Deployment deployment =
        new Deployment(
            "test",
            warehouse.toString(),
            ZoneId.of("UTC"),
            new Deployment.Currency("EUR", 2, Map.of()),
            "TW",
            new Deployment.Privacy("0123456789abcdef"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            place);
    JobContext context =
        new JobContext(
            spark,
            new Catalogue(
                deployment, List.of(), List.of(), ShippedScores.load(), List.of(), "hash"),
            new Tables(spark, warehouse.toString()),
            runId,
            Optional.of(AS_OF),
            new RowCounts(),
            new Console(System.out));
    new ScoreJob().run(context);
    return context;
  }

  /**
   * Writes the tables that the step reads.
   *
   * @param features customer, recency, frequency, monetary
   * @param days account, day, orders; the account's name is the customer's and a digit
   */
  private void writeInput(SparkSession spark, String features, String days) {
    Tables tables = new Tables(spark, warehouse.toString());
    tables.replaceAsOf(
        FEATURES,
        spark
            .sql(
                "SELECT * FROM VALUES "
                    + features
                    + " AS t(customer_id, days_since_last_order,"
                    + " order_count, order_amount)")
            .withColumn("days_since_last_order", col("days_since_last_order").cast(LongType))
            .withColumn("order_amount", col("order_amount").cast(createDecimalType(18, 2)))
            .withColumn("as_of", lit(DAY))
            .withColumn("run_id", lit("features")),
        AS_OF);
    Dataset<Row> accountDays =
        spark
            .sql("SELECT * FROM VALUES " + days + " AS t(account_key, event_day, orders)")
            .withColumn("event_day", col("event_day").cast("date"))
            .withColumn("month", lit(Date.valueOf("2026-01-01")));
    for (TableColumn column : SilverTables.ACCOUNT_DAY.columns()) {
      if (!List.of(accountDays.columns()).contains(column.name())) {
        accountDays = accountDays.withColumn(column.name(), lit(0L));
      }
    }
    tables.overwrite(SilverTables.ACCOUNT_DAY, accountDays);
    tables.replaceAsOf(
        SilverTables.CUSTOMER_MAP,
        accountDays
            .select("account_key")
            .distinct()
            .selectExpr(
                "DATE'" + AS_OF + "' AS as_of",
                "account_key",
                "substr(account_key, 1, 3) AS customer_id",
                "'crm' AS realm",
                "true AS is_known"),
        AS_OF);
  }

  private static List<List<Row>> all(Tables tables) {
    return List.of(
        rows(tables, ScoreTables.customerRfm(2), "customer_id"),
        rows(tables, ScoreTables.RFM_CUT_POINT, "metric", "score"),
        rows(tables, ScoreTables.rfmSegment(2), "segment"),
        rows(tables, ScoreTables.rfmValueType(2), "value_type"),
        rows(tables, ScoreTables.CUSTOMER_LIFECYCLE, "customer_id"),
        rows(tables, ScoreTables.LIFECYCLE_STATE, "state"));
  }

  private static List<Row> rows(Tables tables, TableSchema table, String... order) {
    return tables
        .read(table)
        .orderBy(order[0], List.of(order).subList(1, order.length).toArray(String[]::new))
        .collectAsList();
  }
}

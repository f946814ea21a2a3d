package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Place;
import io.portrait.common.config.ShippedPurposes;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.score.CustomerScorer;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
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

  /** Two customers with purchases, ann and bob, and eve, of whom nothing is known. */
  private static final String THREE =
      "('ann', 1L, 3L, 90BD), ('bob', 40L, 1L, -10BD), ('eve', NULL, NULL, NULL)";

  private static final String SCORES =
      """
scores:
  - name: power
    title: {en: Power, zh: 實力}
    description: Spends and comes.
    levels: [40]
    scorecard:
      parts:
        - name: all
          weight: 100
          characteristics:
            - {name: spend, value: order_amount, weight: 50, percentile: high}
            - name: orders
              title: {en: Orders, zh: 訂單}
              value: order_count
              weight: 50
              bins: [{to: 2, points: 20}, {from: 2, points: 80}]
  - {name: average, sql: 'order_amount / nullif(order_count, 0)'}
  - {name: own, class: io.portrait.jobs.score.ScoreJobTest$Orders}
  - name: unknown
    points: {base: 500, characteristics: [{name: price, value: price_level, bins: [{points: 1}]}]}
""";

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

  @Test
  void scoresEveryCustomerByWhateverIsDeclared(SparkSession spark) {
    writeInput(spark, THREE, "('ann1', '2026-01-30', 1L)");

    String first = runScores(spark, SCORES);
    Tables tables = new Tables(spark, warehouse.toString());
    List<Row> before = rows(tables, ScoreTables.CUSTOMER_SCORE, "customer_id", "score_code");
    runScores(spark, SCORES);

    assertThat(first)
        .isEqualTo(
            "warning: the score unknown is null for everyone: none of its inputs is known\n");
    assertThat(rows(tables, ScoreTables.CUSTOMER_SCORE, "customer_id", "score_code"))
        .isEqualTo(before)
        .hasSize(12);
    // Spend: 90 and -10 are the better and the worse half; orders have 20 or 80 points.
    assertThat(
            tables
                .read(ScoreTables.CUSTOMER_SCORE)
                .filter("score_code = 'power'")
                .orderBy("customer_id")
                .select(roundedColumns())
                .collectAsList())
        .containsExactly(
            scoreRow(
                "ann", 77.5, 2, 100, 1.0, 50.0, "orders", 15.0, "spend", 12.5, null, null, 0.0),
            scoreRow("bob", 22.5, 1, 1, 1.0, 50.0, null, null, null, null, "orders", -15.0, 0.0),
            scoreRow("eve", null, null, null, 0.0, null, null, null, null, null, null, null, null));
    assertThat(
            tables
                .read(ScoreTables.CUSTOMER_SCORE)
                .filter("score_code IN ('average', 'own')")
                .orderBy("score_code", "customer_id")
                .select("customer_id", "score", "level", "percentile", "coverage", "base")
                .collectAsList())
        .containsExactly(
            RowFactory.create("ann", 30.0, null, 100, 1.0, 30.0),
            RowFactory.create("bob", -10.0, null, 1, 1.0, -10.0),
            RowFactory.create("eve", null, null, null, 0.0, null),
            RowFactory.create("ann", 3.0, null, 100, 1.0, 3.0),
            RowFactory.create("bob", 1.0, null, 1, 1.0, 1.0),
            RowFactory.create("eve", null, null, null, 0.0, null));
    assertThat(
            tables
                .read(ScoreTables.SCORE)
                .orderBy("position")
                .drop("as_of", "run_id")
                .collectAsList())
        .containsExactly(
            RowFactory.create(
                "power",
                1,
                "Power",
                "實力",
                "Spends and comes.",
                "scorecard",
                "40",
                3L,
                2L,
                50.0,
                0.666667),
            RowFactory.create(
                "average", 2, "Average", "Average", null, "sql", null, 3L, 2L, 10.0, 0.666667),
            RowFactory.create("own", 3, "Own", "Own", null, "class", null, 3L, 2L, 2.0, 0.666667),
            RowFactory.create(
                "unknown", 4, "Unknown", "Unknown", null, "points", null, 3L, 0L, null, 0.0));
    assertThat(
            tables
                .read(ScoreTables.SCORE_REASON)
                .orderBy("score_code", "position")
                .drop("as_of", "run_id")
                .collectAsList())
        .containsExactly(
            RowFactory.create(
                "power", "spend", 1, "all", "Spend", "Spend", "order_amount", 0.5, 2L),
            RowFactory.create("power", "orders", 2, "all", "Orders", "訂單", "order_count", 0.5, 2L),
            RowFactory.create(
                "unknown", "price", 1, null, "Price", "Price", "price_level", 1.0, 0L));
  }

  @Test
  void scoresASingleCustomer(SparkSession spark) {
    writeInput(spark, "('ann', 1L, 3L, 0BD)", "('ann1', '2026-01-30', 1L)");

    runScores(spark, SCORES);

    assertThat(
            new Tables(spark, warehouse.toString())
                .read(ScoreTables.CUSTOMER_SCORE)
                .filter("score_code = 'power'")
                .select("score", "percentile", "raised_1_code", "raised_2_code", "lowered_1_code")
                .head())
        .isEqualTo(RowFactory.create(65.0, 1, "orders", null, null));
  }

  @Test
  void refusesAnOwnClassThatDoesNotGiveEachCustomerOneRow(SparkSession spark) {
    writeInput(spark, THREE, "('ann1', '2026-01-30', 1L)");

    assertThatThrownBy(() -> runScores(spark, own(Doubled.class)))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "The score own: the class io.portrait.jobs.score.ScoreJobTest$Doubled gives a score to"
                + " 1 customers that are not known, and more than one to 2 customers. It must give"
                + " each customer of its input one row at most.");
    assertThatThrownBy(() -> runScores(spark, own(Named.class)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining(
            "gives the columns [customer_id, points]; it must give customer_id and score");
  }

  /** What a customer's score shows, points without the noise of doubles. */
  private static Column[] roundedColumns() {
    return ScoreTables.CUSTOMER_SCORE.columns().stream()
        .filter(column -> !List.of("as_of", "run_id", "score_code").contains(column.name()))
        .map(
            column ->
                column.name().endsWith("_points")
                    ? round(col(column.name()), 9).as(column.name())
                    : col(column.name()))
        .toArray(Column[]::new);
  }

  /** The number of orders. */
  public static final class Orders implements CustomerScorer {
    @Override
    public Dataset<Row> score(Dataset<Row> inputs) {
      return inputs.selectExpr("customer_id", "order_count AS score").filter("score > 0");
    }
  }

  /** Two rows for ann and for bob, and a stranger instead of eve. */
  public static final class Doubled implements CustomerScorer {
    @Override
    public Dataset<Row> score(Dataset<Row> inputs) {
      Dataset<Row> scored =
          inputs.selectExpr("replace(customer_id, 'eve', 'zoe') AS customer_id", "1 AS score");
      return scored.union(scored.filter("customer_id <> 'zoe'"));
    }
  }

  /** The right rows under a wrong name. */
  public static final class Named implements CustomerScorer {
    @Override
    public Dataset<Row> score(Dataset<Row> inputs) {
      return inputs.selectExpr("customer_id", "1 AS points");
    }
  }

  private static String own(Class<?> type) {
    return "scores: [{name: own, class: " + type.getName() + "}]";
  }

  private static Row scoreRow(
      String customer,
      Double score,
      Integer level,
      Integer percentile,
      double coverage,
      Double base,
      String raised1,
      Double raised1Points,
      String raised2,
      Double raised2Points,
      String lowered1,
      Double lowered1Points,
      Double others) {
    // Bob's spend lowers second.
    boolean isTwice = lowered1 != null;
    Object[] values = {
      customer,
      score,
      level,
      percentile,
      coverage,
      base,
      raised1,
      raised1Points,
      raised2,
      raised2Points,
      null,
      null,
      lowered1,
      lowered1Points,
      isTwice ? "spend" : null,
      isTwice ? -12.5 : null,
      null,
      null,
      others
    };
    // Nothing is sensitive, so that no reasons stand apart from it.
    return RowFactory.create(Arrays.copyOf(values, values.length + 4 * ScoreTables.REASONS));
  }

  /** Runs the step with these scores and gives what it printed. */
  private String runScores(SparkSession spark, String scores) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    run(spark, "run-1", scores, new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  private JobContext run(SparkSession spark, String runId) {
    return run(spark, runId, "scores: []", System.out);
  }

  private JobContext run(SparkSession spark, String runId, String scores, PrintStream console) {
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
            Optional.empty(),
            Optional.empty(),
            place);
    JobContext context =
        new JobContext(
            spark,
            new Catalogue(
                deployment,
                List.of(),
                List.of(),
                ShippedScores.with(scores),
                List.of(),
                ShippedPurposes.load(),
                List.of(),
                "hash"),
            new Tables(spark, warehouse.toString()),
            runId,
            Optional.of(AS_OF),
            new RowCounts(),
            new Console(console));
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
    tables.create(HabitTables.CUSTOMER_HABIT);
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

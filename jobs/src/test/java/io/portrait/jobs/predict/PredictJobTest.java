package io.portrait.jobs.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Predictions.ChurnDefinition;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.Entities;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One warehouse with as-of dates of different populations: customers who buy as often as they
 * always did; customers who bought once; one customer; nobody; and days before there was much to
 * learn.
 */
@ExtendWith(SparkExtension.class)
@Order(5)
class PredictJobTest {

  private static final LocalDate MANY = LocalDate.of(2026, 1, 31);
  private static final LocalDate ONCE = LocalDate.of(2026, 2, 1);
  private static final LocalDate ONE = LocalDate.of(2026, 2, 2);
  private static final LocalDate NOBODY = LocalDate.of(2026, 2, 3);
  private static final LocalDate SHORT = LocalDate.of(2025, 3, 1);
  private static final LocalDate EMPTY = LocalDate.of(2024, 12, 1);
  private static final LocalDate CONTRACTS = LocalDate.of(2026, 1, 30);
  private static final LocalDate SAMPLED = LocalDate.of(2026, 1, 29);
  private static final TableSchema PREDICTIONS = PredictTables.CUSTOMER_PREDICTION;

  @TempDir private static Path dir;
  private static PredictWorld world;
  private static SparkSession spark;

  private static final RowCounts COUNTS = new RowCounts();
  private static List<Row> first;
  private static List<Row> firstCoefficients;
  private static List<Row> firstNextPurchases;
  private static String warnings;

  @BeforeAll
  static void runAllDates(SparkSession session) {
    spark = session;
    world = new PredictWorld(spark, dir);
    // 300 customers who buy by chance, each at a rate of their own; 40 who bought once, long ago.
    Dataset<Row> purchases =
        spark.sql(
            "SELECT concat('c', id) AS account_key, d AS event_day, 1L AS orders, 1000L AS"
                + " amount_minor, 0L AS complaints FROM (SELECT id, 1 + pow(id / 300, 3) * 60 AS"
                + " rate FROM range(300)) CROSS JOIN (SELECT explode(sequence(DATE'2025-01-01',"
                + " DATE'2026-01-30')) AS d) WHERE pmod(hash(id, d), 1000) < rate UNION ALL SELECT"
                + " concat('once', id), DATE'2025-02-01', 1, 1000, 0 FROM range(40)");
    Dataset<Row> days =
        purchases
            .union(giveaways(purchases))
            .union(spark.sql("SELECT 'c300', DATE'2025-03-01', 0L, 0L, 1L"))
            .groupBy("account_key", "event_day")
            .sum("orders", "amount_minor", "complaints")
            .toDF("account_key", "event_day", "orders", "amount_minor", "complaints");
    world.write(days, MANY, ONCE, ONE, NOBODY, SHORT, EMPTY, CONTRACTS, SAMPLED);
    keep(ONCE, "account_key LIKE 'once%'");
    keep(ONE, "account_key = 'c299'");
    keep(NOBODY, "false");
    world
        .tables()
        .append(
            SilverTables.ACCOUNT_CATEGORY_DAY,
            Rows.of(
                spark,
                SilverTables.ACCOUNT_CATEGORY_DAY,
                // Twice as much half a year before counts as much: the first by name. Views do not.
                category("c299", "Tea", "2026-01-30", 1, 0),
                category("c299", "Coffee", "2025-08-03", 2, 0),
                category("c299", "Wine", "2026-01-30", 0, 99),
                category("c299", "Wine", "2026-01-31", 99, 0),
                category("c298", "Tea", "2026-01-30", 2, 0),
                category("c298", "Coffee", "2025-08-03", 3, 0)));
    // The others buy their own category three times of four, and one of two others.
    world
        .tables()
        .append(
            SilverTables.ACCOUNT_CATEGORY_DAY,
            days.filter("orders > 0 AND account_key RLIKE '^c[0-9]+$'")
                .filter("account_key NOT IN ('c298', 'c299')")
                .selectExpr(
                    "account_key",
                    "CASE WHEN pmod(hash(event_day, account_key), 4) > 0 THEN concat('Own ',"
                        + " pmod(hash(account_key), 5)) ELSE concat('Other ',"
                        + " pmod(hash(account_key, event_day), 2)) END AS category",
                    "event_day",
                    "trunc(event_day, 'MM') AS month",
                    "1L AS lines",
                    "0L AS quantity_milli",
                    "0L AS amount_minor",
                    "0L AS refund_minor",
                    "0L AS page_views"));

    run(MANY);
    first = rows(PREDICTIONS, MANY);
    firstCoefficients = rows(PredictTables.MODEL_COEFFICIENT, MANY);
    firstNextPurchases = rows(PredictTables.NEXT_PURCHASE_EVALUATION, MANY);
    warnings = run(ONCE) + run(ONE) + run(NOBODY) + run(SHORT) + run(EMPTY);
  }

  @Test
  void expectsWhatCustomersAlwaysDid() {
    Map<String, Row> byCustomer =
        first.stream()
            .collect(Collectors.toMap(row -> row.getAs("customer_id"), Function.identity()));

    assertThat(COUNTS.in()).isGreaterThanOrEqualTo(first.size());
    Row often = byCustomer.get("c299");
    assertThat(often.<Double>getAs("churn_probability")).isLessThan(0.2);
    assertThat(often.<Integer>getAs("churn_level")).isEqualTo(1);
    assertThat(often.<Double>getAs("purchase_probability_30d")).isGreaterThan(0.6);
    assertThat(often.<Date>getAs("expected_purchase_on").toLocalDate())
        .isBetween(MANY, MANY.plusDays(30));
    assertThat(often.<String>getAs("reason")).isNull();
    Row once = byCustomer.get("once1");
    assertThat(once.<Double>getAs("churn_probability")).isGreaterThan(0.6);
    assertThat(once.<Double>getAs("purchase_probability_30d")).isLessThan(0.2);
    assertThat(once.<String>getAs("churn_reasons_en")).startsWith("+");
    assertThat(often.<String>getAs("purchase_reasons_en")).startsWith("+");
    assertThat(often.<String>getAs("purchase_reasons_zh")).startsWith("+");
    assertThat(often.<Integer>getAs("purchase_level")).isEqualTo(5);
    assertThat(often.<Integer>getAs("purchase_percentile"))
        .isGreaterThan(once.<Integer>getAs("purchase_percentile"));
    assertThat(once.<String>getAs("expected_category")).isNull();
    assertThat(often.<String>getAs("expected_category")).isEqualTo("Coffee");
    assertThat(byCustomer.get("c298").<String>getAs("expected_category")).isEqualTo("Tea");
  }

  @Test
  void explainsEveryProbabilityToTheLastPoint() {
    assertThat(first)
        .allSatisfy(
            row -> {
              assertThat(explained(row, PredictTables.CHURN))
                  .isCloseTo(row.getAs("churn_probability"), within(1e-12));
              assertThat(explained(row, PredictTables.PURCHASE))
                  .isCloseTo(row.getAs("purchase_probability_90d"), within(1e-12));
              assertThat(row.<Double>getAs("purchase_probability_30d"))
                  .isLessThanOrEqualTo(row.getAs("purchase_probability_60d"));
              assertThat(row.<Double>getAs("purchase_probability_60d"))
                  .isLessThanOrEqualTo(row.getAs("purchase_probability_90d"));
              assertThat(row.<Integer>getAs("churn_percentile")).isBetween(1, 100);
              assertThat(row.<Double>getAs("churn_coverage")).isBetween(0.3, 1.0);
              assertThat(row.<Double>getAs("purchase_coverage")).isBetween(0.3, 1.0);
              double probability = row.getAs("purchase_probability_90d");
              assertThat(row.<Integer>getAs("purchase_level"))
                  .isEqualTo((int) Math.min(5, 1 + Math.floor(probability / 0.2)));
            });
    assertThat(first)
        .extracting(row -> row.<Integer>getAs("purchase_percentile"))
        .contains(1, 50, 100)
        .allSatisfy(percentile -> assertThat(percentile).isBetween(1, 100));
  }

  /** The probability that base, reasons and all the others make together. */
  private static double explained(Row row, String score) {
    double points =
        row.<Double>getAs(PredictTables.explained(score, "base_log_odds"))
            + row.<Double>getAs(PredictTables.explained(score, "other_points"));
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= PredictTables.REASONS; i++) {
        String name = PredictTables.explained(score, direction + "_" + i + "_points");
        Double part = row.getAs(name);
        points += part == null ? 0 : part;
      }
    }
    return 1 / (1 + Math.exp(-points));
  }

  /**
   * What would give everybody away: who will not buy in the 90 days from a cutoff on complains on
   * that day and on the next, who will complains twice on the day after. All cutoffs of a model, to
   * train and to measure, are among these days, a month apart; from the third day on all have
   * complained alike, as often before each cutoff, so that what is known tells nothing.
   */
  private static Dataset<Row> giveaways(Dataset<Row> purchases) {
    purchases.createOrReplaceTempView("purchases_of_" + PredictJobTest.class.getSimpleName());
    return spark.sql(
        ("SELECT account_key, explode(if(leaves, array(cutoff, cutoff + 1), array(cutoff + 2, cutoff"
                + " + 2))) AS event_day, 0L AS orders, 0L AS amount_minor, 1L AS complaints FROM"
                + " (SELECT a.account_key, cutoff, count(p.event_day) = 0 AS leaves FROM (SELECT"
                + " DISTINCT account_key FROM %1$s) a CROSS JOIN (SELECT"
                + " explode(sequence(DATE'2024-11-07', DATE'2025-11-02', INTERVAL 30 DAYS)) AS"
                + " cutoff) LEFT JOIN %1$s p ON p.account_key = a.account_key AND p.event_day"
                + " BETWEEN cutoff AND cutoff + 89 GROUP BY a.account_key, cutoff)")
            .formatted("purchases_of_" + PredictJobTest.class.getSimpleName()));
  }

  /**
   * The complaints of the cutoffs' own days tell all, and the models may not know: rates alone tell
   * who buys, and that far less. Were the day of the cutoff seen, the areas would be 1.
   */
  @Test
  void measuresAtALaterDayBesideSimpleRules() {
    Map<String, Row> found = world.byKey(PredictTables.MODEL_EVALUATION, MANY, "predictor");

    assertThat(found.keySet())
        .containsExactlyInAnyOrder(
            "churn model",
            "churn no_purchase_for_days",
            "purchase_30d model",
            "purchase_30d population_rate",
            "purchase_30d last_interval",
            "purchase_60d model",
            "purchase_60d population_rate",
            "purchase_60d last_interval",
            "purchase_90d model",
            "purchase_90d population_rate",
            "purchase_90d last_interval");
    assertThat(found.values())
        .allSatisfy(
            row -> {
              assertThat(row.<Date>getAs("cutoff")).isEqualTo(Date.valueOf("2025-11-02"));
              assertThat(row.<Integer>getAs("training_cutoffs")).isEqualTo(4);
              assertThat(row.<Integer>getAs("trained_horizon_days"))
                  .isEqualTo(row.<Integer>getAs("horizon_days"));
              assertThat(row.<Double>getAs("brier")).isBetween(0.0, 0.5);
            });
    Row model = found.get("churn model");
    Row rule = found.get("churn no_purchase_for_days");
    assertThat(model.<Long>getAs("customers")).isEqualTo(rule.<Long>getAs("customers"));
    assertThat(model.<Double>getAs("auc")).isBetween(rule.<Double>getAs("auc"), 0.95);
    assertThat(found.get("purchase_90d model").<Double>getAs("auc"))
        .isBetween(found.get("purchase_90d population_rate").<Double>getAs("auc"), 0.95);
    assertThat(rule.<Integer>getAs("rule_days")).isPositive();
    assertThat(found.get("purchase_60d population_rate").<Double>getAs("auc"))
        .isCloseTo(0.5, within(1e-9));
    assertThat(
            rows(PredictTables.MODEL_CALIBRATION, MANY).stream()
                .filter(row -> row.getAs("model").equals("churn"))
                .mapToLong(row -> row.<Long>getAs("customers"))
                .sum())
        .isEqualTo(model.<Long>getAs("customers"));
  }

  /**
   * Who buys is chance, so that the last interval tells less than the rate; three of four purchases
   * are of a customer's own category, but the last is often another. Measured: the model's mean
   * error of the day is 23 days, 34 by the last interval and 36 by the median of all; it names the
   * category of 63 %, the last one bought does of 57 % and the most popular one of 17 %.
   */
  @Test
  void measuresTheDayAndTheCategoryOfThoseWhoBought() {
    Row buyers =
        world
            .tables()
            .read(SilverTables.ACCOUNT_DAY)
            .filter("orders > 0 AND event_day < DATE'2026-01-31'")
            .groupBy("account_key")
            .agg(
                functions.expr("count_if(event_day < DATE'2025-11-02') AS before"),
                functions.expr("count_if(event_day >= DATE'2025-11-02') AS after"))
            .filter("before > 0")
            .agg(
                functions.expr("count_if(before > 1)"),
                functions.expr("count_if(after > 0 AND account_key NOT IN ('c298', 'c299'))"))
            .head();

    Map<String, Row> found = byQuestion(MANY);

    assertThat(found.keySet())
        .containsExactlyInAnyOrder(
            "date model",
            "date last_interval",
            "date population",
            "category model",
            "category most_popular",
            "category last_bought");
    found.forEach(
        (name, row) -> {
          boolean isDate = name.startsWith("date");
          assertThat(row.<Date>getAs("cutoff")).isEqualTo(Date.valueOf("2025-11-02"));
          assertThat(row.<Integer>getAs("horizon_days")).isEqualTo(90);
          assertThat(row.<Boolean>getAs("is_baseline")).isEqualTo(!name.endsWith("model"));
          // Of c298 and c299 no category is known of the days after the cutoff.
          assertThat(row.<Long>getAs("customers")).isEqualTo(buyers.getLong(isDate ? 0 : 1));
          assertThat(row.<Double>getAs("mean_absolute_error_days") != null).isEqualTo(isDate);
          assertThat(row.<Double>getAs("median_absolute_error_days") != null).isEqualTo(isDate);
          assertThat(row.<Double>getAs("hit_rate") != null).isEqualTo(!isDate);
          assertThat(row.<String>getAs("reason")).isNull();
        });
    assertThat(found.get("date model").<Double>getAs("mean_absolute_error_days"))
        .isLessThan(found.get("date population").getAs("mean_absolute_error_days"))
        .isLessThan(found.get("date last_interval").getAs("mean_absolute_error_days"));
    assertThat(found.get("category model").<Double>getAs("hit_rate"))
        .isBetween(found.get("category last_bought").<Double>getAs("hit_rate"), 0.75)
        .isGreaterThan(found.get("category most_popular").<Double>getAs("hit_rate"));
  }

  @Test
  void givesTheSameAgain() {
    run(MANY);

    assertThat(rows(PredictTables.NEXT_PURCHASE_EVALUATION, MANY)).isEqualTo(firstNextPurchases);
    assertThat(rows(PREDICTIONS, MANY)).isEqualTo(first);
    assertThat(rows(PredictTables.MODEL_COEFFICIENT, MANY)).isEqualTo(firstCoefficients);
    assertThat(firstCoefficients)
        .extracting(row -> row.<String>getAs("feature_code"))
        .contains("(intercept)", "last_purchase", "rhythm")
        .doesNotContain("visits", "contract", "season");
  }

  @Test
  void saysWhyThereIsNoModelAndGoesOn() {
    assertNoModel(ONCE, "one_class", 40);
    assertNoModel(ONE, "one_class", 1);
    assertNoModel(NOBODY, "one_class", 0);
    assertNoModel(SHORT, "short_history", null);
    assertNoModel(EMPTY, "no_purchase", 0);
    assertThat(warnings)
        .contains(
            "warning: there is no model churn (one_class): its probabilities are null",
            "warning: there is no model purchase_90d (short_history)",
            "warning: there is no model purchase_30d (no_purchase)");
    // Known by then.
    assertThat(rows(PREDICTIONS, ONE).get(0).<String>getAs("expected_category")).isEqualTo("Wine");
  }

  /**
   * 300 contracts that end one after the other; those who buy more often renew theirs for a year,
   * three days before its end.
   */
  @Test
  void expectsWhoDoesNotRenewAContract() {
    Dataset<Row> contracts =
        spark.sql(
            "SELECT id, date_add(DATE'2025-03-15', CAST(pmod(id * 7, 400) AS INT)) AS ends FROM"
                + " range(300)");
    Dataset<Row> facts =
        contracts
            .selectExpr("id", "DATE'2025-01-01' AS event_day", "ends")
            .union(
                contracts
                    .filter("id >= 150")
                    .selectExpr("id", "date_sub(ends, 3) AS event_day", "date_add(ends, 365)"))
            // Has complained, but never bought.
            .union(spark.sql("SELECT 300L, DATE'2025-01-01', DATE'2026-12-31'"))
            .selectExpr(
                "concat(id, '/', event_day) AS attribute_id",
                "concat('c', id) AS account_key",
                "CAST(event_day AS TIMESTAMP) AS observed_at",
                "'contract_end' AS name",
                "CAST(ends AS STRING) AS value",
                "event_day",
                "CAST(NULL AS STRING) AS provider",
                "CAST(NULL AS DOUBLE) AS confidence",
                "'form' AS source",
                "1L AS row_version",
                "1L AS batch_id",
                "concat(id, '/', event_day) AS row_hash");
    world.tables().append(Entities.ATTRIBUTE.silver(), facts);
    String printed =
        Steps.run(
            spark,
            new PredictJob(),
            PredictWorld.catalogue(ChurnDefinition.CONTRACT_END, 90),
            world.root(),
            CONTRACTS,
            new RowCounts());

    assertThat(printed)
        .contains("warning: customers with a running contract but no purchase: 1; they have no");
    Row model =
        world.byKey(PredictTables.MODEL_EVALUATION, CONTRACTS, "predictor").get("churn model");
    assertThat(model.<Double>getAs("auc")).isGreaterThan(0.8);
    Map<String, Double> churn = new HashMap<>();
    rows(PREDICTIONS, CONTRACTS)
        .forEach(row -> churn.put(row.getAs("customer_id"), row.getAs("churn_probability")));
    Set<String> running =
        contracts
            .filter("id >= 150 OR ends >= DATE'2026-01-30'")
            .selectExpr("concat('c', id)")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    // Without a running contract nobody can leave it.
    churn.forEach(
        (customer, probability) ->
            assertThat(probability != null).as(customer).isEqualTo(running.contains(customer)));
    // c108's ends on 6 March, and c108 seldom buys; c299's in June, and c299 often does.
    assertThat(churn.get("c108")).isGreaterThan(0.4);
    assertThat(churn.get("c299")).isLessThan(0.2);
  }

  /** 341 customers are known, and ten times as many visitors are not. */
  @Test
  void learnsFromAsManyKnownCustomersAsAreDeclared() {
    Dataset<Row> known = world.tables().readAsOf(SilverTables.CUSTOMER_MAP, SAMPLED);
    world
        .tables()
        .replaceAsOf(
            SilverTables.CUSTOMER_MAP,
            known.union(
                spark
                    .range(3400)
                    .selectExpr("concat('visitor', id) AS account_key")
                    .selectExpr(visitor(known.columns()))),
            SAMPLED);

    Steps.run(
        spark,
        new PredictJob(),
        PredictWorld.catalogue(ChurnDefinition.NO_PURCHASE, 90, 170),
        world.root(),
        SAMPLED,
        new RowCounts());

    Row model =
        world.byKey(PredictTables.MODEL_EVALUATION, SAMPLED, "predictor").get("churn model");
    assertThat(model.<Long>getAs("customers")).isBetween(100L, 200L);
    // All are scored and ranked, on the cuts of some.
    assertThat(rows(PREDICTIONS, SAMPLED))
        .hasSizeGreaterThan(250)
        .allSatisfy(row -> assertThat(row.<Integer>getAs("churn_percentile")).isBetween(1, 100));
  }

  private static String[] visitor(String... columns) {
    return Arrays.stream(columns)
        .map(
            name ->
                switch (name) {
                  case "as_of" -> "DATE'" + SAMPLED + "' AS as_of";
                  case "realm" -> "'web' AS realm";
                  case "is_known" -> "false AS is_known";
                  default -> "account_key AS " + name;
                })
        .toArray(String[]::new);
  }

  private static void assertNoModel(LocalDate asOf, String reason, Integer customers) {
    assertThat(rows(PredictTables.MODEL_EVALUATION, asOf))
        .hasSize(4)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("predictor")).isEqualTo("model");
              assertThat(row.<String>getAs("reason")).isEqualTo(reason);
              assertThat(row.<Double>getAs("auc")).isNull();
            });
    assertThat(rows(PredictTables.MODEL_COEFFICIENT, asOf)).isEmpty();
    List<Row> predictions = rows(PREDICTIONS, asOf);
    if (customers != null) {
      assertThat(predictions).hasSize(customers);
    }
    Map<String, Row> next = byQuestion(asOf);
    assertThat(next.keySet()).containsExactlyInAnyOrder("date model", "category model");
    assertThat(next.get("date model").<String>getAs("reason")).isEqualTo(reason);
    // That needs no model, but somebody who bought.
    assertThat(next.get("category model").<String>getAs("reason"))
        .isEqualTo(reason.equals("one_class") ? "no_buyer" : reason);
    assertThat(next.values())
        .allSatisfy(
            row -> {
              assertThat(row.<Date>getAs("cutoff")).isNull();
              assertThat(row.<Long>getAs("customers")).isNull();
              assertThat(row.<Double>getAs("mean_absolute_error_days")).isNull();
              assertThat(row.<Double>getAs("hit_rate")).isNull();
            });
    assertThat(predictions)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("reason"))
                  .isEqualTo(
                      "churn: %1$s; purchase_30d: %1$s; purchase_60d: %1$s; purchase_90d: %1$s"
                          .formatted(reason));
              assertThat(row.<Double>getAs("churn_probability")).isNull();
              assertThat(row.<Integer>getAs("churn_level")).isNull();
              assertThat(row.<Integer>getAs("purchase_level")).isNull();
              assertThat(row.<Integer>getAs("purchase_percentile")).isNull();
              assertThat(row.<Double>getAs("purchase_coverage")).isNull();
              assertThat(row.<Double>getAs("purchase_base_log_odds")).isNull();
              assertThat(row.<String>getAs("purchase_reasons_en")).isNull();
              assertThat(row.<Date>getAs("expected_purchase_on")).isNull();
            });
  }

  private static String category(
      String account, String category, String day, long lines, long views) {
    return String.format(
        "{\"account_key\":\"%s\",\"category\":\"%s\",\"event_day\":\"%s\",\"month\":\"%s-01\","
            + "\"lines\":%d,\"quantity_milli\":0,\"amount_minor\":0,\"refund_minor\":0,"
            + "\"page_views\":%d}",
        account, category, day, day.substring(0, 7), lines, views);
  }

  private static void keep(LocalDate asOf, String condition) {
    world
        .tables()
        .delete(
            SilverTables.CUSTOMER_MAP,
            String.format("as_of = DATE'%s' AND NOT (%s)", asOf, condition));
  }

  private static String run(LocalDate asOf) {
    return Steps.run(
        spark,
        new PredictJob(),
        PredictWorld.catalogue(ChurnDefinition.NO_PURCHASE, 90),
        world.root(),
        asOf,
        COUNTS);
  }

  private static Map<String, Row> byQuestion(LocalDate asOf) {
    return rows(PredictTables.NEXT_PURCHASE_EVALUATION, asOf).stream()
        .collect(
            Collectors.toMap(
                row -> row.getAs("question") + " " + row.getAs("predictor"), Function.identity()));
  }

  private static List<Row> rows(TableSchema table, LocalDate asOf) {
    return world
        .tables()
        .readAsOf(table, asOf)
        .drop("run_id")
        .orderBy(table.key().stream().map(functions::col).toArray(Column[]::new))
        .collectAsList();
  }
}

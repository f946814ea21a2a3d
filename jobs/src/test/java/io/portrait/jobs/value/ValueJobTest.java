package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One warehouse with as-of dates of different populations: many customers with some of note, before
 * and after rows that came late; customers who bought once; one customer.
 */
@ExtendWith(SparkExtension.class)
class ValueJobTest {

  private static final LocalDate MANY = LocalDate.of(2026, 1, 31);
  private static final LocalDate ONCE = LocalDate.of(2026, 2, 1);
  private static final LocalDate ONE = LocalDate.of(2026, 2, 2);
  private static final LocalDate OTHER_MODEL = LocalDate.of(2026, 2, 3);
  private static final Catalogue CATALOGUE = TestCatalogue.of("", "");
  private static final TableSchema VALUES = ValueTables.customerValue(2);
  private static final TableSchema EVALUATION = ValueTables.valueEvaluation(2);

  private static final List<String> FACTORS =
      List.of("alive_points", "purchases_points", "spend_points");

  @TempDir private static Path dir;
  private static SparkSession spark;

  private static final List<String> WARNINGS = new ArrayList<>();
  private static RowCounts counts;
  private static RowCounts firstCounts;
  private static Map<String, Row> first;
  private static Map<String, Double> parameters;
  private static List<Row> late;
  private static List<Row> lateModels;
  private static List<Row> lateEvaluation;

  @BeforeAll
  static void runAllDates(SparkSession session) {
    spark = session;
    Tables tables = tables();
    tables.append(SilverTables.ACCOUNT_DAY, accountDays(days()));
    List<String> accounts = days().stream().map(row -> row.getString(0)).distinct().toList();
    writeCustomers(
        Map.of(
            MANY,
            accounts,
            OTHER_MODEL,
            accounts,
            ONCE,
            List.of("cid1", "fay1"),
            ONE,
            List.of("ann1")));

    run(MANY);
    firstCounts = counts;
    first = byCustomer(MANY);
    parameters =
        tables().readAsOf(ValueTables.VALUE_MODEL, MANY).collectAsList().stream()
            .collect(
                Collectors.toMap(row -> row.getAs("parameter"), row -> row.<Double>getAs("value")));
    // A purchase that became known later, and one of a day that does not count yet.
    tables()
        .append(
            SilverTables.ACCOUNT_DAY,
            accountDays(
                List.of(
                    day("ann1", "2026-01-20", 1, 4000, 0), day("bob1", "2026-01-31", 1, 1, 0))));
    run(MANY);
    late = rows(VALUES, MANY);
    lateModels = rows(ValueTables.VALUE_MODEL, MANY);
    lateEvaluation = rows(EVALUATION, MANY);
    run(MANY);
    run(ONCE);
    run(ONE);
  }

  @Test
  void expectsOfEachCustomerWhatTheModelsSay() {
    BetaGeometricModel purchases =
        new BetaGeometricModel(
            parameters.get("r"), parameters.get("alpha"), parameters.get("a"), parameters.get("b"));
    GammaGammaModel spend =
        new GammaGammaModel(parameters.get("p"), parameters.get("q"), parameters.get("gamma"));

    assertThat(firstCounts.in()).isEqualTo(405);
    assertThat(first).hasSize(406);
    // Bought on 1, 11 and 15 January for 10, 20 and 30, and gave 4 back.
    Row ann = first.get("ann");
    assertThat(ann.<Long>getAs("repeat_purchase_days")).isEqualTo(2);
    assertThat(ann.<Long>getAs("span_days")).isEqualTo(14);
    assertThat(ann.<Long>getAs("age_days")).isEqualTo(29);
    assertThat(ann.<Double>getAs("p_alive")).isEqualTo(purchases.probabilityAlive(2, 2, 29 / 7.0));
    for (int days : new int[] {30, 90, 365}) {
      assertThat(ann.<Double>getAs("expected_purchases_" + days + "d"))
          .isEqualTo(purchases.expectedPurchases(days / 7.0, 2, 2, 29 / 7.0));
    }
    // Of the 50 on repeats as large a part is left as of the 60 in all.
    double each = spend.expectedSpend(2, 46.67 / 2);
    assertThat(ann.<BigDecimal>getAs("expected_purchase_value")).isEqualTo(money(each));
    assertThat(ann.<BigDecimal>getAs("expected_spend_365d"))
        .isEqualTo(money(each * ann.<Double>getAs("expected_purchases_365d")));
    assertThat(ann.<BigDecimal>getAs("customer_value"))
        .isEqualTo(money(each * purchases.discountedPurchases(365 / 7.0, 0.1, 2, 2, 29 / 7.0)));
    assertThat(ann.<String>getAs("reason")).isNull();
    double discounted = purchases.discountedPurchases(365 / 7.0, 0.1, 2, 2, 29 / 7.0);
    assertThat(points(ann))
        .isCloseTo(Math.log(each * discounted / ann.<Double>getAs("typical_value")), within(1e-12));
    assertThat(ann.<String>getAs("value_reasons_en"))
        .contains(" Expected spend a purchase day")
        .contains(" Purchases to come of who still buys");
  }

  /** To the rounding of a value. */
  @Test
  void explainsEveryValueToTheLastPoint() {
    List<Row> valued =
        first.values().stream().filter(row -> row.getAs("customer_value") != null).toList();

    assertThat(valued)
        .allSatisfy(
            row ->
                assertThat(row.<Double>getAs("typical_value") * Math.exp(points(row)))
                    .isCloseTo(
                        row.<BigDecimal>getAs("customer_value").doubleValue(),
                        within(0.005 + 1e-9)));
    assertThat(valued)
        .extracting(row -> row.<Double>getAs("typical_value"))
        .containsOnly(valued.get(0).<Double>getAs("typical_value"));
    for (String factor : FACTORS) {
      long above = valued.stream().filter(row -> row.<Double>getAs(factor) > 0).count();
      long below = valued.stream().filter(row -> row.<Double>getAs(factor) < 0).count();
      assertThat(above).as(factor).isLessThanOrEqualTo(valued.size() / 2);
      assertThat(below).as(factor).isLessThanOrEqualTo(valued.size() / 2);
    }
  }

  @Test
  void expectsOfACustomerWithOnePurchaseWhatAllSpend() {
    Row bob = first.get("bob");

    assertThat(bob.<Double>getAs("p_alive")).isEqualTo(1);
    assertThat(bob.<Long>getAs("age_days")).isZero();
    assertThat(bob.<BigDecimal>getAs("expected_purchase_value"))
        .isEqualTo(
            money(parameters.get("p") * parameters.get("gamma") / (parameters.get("q") - 1)));
  }

  @Test
  void knowsNoSpendOfCustomersWhoGotAllBack() {
    for (String customer : List.of("cid", "dot")) {
      Row row = first.get(customer);
      assertThat(row.<String>getAs("reason")).isEqualTo("no_net_spend");
      assertThat(row.<Double>getAs("p_alive")).isPositive();
      assertThat(row.<Double>getAs("expected_purchases_365d")).isPositive();
      assertThat(row.<BigDecimal>getAs("expected_purchase_value")).isNull();
      assertThat(row.<BigDecimal>getAs("expected_spend_365d")).isNull();
      assertThat(row.<BigDecimal>getAs("customer_value")).isNull();
      assertThat(row.<Integer>getAs("value_percentile")).isNull();
      assertThat(row.<Integer>getAs("value_level")).isNull();
      assertThat(row.<Double>getAs("value_coverage")).isNull();
      assertThat(row.<Double>getAs("typical_value")).isNull();
      assertThat(row.<Double>getAs("alive_points")).isNull();
      assertThat(row.<String>getAs("value_reasons_en")).isNull();
    }
    Row eve = first.get("eve");
    assertThat(eve.<String>getAs("reason")).isEqualTo("no_purchase");
    assertThat(eve.<Long>getAs("age_days")).isNull();
    assertThat(eve.<Double>getAs("p_alive")).isNull();
  }

  @Test
  void ranksCustomersByValue() {
    List<Row> valued =
        first.values().stream().filter(row -> row.getAs("customer_value") != null).toList();

    assertThat(valued).hasSize(403);
    for (Row row : valued) {
      BigDecimal value = row.getAs("customer_value");
      double below =
          valued.stream()
                  .filter(other -> other.<BigDecimal>getAs("customer_value").compareTo(value) < 0)
                  .count()
              / (valued.size() - 1.0);
      assertThat(row.<Integer>getAs("value_percentile").doubleValue())
          .isCloseTo(Math.max(1, Math.ceil(100 * below)), within(1.0));
      assertThat(row.<Integer>getAs("value_level"))
          .isEqualTo((row.<Integer>getAs("value_percentile") + 19) / 20);
      assertThat(row.<Double>getAs("value_coverage"))
          .isEqualTo(row.<Long>getAs("repeat_purchase_days") > 0 ? 1.0 : 0.5);
    }
  }

  @Test
  void writesTheModels() {
    assertThat(parameters.keySet())
        .containsExactlyInAnyOrder("r", "alpha", "a", "b", "p", "q", "gamma");
    assertThat(lateModels)
        .allSatisfy(
            row -> {
              assertThat(row.<Double>getAs("value")).isPositive();
              assertThat(row.<Double>getAs("standard_error")).isPositive();
              assertThat(row.<Double>getAs("log_likelihood")).isNegative();
              assertThat(row.<Boolean>getAs("is_fitted")).isTrue();
              assertThat(row.<String>getAs("reason")).isNull();
            });
    assertThat(lateModels)
        .filteredOn(row -> row.getAs("model").equals("bg_nbd"))
        .allSatisfy(row -> assertThat(row.<Long>getAs("customers")).isEqualTo(405));
  }

  @Test
  void takesRowsThatCameLateAndGivesTheSameAgain() {
    Row ann = late.stream().filter(row -> row.getAs("customer_id").equals("ann")).findFirst().get();

    assertThat(ann.<Long>getAs("repeat_purchase_days")).isEqualTo(3);
    assertThat(ann.<Long>getAs("span_days")).isEqualTo(19);
    assertThat(late)
        .filteredOn(row -> row.getAs("customer_id").equals("bob"))
        .allSatisfy(row -> assertThat(row.<Long>getAs("repeat_purchase_days")).isZero());
    assertThat(rows(VALUES, MANY)).isEqualTo(late);
    assertThat(rows(ValueTables.VALUE_MODEL, MANY)).isEqualTo(lateModels);
    assertThat(rows(EVALUATION, MANY)).isEqualTo(lateEvaluation);
  }

  /** The first half of the history says who spends how much in the other half. */
  @Test
  void measuresTheModelsBesideASimpleRule() {
    assertThat(lateEvaluation)
        .extracting(row -> row.<String>getAs("predictor"))
        .containsExactly("last_period", "model");
    Row rule = lateEvaluation.get(0);
    Row model = lateEvaluation.get(1);
    assertThat(rule.<Boolean>getAs("is_baseline")).isTrue();
    assertThat(model.<Boolean>getAs("is_baseline")).isFalse();
    assertThat(lateEvaluation)
        .allSatisfy(
            row -> {
              assertThat(row.<Integer>getAs("horizon_days")).isBetween(190, 197);
              assertThat(row.<Date>getAs("cutoff").toLocalDate())
                  .isEqualTo(MANY.minusDays(row.<Integer>getAs("horizon_days")));
              assertThat(row.<Long>getAs("customers")).isBetween(300L, 400L);
              assertThat(row.<BigDecimal>getAs("mean_observed_spend"))
                  .isPositive()
                  .isEqualTo(model.<BigDecimal>getAs("mean_observed_spend"));
              assertThat(row.<String>getAs("reason")).isNull();
            });
    assertThat(model.<Double>getAs("rank_correlation"))
        .isBetween(rule.<Double>getAs("rank_correlation"), 1.0);
    assertThat(model.<BigDecimal>getAs("mean_absolute_error"))
        .isLessThan(rule.getAs("mean_absolute_error"));
  }

  @Test
  void saysWhyNobodyHasAValue() {
    assertThat(rows(VALUES, ONCE))
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("reason")).isEqualTo("no_repeats");
              assertThat(row.<Long>getAs("age_days")).isPositive();
              assertThat(row.<Double>getAs("p_alive")).isNull();
              assertThat(row.<Integer>getAs("value_percentile")).isNull();
              assertThat(row.<Double>getAs("typical_value")).isNull();
              assertThat(row.<String>getAs("value_reasons_zh")).isNull();
            });
    assertThat(WARNINGS)
        .containsExactly(
            "warning: the model of value bg_nbd cannot be fitted (no_repeats): what it tells is"
                + " null",
            "warning: the model of value gamma_gamma cannot be fitted (no_repeats): what it tells"
                + " is null",
            "warning: the model of value bg_nbd cannot be fitted (too_few_repeaters): what it tells"
                + " is null",
            "warning: the model of value gamma_gamma cannot be fitted (too_few_repeaters): what it"
                + " tells is null");
    assertThat(rows(VALUES, ONE))
        .extracting(row -> row.getAs("customer_id") + " " + row.getAs("reason"))
        .containsExactly("ann too_few_repeaters");
    assertThat(rows(ValueTables.VALUE_MODEL, ONE))
        .hasSize(7)
        .allSatisfy(
            row -> {
              assertThat(row.<Double>getAs("value")).isNull();
              assertThat(row.<Long>getAs("customers")).isEqualTo(1);
              assertThat(row.<Boolean>getAs("is_fitted")).isFalse();
              assertThat(row.<String>getAs("reason")).isEqualTo("too_few_repeaters");
            });
    assertNotMeasured(ONCE, "short_history");
    assertNotMeasured(ONE, "too_few_repeaters");
  }

  @Test
  void takesTheOtherModelOfPurchasesIfItIsDeclared() {
    Steps.run(
        spark,
        new ValueJob(),
        TestCatalogue.ofScores(
            "value: {purchase_model: pareto_nbd, horizon_days: 365, discount_rate: 0.1,"
                + " min_repeaters: 100, sample_customers: 200000}"),
        dir.toString(),
        OTHER_MODEL,
        new RowCounts());

    Map<String, Double> fitted =
        rows(ValueTables.VALUE_MODEL, OTHER_MODEL).stream()
            .filter(row -> row.getAs("model").equals("pareto_nbd"))
            .collect(
                Collectors.toMap(row -> row.getAs("parameter"), row -> row.<Double>getAs("value")));
    ParetoModel purchases =
        new ParetoModel(fitted.get("r"), fitted.get("alpha"), fitted.get("s"), fitted.get("beta"));
    Map<String, Row> valued = byCustomer(OTHER_MODEL);
    // Who has bought once may be gone too.
    assertThat(valued.get("cid").<Double>getAs("p_alive"))
        .isEqualTo(purchases.probabilityAlive(0, 0, 23 / 7.0))
        .isLessThan(1);
    Row ann = valued.get("ann");
    assertThat(ann.<Double>getAs("expected_purchases_90d"))
        .isEqualTo(
            purchases.expectedPurchases(
                90 / 7.0,
                ann.<Long>getAs("repeat_purchase_days"),
                ann.<Long>getAs("span_days") / 7.0,
                ann.<Long>getAs("age_days") / 7.0));
    assertThat(ann.<BigDecimal>getAs("customer_value")).isPositive();
  }

  private static void assertNotMeasured(LocalDate asOf, String reason) {
    assertThat(rows(EVALUATION, asOf))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.<String>getAs("predictor")).isEqualTo("model");
              assertThat(row.<String>getAs("reason")).isEqualTo(reason);
              assertThat(row.<Long>getAs("customers")).isNull();
              assertThat(row.<Double>getAs("rank_correlation")).isNull();
            });
  }

  /** Customers of note, and 400 who buy as the models say. */
  private static List<Row> days() {
    List<Row> days =
        new ArrayList<>(
            List.of(
                day("ann1", "2026-01-01", 1, 1000, 0),
                day("ann1", "2026-01-11", 1, 2000, 0),
                day("ann2", "2026-01-11", 0, 0, 100),
                day("ann2", "2026-01-15", 2, 3000, 300),
                day("bob1", "2026-01-30", 1, 500, 0),
                day("cid1", "2026-01-10", 1, 500, 500),
                day("dot1", "2026-01-10", 1, 500, 0),
                day("dot1", "2026-01-17", 1, 500, 1000),
                day("eve1", "2026-01-31", 1, 500, 0)));
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 400; i++) {
      String account = String.format("%03d1", i);
      double rate = Draws.gamma(random, 1) / 8;
      double leaves = Draws.beta(random, 1, 3);
      double scale = 5 * Draws.gamma(random, 4);
      LocalDate date = LocalDate.of(2025, 1, 1).plusDays(random.nextInt(200));
      while (date.isBefore(MANY)) {
        long amount = Math.round(100 * scale * (1 + Draws.gamma(random, 5)));
        days.add(day(account, date.toString(), 1, amount, 0));
        if (random.nextDouble() < leaves) {
          break;
        }
        date = date.plusDays(1 + (long) (7 * Draws.exponential(random, rate)));
      }
    }
    days.add(day("fay1", "2026-01-10", 1, 500, 0));
    return days;
  }

  private static Row day(String account, String date, long orders, long amount, long refund) {
    return RowFactory.create(account, Date.valueOf(date), orders, amount, refund);
  }

  private static Dataset<Row> accountDays(List<Row> days) {
    Dataset<Row> rows =
        spark
            .createDataFrame(
                days,
                StructType.fromDDL(
                    "account_key string, event_day date, orders bigint, amount_minor bigint,"
                        + " refund_minor bigint"))
            .selectExpr("*", "trunc(event_day, 'MM') AS month");
    for (TableColumn column : SilverTables.ACCOUNT_DAY.columns()) {
      if (!List.of(rows.columns()).contains(column.name())) {
        rows = rows.withColumn(column.name(), lit(0L));
      }
    }
    return rows;
  }

  /** The customer map and the features; an account's name is the customer's and a digit. */
  private static void writeCustomers(Map<LocalDate, List<String>> accounts) {
    List<Row> rows =
        accounts.entrySet().stream()
            .flatMap(
                date ->
                    date.getValue().stream()
                        .map(account -> RowFactory.create(Date.valueOf(date.getKey()), account)))
            .toList();
    Dataset<Row> map =
        spark
            .createDataFrame(rows, StructType.fromDDL("as_of date, account_key string"))
            .selectExpr(
                "*",
                "substr(account_key, 1, 3) AS customer_id",
                "'crm' AS realm",
                "true AS is_known",
                "'features' AS run_id");
    tables().append(SilverTables.CUSTOMER_MAP, map);
    tables()
        .append(
            FeatureTable.schema(List.of()),
            map.dropDuplicates(new String[] {"as_of", "customer_id"}));
  }

  private static void run(LocalDate asOf) {
    counts = new RowCounts();
    Steps.run(spark, new ValueJob(), CATALOGUE, dir.toString(), asOf, counts)
        .lines()
        .forEach(WARNINGS::add);
  }

  private static double points(Row row) {
    return FACTORS.stream().mapToDouble(factor -> row.<Double>getAs(factor)).sum();
  }

  private static Tables tables() {
    return new Tables(spark, dir.toString());
  }

  private static Map<String, Row> byCustomer(LocalDate asOf) {
    return rows(VALUES, asOf).stream()
        .collect(Collectors.toMap(row -> row.getAs("customer_id"), Function.identity()));
  }

  private static List<Row> rows(TableSchema table, LocalDate asOf) {
    return tables()
        .readAsOf(table, asOf)
        .orderBy(
            table.key().get(1), table.key().subList(2, table.key().size()).toArray(String[]::new))
        .collectAsList();
  }

  private static BigDecimal money(double amount) {
    return BigDecimal.valueOf(amount).setScale(2, RoundingMode.HALF_UP);
  }
}

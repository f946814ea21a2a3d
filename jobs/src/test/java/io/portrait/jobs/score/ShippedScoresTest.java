package io.portrait.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Catalogue;
import io.portrait.common.table.TableColumn;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the shipped scores say of people that one can picture, among a hundred ordinary ones. */
@ExtendWith(SparkExtension.class)
class ShippedScoresTest {

  /** Rank i of a hundred: who earns more does not buy more. */
  private static final Map<String, String> CROWD =
      Map.ofEntries(
          Map.entry("customer_id", "concat('crowd', id)"),
          Map.entry("income_amount", "300000 + 10000 * id"),
          Map.entry("assets_amount", "100000 * id"),
          Map.entry("credit_score", "600 + id"),
          Map.entry("net_amount_365d", "100 * pmod(id * 37, 100)"),
          Map.entry("average_order_amount", "200 + 5 * pmod(id * 37, 100)"),
          Map.entry("order_count_365d", "pmod(id * 37, 100) DIV 5"),
          Map.entry("order_days_365d", "pmod(id * 37, 100) DIV 5"),
          Map.entry("days_since_last_order", "1 + 3 * pmod(id * 63, 100)"),
          Map.entry("days_since_last_visit", "1 + pmod(id * 63, 100)"),
          Map.entry("session_count_90d", "pmod(id * 37, 100) DIV 4"),
          Map.entry("cart_add_count_90d", "pmod(id * 37, 100) DIV 10"),
          Map.entry("category_count", "1 + pmod(id * 37, 100) DIV 10"),
          Map.entry("tenure_days", "10 * id"),
          Map.entry("order_days_90d", "pmod(id * 37, 100) DIV 20"),
          Map.entry("dwell_seconds_90d", "60 * pmod(id * 37, 100)"),
          Map.entry("discount_dependence", "0.1 + 0.005 * pmod(id * 37, 100)"),
          Map.entry("discount_share", "(0.1 + 0.005 * pmod(id * 37, 100)) / 4"));

  private static final Map<String, Row> SCORED = new HashMap<>();

  @BeforeAll
  static void score(SparkSession spark) {
    Catalogue shipped = TestCatalogue.shipped();
    List<TableColumn> columns = ScoreInputs.columns(shipped);
    Map<String, String> young =
        Map.ofEntries(
            Map.entry("customer_id", "'young'"),
            Map.entry("age", "23"),
            Map.entry("income_amount", "310000"),
            Map.entry("credit_score", "760"),
            Map.entry("overdue_count", "0"),
            Map.entry("open_loan_count", "0"),
            Map.entry("net_amount_365d", "9000"),
            Map.entry("average_order_amount", "600"),
            Map.entry("order_count_365d", "18"),
            Map.entry("session_count_90d", "24"),
            Map.entry("cart_add_count_90d", "9"),
            Map.entry("days_since_last_visit", "1"),
            Map.entry("price_level", "1.1"),
            Map.entry("main_payment_method", "'card'"),
            Map.entry("discount_dependence", "0.08"));
    Map<String, String> withoutIncome = new HashMap<>(young);
    withoutIncome.put("customer_id", "'without_income'");
    withoutIncome.remove("income_amount");
    Dataset<Row> people =
        rows(spark, columns, CROWD, 100)
            .union(rows(spark, columns, young, 1))
            .union(rows(spark, columns, withoutIncome, 1))
            .union(
                rows(
                    spark, columns, Map.of("customer_id", "'rich'", "income_amount", "5000000"), 1))
            .union(rows(spark, columns, Map.of("customer_id", "'nobody'"), 1))
            .union(rows(spark, columns, worker("engineer", "工程師"), 1))
            .union(rows(spark, columns, worker("astrologer", "Astrologer"), 1))
            .union(
                rows(
                    spark,
                    columns,
                    Map.of(
                        "customer_id", "'loyal'",
                        "order_days_365d", "19",
                        "days_since_last_order", "3",
                        "csat_average", "4.8",
                        "tenure_days", "1500",
                        "category_count", "10",
                        "nps_answer_count", "2",
                        "nps_balance", "2",
                        "touch_open_share", "0.7"),
                    1))
            .union(
                rows(
                    spark,
                    columns,
                    Map.of(
                        "customer_id", "'stranger'",
                        "order_days_365d", "1",
                        "days_since_last_order", "290",
                        "csat_average", "1.5",
                        "tenure_days", "300",
                        "category_count", "1",
                        "nps_answer_count", "1",
                        "nps_balance", "-1",
                        "overdue_count", "4",
                        "credit_score", "480"),
                    1));
    for (Map<String, String> person : others()) {
      people = people.union(rows(spark, columns, person, 1));
    }
    Scoring.all(people, shipped.scores().scores())
        .filter("customer_id NOT LIKE 'crowd%'")
        .collectAsList()
        .forEach(row -> SCORED.put(row.getAs("customer_id") + " " + row.getAs("score_code"), row));
  }

  @Test
  void findsPowerInIntentAndCreditWithoutIncome() {
    assertThat(score("young purchasing_power")).isGreaterThan(60);
    assertThat(reason("young purchasing_power", "income")).isNegative();
    assertThat(reason("young purchasing_power", "credit")).isPositive();
    assertThat(reason("young purchasing_power", "frequency")).isPositive();
  }

  @Test
  void findsNoPowerInIncomeAlone() {
    assertThat(score("rich purchasing_power")).isBetween(50.0, 55.0);
    assertThat(coverage("rich purchasing_power")).isCloseTo(0.1, within(1e-9));
    assertThat(reason("rich purchasing_power", "income")).isPositive();
  }

  @Test
  void scoresWithLessCoverageWhereIncomeIsUnknown() {
    assertThat(score("without_income purchasing_power"))
        .isGreaterThan(score("young purchasing_power"));
    assertThat(coverage("without_income purchasing_power"))
        .isCloseTo(coverage("young purchasing_power") - 0.1, within(1e-9));
    assertThat(SCORED.get("nobody purchasing_power").<Double>getAs("score")).isNull();
    assertThat(coverage("nobody purchasing_power")).isZero();
  }

  @Test
  void countsAnOccupationThatNoBinNamesAsUnknown() {
    assertThat(reason("engineer purchasing_power", "occupation")).isPositive();
    assertThat(coverage("astrologer purchasing_power"))
        .isCloseTo(coverage("engineer purchasing_power") - 0.04, within(1e-9));
    assertThat(score("astrologer purchasing_power")).isLessThan(score("engineer purchasing_power"));
  }

  @Test
  void tellsTheLoyalFromTheStranger() {
    assertThat(score("loyal loyalty")).isGreaterThan(75);
    assertThat(score("stranger loyalty")).isLessThan(25);
    assertThat(score("loyal satisfaction")).isGreaterThan(65);
    assertThat(score("stranger satisfaction")).isLessThan(35);
  }

  @Test
  void givesCreditPointsWithCautionToTheUnknown() {
    // 540 + 80 + 25 + 10 for the report, 0 overdue and no loan; what is unknown: 5 - 15.
    assertThat(score("young credit")).isEqualTo(645);
    // 540 - 120 - 60, a year's tenure, and 5 + 5 for an unknown overdue amount and unknown loans.
    assertThat(score("stranger credit")).isEqualTo(370);
    assertThat(SCORED.get("rich credit").<Double>getAs("score")).isNull();
  }

  @Test
  void doesNotRewardWhoKeepsTheIncomeBack() {
    // 50,000 overdue and 1,000,000 owed are a great share of 600,000.
    assertThat(reason("earner credit", "overdue_amount")).isEqualTo(-40);
    assertThat(reason("earner credit", "debt")).isEqualTo(-30);
    // Without an income they are more than one can ever pay.
    assertThat(reason("without_earnings credit", "overdue_amount")).isEqualTo(-40);
    assertThat(reason("without_earnings credit", "debt")).isEqualTo(-30);
    // Of an unknown income no share is known, yet it is no reason to lend.
    assertThat(reason("silent credit", "overdue_amount")).isEqualTo(-25);
    assertThat(reason("silent credit", "debt")).isEqualTo(-20);
    // Who owes nothing does so at any income, and small debts count by income as before.
    assertThat(reason("debtless credit", "overdue_amount")).isEqualTo(10);
    assertThat(reason("debtless credit", "debt")).isEqualTo(15);
    assertThat(reason("debtless_silent credit", "overdue_amount")).isEqualTo(10);
    assertThat(reason("debtless_silent credit", "debt")).isEqualTo(15);
    assertThat(reason("small_debt credit", "overdue_amount")).isEqualTo(-15);
    assertThat(reason("small_debt credit", "debt")).isEqualTo(5);
    assertThat(coverage("silent credit"))
        .isEqualTo(coverage("earner credit"))
        .isCloseTo(0.25, within(1e-9));
  }

  @Test
  void tellsGrowingFromNewAndFromShrinking() {
    assertThat(score("growing growth")).isGreaterThan(80);
    assertThat(score("shrinking growth")).isLessThan(20);
    assertThat(score("steady growth")).isEqualTo(50);
    assertThat(score("visiting_more growth")).isBetween(52.0, 60.0);
    // Who came within the last half year has nothing to grow from: unknown, not growing.
    assertThat(SCORED.get("new growth").<Double>getAs("score")).isNull();
    assertThat(coverage("new growth")).isZero();
  }

  @Test
  void tellsTheEngagedFromTheAbsent() {
    assertThat(score("engaged engagement")).isGreaterThan(75);
    assertThat(score("absent engagement")).isLessThan(25);
    // Who was never seen on web or app is unknown there, not idle, and who was never written to is
    // no eager reader.
    assertThat(score("shopper engagement")).isGreaterThan(55);
    assertThat(coverage("shopper engagement")).isCloseTo(0.78, within(1e-9));
  }

  @Test
  void tellsBargainHuntersFromThoseWhoPayAnyPrice() {
    assertThat(score("bargain_hunter price_sensitivity")).isGreaterThan(80);
    assertThat(score("full_price price_sensitivity")).isLessThan(25);
    // Without campaigns no coupon could be used, which says nothing.
    assertThat(coverage("full_price price_sensitivity")).isEqualTo(1);
    assertThat(coverage("untouched price_sensitivity")).isCloseTo(0.9, within(1e-9));
    assertThat(score("untouched price_sensitivity"))
        .isGreaterThan(score("full_price price_sensitivity"));
  }

  /** People that one score each is about. */
  private static List<Map<String, String>> others() {
    return List.of(
        debtor("earner", "600000", "50000", "1000000"),
        debtor("without_earnings", "0", "50000", "1000000"),
        debtor("silent", "NULL", "50000", "1000000"),
        debtor("debtless", "0", "0", "0"),
        debtor("debtless_silent", "NULL", "0", "0"),
        debtor("small_debt", "600000", "12000", "180000"),
        trend("growing", "0.6", "0.7", "0.6"),
        trend("shrinking", "-0.6", "-0.7", "-0.6"),
        trend("steady", "0", "0.05", "-0.05"),
        trend("visiting_more", "0", "0", "0.3"),
        trend("new", "NULL", "NULL", "NULL"),
        Map.of(
            "customer_id", "'engaged'",
            "session_count_90d", "30",
            "days_since_last_visit", "1",
            "dwell_seconds_90d", "9000",
            "order_days_90d", "6",
            "days_since_last_order", "2",
            "touch_count_180d", "10",
            "touch_open_count_180d", "7",
            "csat_answer_count", "2",
            "nps_answer_count", "1"),
        Map.of(
            "customer_id", "'absent'",
            "session_count_90d", "0",
            "days_since_last_visit", "400",
            "dwell_seconds_90d", "0",
            "order_days_90d", "0",
            "days_since_last_order", "400",
            "touch_count_180d", "10",
            "touch_open_count_180d", "0"),
        Map.of(
            "customer_id", "'shopper'",
            "session_count_90d", "0",
            "dwell_seconds_90d", "0",
            "order_days_90d", "6",
            "days_since_last_order", "2",
            "touch_count_180d", "0",
            "touch_open_count_180d", "0"),
        buyer("bargain_hunter", "0.6", "0.75", "20", "6"),
        buyer("full_price", "0.05", "1.3", "20", "0"),
        buyer("untouched", "0.05", "1.3", "0", "0"));
  }

  private static Map<String, String> debtor(
      String customer, String income, String overdue, String owed) {
    return Map.of(
        "customer_id", "'" + customer + "'",
        "income_amount", income,
        "overdue_amount", overdue,
        "loan_balance", owed);
  }

  private static Map<String, String> trend(
      String customer, String againstCohort, String sales, String visits) {
    return Map.of(
        "customer_id", "'" + customer + "'",
        "spend_growth", againstCohort,
        "order_amount_change", sales,
        "session_count_change", visits);
  }

  private static Map<String, String> buyer(
      String customer, String dependence, String priceLevel, String touches, String coupons) {
    return Map.of(
        "customer_id", "'" + customer + "'",
        "discount_dependence", dependence,
        "discount_share", dependence + " / 4",
        "price_level", priceLevel,
        "touch_count", touches,
        "order_count", "10",
        "coupon_count", coupons);
  }

  private static Map<String, String> worker(String customer, String occupation) {
    return Map.of(
        "customer_id", "'" + customer + "'",
        "occupation", "'" + occupation + "'",
        "income_amount", "800000");
  }

  private static double score(String key) {
    return SCORED.get(key).<Double>getAs("score");
  }

  private static double coverage(String key) {
    return SCORED.get(key).<Double>getAs("coverage");
  }

  private static double reason(String key, String code) {
    Row row = SCORED.get(key);
    return row.<Row>getList(row.fieldIndex("reasons")).stream()
        .filter(reason -> reason.getString(1).equals(code))
        .mapToDouble(reason -> reason.getDouble(2))
        .findFirst()
        .orElseThrow();
  }

  /** Rows with the values given and null for all other columns. */
  private static Dataset<Row> rows(
      SparkSession spark, List<TableColumn> columns, Map<String, String> values, int count) {
    List<Column> selected = new ArrayList<>();
    selected.add(functions.expr(values.get("customer_id")).as("customer_id"));
    for (TableColumn column : columns) {
      selected.add(
          functions
              .expr(values.getOrDefault(column.name(), "NULL"))
              .cast(column.type())
              .as(column.name()));
    }
    return spark.range(count).select(selected.toArray(Column[]::new));
  }
}

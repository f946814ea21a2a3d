package io.portrait.jobs.features;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Feature;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import io.portrait.common.transform.KnownAccounts;
import io.portrait.jobs.testing.TestCatalogue;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class FeatureTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  private static final String FEATURES =
      """
        - {name: order_count, from: account_day, aggregate: sum, value: orders, windows: [30, 90, all],
           unit: count, fill: 0, title: {en: Orders, zh: 訂單數}}
        - {name: net_amount, from: account_day, aggregate: sum, value: amount_minor - refund_minor,
           windows: [30, all], unit: money, fill: 0, title: {en: Net, zh: 淨額}}
        - {name: smallest, from: account_day, aggregate: min, value: "nullif(largest_order_minor, 0)",
           unit: money, title: {en: Smallest, zh: 最小}}
        - {name: largest, from: account_day, aggregate: max, value: largest_order_minor, windows: [30, all],
           unit: money, title: {en: Largest, zh: 最大}}
        - {name: order_days, from: account_day, aggregate: days, value: orders, windows: [30, 90, all],
           unit: days, fill: 0, title: {en: Days, zh: 天數}}
        - {name: last, from: account_day, aggregate: days_since_last, value: orders, windows: [30, all],
           unit: days, title: {en: Last, zh: 最近}}
        - {name: first, from: account_day, aggregate: days_since_first, value: orders, windows: [30, all],
           unit: days, title: {en: First, zh: 最早}}
      """;

  private static final String ACCOUNTS =
      """
      {"as_of":"2026-01-31","account_key":"%s","customer_id":"%s","realm":"crm","is_known":%s}""";

  @Test
  void countsTheDaysOfAWindowFromItsFirstDayToTheDayBefore(SparkSession spark) {
    Dataset<Row> days =
        days(
            spark,
            day("a", "2026-01-31", 1, 100), // as_of itself
            day("a", "2026-01-30", 2, 200), // as_of - 1
            day("a", "2026-01-01", 4, 400), // as_of - 30
            day("a", "2025-12-31", 8, 800), // as_of - 31
            day("a", "2025-11-02", 16, 1600), // as_of - 90
            day("a", "2025-11-01", 32, 3200)); // as_of - 91

    Dataset<Row> summary = summarize(spark, days, account("a", "ann", true));

    assertThat(summary.columns())
        .containsExactly(
            "customer_id",
            "order_count_30d",
            "order_count_90d",
            "order_count",
            "net_amount_30d",
            "net_amount",
            "smallest",
            "largest_30d",
            "largest",
            "order_days_30d",
            "order_days_90d",
            "order_days",
            "last_30d",
            "last",
            "first_30d",
            "first");
    assertThat(summary.collectAsList())
        .containsExactly(
            RowFactory.create(
                "ann", 6L, 30L, 62L, 600L, 6200L, 200L, 400L, 3200L, 2L, 4L, 5L, 1L, 1L, 30L, 91L));
  }

  @Test
  void addsTheAccountsOfOneCustomerAndCountsASharedDayOnce(SparkSession spark) {
    Dataset<Row> days =
        days(
            spark,
            day("a", "2026-01-30", 1, 100),
            day("b", "2026-01-30", 1, 300),
            day("b", "2025-01-01", 1, 50),
            day("b", "2024-06-01", 0, 0),
            day("c", "2026-01-30", 9, 900));

    Dataset<Row> summary =
        summarize(
            spark,
            days,
            account("a", "ann", true),
            account("b", "ann", true),
            account("c", "visitor", false));

    assertThat(summary.collectAsList())
        .containsExactly(
            RowFactory.create(
                "ann", 2L, 2L, 3L, 400L, 450L, 50L, 300L, 300L, 1L, 1L, 2L, 1L, 1L, 1L, 395L));
  }

  @Test
  void givesNegativeNetAmountsAndNullWhereNothingIsAboveZero(SparkSession spark) {
    Dataset<Row> days =
        days(
            spark,
            SPARSE.formatted("a", "2026-01-10", "2026-01-01", 0, 500, 700, 0),
            SPARSE.formatted("a", "2025-12-31", "2025-12-01", 0, 0, 100, 0));

    assertThat(summarize(spark, days, account("a", "ann", true)).collectAsList())
        .containsExactly(
            RowFactory.create(
                "ann", 0L, 0L, 0L, -200L, -300L, null, 0L, 0L, 0L, 0L, 0L, null, null, null, null));
  }

  @Test
  void countsDaysOverManyYears(SparkSession spark) {
    Dataset<Row> days =
        spark
            .range(0, 2000)
            .selectExpr(
                "'a' AS account_key", "date_sub(DATE'2026-01-30', cast(id AS INT)) AS event_day")
            .selectExpr(fill("1L AS orders"));

    Row summary = summarize(spark, days, account("a", "ann", true)).head();

    assertThat(summary.<Long>getAs("order_days_30d")).isEqualTo(30);
    assertThat(summary.<Long>getAs("order_days_90d")).isEqualTo(90);
    assertThat(summary.<Long>getAs("order_days")).isEqualTo(2000);
    assertThat(summary.<Long>getAs("first")).isEqualTo(2000);
  }

  @Test
  void comparesCategoriesAndTakesTheFirstNameOfATie(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.of(
            """
              - {name: categories, from: account_category_day, aggregate: categories, value: amount_minor,
                 windows: [30, all], unit: count, title: {en: C, zh: 品類}}
              - {name: top, from: account_category_day, aggregate: top_category,
                 value: amount_minor - refund_minor, windows: [30, all], unit: none, title: {en: T, zh: 首}}
            """,
            "");
    Dataset<Row> days =
        Rows.of(
            spark,
            SilverTables.ACCOUNT_CATEGORY_DAY,
            categoryDay("a", "tea", "2026-01-30", 300, 0),
            categoryDay("b", "rice", "2026-01-01", 200, 0),
            categoryDay("a", "rice", "2026-01-05", 100, 0),
            categoryDay("a", "wine", "2025-12-31", 900, 0),
            categoryDay("a", "beer", "2025-12-30", 2000, 1500),
            categoryDay("a", "none", "2025-12-30", 0, 50),
            categoryDay("a", "late", "2026-01-31", 9999, 0),
            categoryDay("c", "none", "2025-12-30", 0, 50));

    Dataset<Row> summary =
        FeatureTransforms.summarizeCategories(
            days,
            accounts(
                spark,
                account("a", "ann", true),
                account("b", "ann", true),
                account("c", "cy", true)),
            catalogue.features(),
            AS_OF);

    assertThat(summary.columns())
        .containsExactly("customer_id", "categories_30d", "categories", "top_30d", "top");
    assertThat(summary.collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("ann", 2L, 4L, "rice", "wine"),
            RowFactory.create("cy", 0L, 0L, null, null));
  }

  @Test
  void publishesEveryKnownCustomerFillsAndScales(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.of(
            """
              - {name: average, from: feature, value: "spent / nullif(bought, 0)", type: money, unit: money,
                 title: {en: Average, zh: 平均}}
              - {name: is_young, from: feature, value: age < 30, type: boolean, unit: none,
                 title: {en: Young, zh: 年輕}}
              - {name: spent, from: account_day, aggregate: sum, value: amount_minor, unit: money, fill: 0,
                 title: {en: Spent, zh: 金額}}
              - {name: bought, from: account_day, aggregate: sum, value: orders, unit: count, fill: 0,
                 title: {en: Bought, zh: 次數}}
              - {name: units, from: account_day, aggregate: sum, value: quantity_milli, unit: quantity,
                 title: {en: Units, zh: 件數}}
              - {name: age, from: customer, value: cast(floor(months_between(as_of\\, birth_date) / 12) AS BIGINT),
                 type: long, unit: years, title: {en: Age, zh: 年齡}}
              - {name: gender, from: customer, value: gender, type: string, unit: none, title: {en: G, zh: 性別}}
            """
                .replace(
                    "cast(floor(months_between(as_of\\, birth_date) / 12) AS BIGINT)",
                    "\"cast(floor(months_between(as_of, birth_date) / 12) AS BIGINT)\""),
            "");
    Dataset<Row> customers =
        Rows.of(
            spark,
            SilverTables.CUSTOMER,
            """
            {"as_of":"2026-01-31","customer_id":"ann","accounts":1,"birth_date":"2000-01-31","gender":"female"}""",
            """
            {"as_of":"2026-01-31","customer_id":"bob","accounts":1,"birth_date":"1996-02-01"}""",
            """
            {"as_of":"2026-01-31","customer_id":"cy","accounts":1}""");
    Dataset<Row> summary =
        spark.sql("SELECT 'ann' AS customer_id, 1001L AS spent, 2L AS bought, 1500L AS units");

    Dataset<Row> features =
        FeatureTransforms.publishFeatures(
            customers, List.of(summary), catalogue.features(), 2, "run-1");

    assertThat(Stream.of(features.schema().fields()).map(StructField::dataType))
        .extracting(type -> type.catalogString())
        .containsExactly(
            "date",
            "string",
            "string",
            "decimal(18,2)",
            "boolean",
            "decimal(18,2)",
            "bigint",
            "decimal(18,3)",
            "bigint",
            "string");
    Date asOf = Date.valueOf(AS_OF);
    assertThat(features.collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create(
                asOf,
                "ann",
                "run-1",
                new BigDecimal("5.01"),
                true,
                new BigDecimal("10.01"),
                2L,
                new BigDecimal("1.500"),
                26L,
                "female"),
            RowFactory.create(
                asOf, "bob", "run-1", null, true, new BigDecimal("0.00"), 0L, null, 29L, null),
            RowFactory.create(
                asOf, "cy", "run-1", null, null, new BigDecimal("0.00"), 0L, null, null, null));
  }

  @Test
  void leavesShippedSharesAndTrendsWithoutAGroundUnknown(SparkSession spark) {
    List<Feature> shipped =
        TestCatalogue.shipped().features().stream()
            .filter(
                f ->
                    f.from() == Feature.From.ACCOUNT_DAY
                        || f.name().matches("refund_share|touch_open_share|.*_change"))
            .toList();
    Map<String, Map<String, Long>> customers =
        Map.of(
            "old", trading(180, 1000),
            "new", trading(179, 1000),
            "nobody", Map.of());
    Dataset<Row> summary =
        customers.entrySet().stream()
            .map(customer -> summary(spark, shipped, customer.getKey(), customer.getValue()))
            .reduce(Dataset::unionByName)
            .orElseThrow();
    Dataset<Row> golden =
        Rows.of(
            spark,
            SilverTables.CUSTOMER,
            customers.keySet().stream()
                .map(
                    id ->
                        "{\"as_of\":\"2026-01-31\",\"accounts\":1,\"customer_id\":\"" + id + "\"}")
                .toArray(String[]::new));

    assertThat(
            FeatureTransforms.publishFeatures(golden, List.of(summary), shipped, 2, "run-1")
                .select(
                    "customer_id",
                    "order_amount_change",
                    "session_count_change",
                    "refund_share",
                    "touch_open_share")
                .collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("old", 0.5, -0.5, 0.1, 0.25),
            RowFactory.create("new", null, null, 0.1, 0.25),
            RowFactory.create("nobody", null, null, null, null));
  }

  /** Who first bought and came so many days ago, has two answers of eight and 10 % refunded. */
  private static Map<String, Long> trading(long firstDays, long amount) {
    return Map.ofEntries(
        Map.entry("days_since_first_order", firstDays),
        Map.entry("days_since_first_visit", firstDays),
        Map.entry("order_amount", amount),
        Map.entry("refund_amount", amount / 10),
        Map.entry("order_amount_90d", 3 * amount / 4),
        Map.entry("order_amount_180d", amount),
        Map.entry("session_count_90d", 1L),
        Map.entry("session_count_180d", 4L),
        Map.entry("touch_count", 8L),
        Map.entry("touch_open_count", 2L));
  }

  /** The sums given, and null for all others. */
  private static Dataset<Row> summary(
      SparkSession spark, List<Feature> features, String customer, Map<String, Long> values) {
    Column[] columns =
        Stream.concat(
                Stream.of(lit(customer).as("customer_id")),
                features.stream()
                    .filter(f -> f.from() == Feature.From.ACCOUNT_DAY)
                    .flatMap(f -> f.columnNames().stream())
                    .map(name -> lit(values.get(name)).cast("long").as(name)))
            .toArray(Column[]::new);
    return spark.range(1).select(columns);
  }

  @Test
  void givesNoRowsForAnEmptyRollup(SparkSession spark) {
    assertThat(summarize(spark, days(spark), account("a", "ann", true)).collectAsList()).isEmpty();
  }

  private static final String SPARSE =
      """
      {"account_key":"%s","event_day":"%s","month":"%s","orders":%d,"amount_minor":%d,"refund_minor":%d,
       "largest_order_minor":%d}"""
          .replace("\n", "");

  private static Dataset<Row> summarize(
      SparkSession spark, Dataset<Row> days, String... accountRows) {
    return FeatureTransforms.summarizeRollup(
        days, accounts(spark, accountRows), TestCatalogue.of(FEATURES, "").features(), AS_OF);
  }

  private static Dataset<Row> accounts(SparkSession spark, String... rows) {
    return KnownAccounts.of(Rows.of(spark, SilverTables.CUSTOMER_MAP, rows));
  }

  private static String account(String account, String customer, boolean isKnown) {
    return ACCOUNTS.formatted(account, customer, isKnown);
  }

  private static Dataset<Row> days(SparkSession spark, String... rows) {
    return Rows.of(spark, SilverTables.ACCOUNT_DAY, rows);
  }

  private static String day(String account, String day, int orders, int amount) {
    return SPARSE.formatted(account, day, day.substring(0, 8) + "01", orders, amount, 0, amount);
  }

  private static String categoryDay(
      String account, String category, String day, int amount, int refund) {
    return """
        {"account_key":"%s","category":"%s","event_day":"%s","month":"%s","amount_minor":%d,"refund_minor":%d}"""
        .formatted(account, category, day, day.substring(0, 8) + "01", amount, refund);
  }

  /** All measures of the rollup, 0 but for one. */
  private static String[] fill(String measure) {
    String name = measure.substring(measure.lastIndexOf(' ') + 1);
    return SilverTables.ACCOUNT_DAY.columnNames().stream()
        .map(
            c ->
                switch (c) {
                  case "account_key", "event_day" -> c;
                  case "month" -> "cast(trunc(event_day, 'MM') AS DATE) AS month";
                  default -> c.equals(name) ? measure : "0L AS " + c;
                })
        .toArray(String[]::new);
  }
}

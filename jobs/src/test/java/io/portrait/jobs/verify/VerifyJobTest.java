package io.portrait.jobs.verify;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Holds six order lines, and one of the as-of date itself, against rules of every kind. */
@ExtendWith(SparkExtension.class)
class VerifyJobTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 10);

  private static final String LINES =
      """
      VALUES
        ('o1', '1', DATE'2026-03-09', 'sale', 1000L, 100L, 'p1', 'web'),
        ('o1', '2', DATE'2026-03-09', 'sale', 2000L, 200L, 'p9', 'web'),
        ('o2', '1', DATE'2026-03-08', 'sale', 1000L, -5L, 'p1', 'store'),
        ('o3', '1', DATE'2026-03-07', 'sale', 1000L, 100L, null, 'fax'),
        ('o3', '2', DATE'2026-03-06', 'refund', -1000L, -50L, 'p2', null),
        ('o4', '1', DATE'2026-03-06', 'sale', 0L, 300L, 'p2', 'web'),
        ('o5', '1', DATE'2026-03-10', 'sale', 1L, -999L, null, 'fax')
      AS t(order_id, line_id, event_day, line_type, quantity_milli, amount_minor, product_id, channel)
      """;

  /** Rules over rows of order lines, and the plain SQL condition of a row that breaks each. */
  private static final Map<String, String> RULES_OVER_LINES =
      Map.ofEntries(
          Map.entry(
              "column: amount_minor, range: {from: -5, to: 200}",
              "amount_minor < -5 OR amount_minor > 200"),
          Map.entry("column: amount_minor, range: {from: 0}", "amount_minor < 0"),
          Map.entry("column: amount_minor, range: {from: -50, to: 300}", "false"),
          Map.entry("column: event_day, range: {to: 2026-03-08}", "event_day > DATE'2026-03-08'"),
          Map.entry("column: product_id, pattern: 'p[12]'", "product_id NOT IN ('p1', 'p2')"),
          Map.entry("column: order_id, pattern: o", "true"),
          Map.entry("column: order_id, pattern: 'o[0-9]'", "false"),
          Map.entry("column: channel, values: [web, store]", "channel = 'fax'"),
          Map.entry("column: channel, values: [web, store, fax]", "false"),
          Map.entry("column: product_id, not_null: true", "product_id IS NULL"),
          Map.entry("column: order_id, not_null: true", "order_id IS NULL"),
          Map.entry(
              "column: product_id, reference: {table: silver/product, column: product_id}",
              "product_id = 'p9'"),
          Map.entry(
              "condition: line_type = 'refund' OR amount_minor >= 0",
              "line_type <> 'refund' AND amount_minor < 0"),
          // A division by zero and a null are unknown, and pass.
          Map.entry(
              "condition: amount_minor * 1000 / quantity_milli = 100",
              "quantity_milli <> 0 AND amount_minor * 10 <> quantity_milli"),
          Map.entry("condition: event_day < as_of", "false"));

  private static final String OTHERS =
      """
        - {name: unique_order, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, unique: [order_id]}
        - {name: unique_line, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, unique: [order_id, line_id]}
        - {name: unique_product, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, unique: [product_id]}
        - {name: fresh, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, fresh_within_days: 1}
        - {name: stale, title: {en: T, zh: 題}, table: silver/payment, severity: stop, fresh_within_days: 8}
        - {name: usual, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, volume: {days: 3, min: 1, max: 1.5}}
        - {name: unusual, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, volume: {days: 3, min: 1.6, max: 9}}
        - {name: too_new, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, volume: {days: 4, min: 1, max: 2}}
        - {name: idle, title: {en: T, zh: 題}, table: silver/payment, severity: warn, volume: {days: 7, min: 1, max: 2}}
        - {name: few_enough, title: {en: T, zh: 題}, table: silver/order_item, severity: stop, column: product_id,
           not_null: true, max_failed_share: 0.2}
        - {name: too_many, title: {en: T, zh: 題}, table: silver/order_item, severity: stop, column: product_id,
           not_null: true, max_failed_share: 0.16}
        - {name: no_table, title: {en: T, zh: 題}, table: silver/feedback, severity: stop, column: score, range: {to: 5}}
        - {name: no_other, title: {en: T, zh: 題}, table: silver/payment, severity: stop, column: order_id,
           reference: {table: silver/order, column: order_id}}
        - {name: no_rows, title: {en: T, zh: 題}, table: silver/consent, severity: stop, column: purpose, not_null: true}
        - {name: no_event, title: {en: T, zh: 題}, table: silver/consent, severity: warn, fresh_within_days: 7}
        - {name: rejecting, title: {en: T, zh: 題}, table: silver/payment, severity: reject, column: amount_minor,
           range: {from: 0}}
      """;

  @TempDir private static Path dir;
  private static SparkSession spark;
  private static List<String> rules;
  private static Map<String, Row> results;
  private static JobException stopped;

  @BeforeAll
  static void verify(SparkSession session) {
    spark = session;
    write(
        Entities.ORDER_ITEM.silver(),
        spark.sql("SELECT * FROM " + LINES).withColumn("account_key", lit("a")));
    write(
        Entities.PRODUCT.silver(),
        spark.sql("SELECT * FROM VALUES ('p1'), ('p2') AS t(product_id)"));
    write(
        Entities.PAYMENT.silver(),
        spark.sql(
            """
            SELECT * FROM VALUES ('1', DATE'2026-03-01', 'o1'), ('2', DATE'2026-03-10', 'o1')
              AS t(payment_id, event_day, order_id)
            """));
    new Tables(spark, dir.toString()).create(Entities.CONSENT.silver());
    write(
        RawTables.CONFORM_RESULT,
        spark.sql(
            """
            SELECT 'pay' AS source, 1L AS batch_id, 'payment' AS entity, 1 AS map_number,
              'f' AS map_fingerprint, 12L AS rows_in, 2L AS rows_elsewhere
            """));
    write(
        RawTables.REJECT_REASON,
        spark.sql(
            """
            SELECT 'pay' AS source, 1L AS batch_id, 'payment' AS entity, * FROM VALUES
              ('amount_minor: expectation rejecting', 'rejected', 3L), ('amount: missing', 'rejected', 1L)
              AS t(reason, outcome, rows)
            """));
    rules = RULES_OVER_LINES.keySet().stream().sorted().toList();
    String declared =
        rules.stream()
            .map(
                rule ->
                    "  - {name: line_%d, title: {en: T, zh: 題}, table: silver/order_item, severity: warn, %s}\n"
                        .formatted(rules.indexOf(rule), rule))
            .collect(Collectors.joining());
    Catalogue catalogue =
        TestCatalogue.withExpectations(TestCatalogue.of("", ""), declared + OTHERS);
    assertThat(ExpectationCheck.check(spark, catalogue)).isEmpty();

    stopped =
        catchThrowableOfType(
            JobException.class,
            () -> Steps.run(spark, new VerifyJob(), catalogue, dir.toString(), AS_OF));

    results =
        new Tables(spark, dir.toString())
            .read(ProfileTables.QUALITY_RESULT).collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getAs("rule"), row -> row));
  }

  @Test
  void countsWhatPlainSqlCounts() {
    spark
        .sql("SELECT * FROM " + LINES + " WHERE event_day < DATE'2026-03-10'")
        .createOrReplaceTempView("line");
    String counts =
        rules.stream()
            .map(rule -> "count_if(" + RULES_OVER_LINES.get(rule) + ")")
            .collect(Collectors.joining(", "));
    Row expected = spark.sql("SELECT " + counts + " FROM line").head();

    for (int i = 0; i < rules.size(); i++) {
      assertThat(cells("line_" + i, "rows_checked", "rows_failed", "passed"))
          .as(rules.get(i))
          .isEqualTo(
              "6 " + expected.getLong(i) + " " + (expected.getLong(i) == 0 ? "true" : "false"));
    }
    // None is vacuous: ten rules fail and five pass.
    assertThat(rules).filteredOn(rule -> expected.getLong(rules.indexOf(rule)) > 0).hasSize(10);
  }

  @Test
  void countsRowsBeyondTheFirstOfAValue() {
    assertThat(cells("unique_order", "rows_checked", "rows_failed", "passed"))
        .isEqualTo("6 2 false");
    assertThat(cells("unique_line", "rows_checked", "rows_failed", "passed")).isEqualTo("6 0 true");
    // p1 and p2 twice; the null is no value.
    assertThat(cells("unique_product", "rows_checked", "rows_failed", "passed"))
        .isEqualTo("6 2 false");
  }

  @Test
  void looksAtDaysBeforeTheAsOfDate() {
    assertThat(cells("fresh", "found", "passed")).isEqualTo("2026-03-09, 1 days before true");
    assertThat(cells("stale", "found", "passed")).isEqualTo("2026-03-01, 9 days before false");
    // Two rows on the last day; four on the three days before.
    assertThat(cells("usual", "found", "passed"))
        .isEqualTo("2 rows, 1.50 times the mean of 1.3 true");
    assertThat(cells("unusual", "found", "passed"))
        .isEqualTo("2 rows, 1.50 times the mean of 1.3 false");
  }

  @Test
  void tellsWhatItCouldNotCheck() {
    assertThat(cells("no_table", "rows_checked", "found", "passed"))
        .isEqualTo("null not checked: there is no silver/feedback null");
    assertThat(cells("no_other", "found", "passed"))
        .isEqualTo("not checked: there is no silver/order null");
    assertThat(cells("no_rows", "found", "passed")).isEqualTo("not checked: no rows null");
    assertThat(cells("too_new", "found", "passed"))
        .isEqualTo("not checked: fewer than 4 days of history null");
    assertThat(cells("idle", "found", "passed"))
        .isEqualTo("not checked: no rows in the 7 days before null");
    // Nothing can be fresh where nothing is.
    assertThat(cells("no_event", "found", "passed")).isEqualTo("no event false");
  }

  @Test
  void takesOverWhatConformHasRejected() {
    assertThat(cells("rejecting", "severity", "rows_checked", "rows_failed", "passed"))
        .isEqualTo("reject 10 3 false");
  }

  @Test
  void stopsTheRunWithRuleExpectedAndFound() {
    assertThat(ExitCode.of(stopped)).isEqualTo(ExitCode.INVALID_DATA);
    assertThat(stopped)
        .hasMessageContaining("Silver as of 2026-03-10 is not as expected")
        .hasMessageContaining(
            "silver/payment: stale of *: expected newest day at most 8 days before, found 2026-03-01,"
                + " 9 days before")
        .hasMessageContaining(
            "silver/order_item: too_many of product_id: expected a value; at most 16 % of rows may fail,"
                + " found 1 of 6 rows fail")
        .message()
        .doesNotContain("few_enough", "no_table", "no_other", "line_", "rejecting");
    assertThat(cells("few_enough", "rows_failed", "passed")).isEqualTo("1 true");
  }

  private static String cells(String rule, String... columns) {
    return List.of(columns).stream()
        .map(column -> String.valueOf(results.get(rule).<Object>getAs(column)))
        .collect(Collectors.joining(" "));
  }

  /** Writes rows, with 0 or an empty text in the required columns that they lack. */
  private static void write(TableSchema table, Dataset<Row> rows) {
    Dataset<Row> whole = rows;
    for (TableColumn column : table.columns()) {
      if (!column.nullable() && !List.of(whole.columns()).contains(column.name())) {
        whole =
            whole.withColumn(
                column.name(),
                column.type().typeName().equals("timestamp")
                    ? lit("2026-03-01").cast(column.type())
                    : lit(0).cast(column.type()));
      }
    }
    new Tables(spark, dir.toString()).append(table, whole);
  }
}

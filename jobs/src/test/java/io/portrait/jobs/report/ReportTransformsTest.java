package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.job.RunLogTable;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.math.BigDecimal;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ReportTransformsTest {

  @Test
  void cutsAmountsToThreeLeadingDigits(SparkSession spark) {
    Dataset<Row> rfm =
        spark.sql(
            """
            SELECT CAST(v AS DECIMAL(18,2)) AS monetary FROM VALUES
              ('0.00'), ('-5.00'), ('9.99'), ('9.99'), ('10.04'), ('10.05'), ('1000.00'),
              ('1009.99'), ('999.99'), ('1234567.89'), (null) AS t(v)
            """);

    assertThat(ReportTransforms.spendBuckets(rfm).collectAsList())
        .containsExactly(
            bucket(0, 2, "-5.00"),
            bucket(999, 2, "19.98"),
            bucket(1000, 2, "20.09"),
            bucket(99900, 1, "999.99"),
            bucket(100000, 2, "2009.99"),
            bucket(123000000, 1, "1234567.89"));
  }

  @Test
  void hasNoBucketsWithoutCustomers(SparkSession spark) {
    Dataset<Row> none = spark.sql("SELECT CAST(1 AS DECIMAL(18,2)) AS monetary WHERE false");

    assertThat(ReportTransforms.spendBuckets(none).collectAsList()).isEmpty();
  }

  @Test
  void addsUpCustomersSalesAndOrders(SparkSession spark) {
    Dataset<Row> features =
        spark.sql(
            """
            SELECT * FROM VALUES (1.50BD, 2L), (0.00BD, 0L), (null, null)
              AS t(order_amount, order_count)
            """);

    assertThat(ReportTransforms.totals(features).collectAsList())
        .containsExactly(RowFactory.create(3L, new BigDecimal("1.50"), 2L));
  }

  @Test
  void leavesTotalsOutForFeaturesThatAreNotDeclared(SparkSession spark) {
    assertThat(ReportTransforms.totals(spark.range(2).toDF("customer")).collectAsList())
        .containsExactly(RowFactory.create(2L, null, null));
  }

  @Test
  void countsTheScoreGrid(SparkSession spark) {
    Dataset<Row> rfm =
        spark.sql(
            """
            SELECT * FROM VALUES (5, 5, 'champions'), (5, 5, 'champions'), (5, 5, 'loyal'),
              (1, 1, 'lost') AS t(r_score, f_score, segment)
            """);

    assertThat(ReportTransforms.scoreGrid(rfm).collectAsList())
        .containsExactly(
            RowFactory.create(1, 1, "lost", 1L),
            RowFactory.create(5, 5, "champions", 2L),
            RowFactory.create(5, 5, "loyal", 1L));
  }

  @Test
  void addsBatchesOfASourceUp(SparkSession spark) {
    Dataset<Row> results =
        spark.sql(
            """
            SELECT * FROM VALUES
              ('crm', 'customer', 1L, 10L, 1L, 6L, 2L, 1L, 0L),
              ('crm', 'customer', 1L, 10L, 9L, 1L, 0L, 0L, 0L),
              ('crm', 'customer', 2L, 5L, 0L, 3L, 0L, 1L, 1L),
              ('web', 'web_event', 1L, 1L, 0L, 1L, 0L, 0L, 0L)
              AS t(source, entity, batch_id, rows_in, rows_elsewhere, rows_kept, rows_rejected,
                rows_duplicate, rows_deleted)
            """);

    assertThat(ReportTransforms.conformTotals(results).collectAsList())
        .containsExactly(
            RowFactory.create("crm", "customer", 2L, 25L, 10L, 10L, 2L, 2L, 1L),
            RowFactory.create("web", "web_event", 1L, 1L, 0L, 1L, 0L, 0L, 0L));
  }

  @Test
  void ordersReasonsByOutcomeThenRowsAndTiesByName(SparkSession spark) {
    Dataset<Row> reasons =
        spark.sql(
            """
            SELECT * FROM VALUES ('crm', 'customer', 1L, 'b', 'rejected', 1L),
              ('crm', 'customer', 2L, 'a', 'rejected', 2L),
              ('crm', 'customer', 2L, 'b', 'rejected', 1L),
              ('crm', 'customer', 1L, 'a', 'emptied', 9L),
              ('crm', 'customer', 1L, 'c', 'rejected', 7L)
              AS t(source, entity, batch_id, reason, outcome, rows)
            """);

    assertThat(ReportTransforms.reasonTotals(reasons).collectAsList())
        .containsExactly(
            RowFactory.create("crm", "customer", "c", "rejected", 7L),
            RowFactory.create("crm", "customer", "a", "rejected", 2L),
            RowFactory.create("crm", "customer", "b", "rejected", 2L),
            RowFactory.create("crm", "customer", "a", "emptied", 9L));
  }

  @Test
  void countsChecksByHowTheyCameOutUpToTheAsOfDate(SparkSession spark) {
    Dataset<Row> results =
        spark.sql(
            """
            SELECT CAST(as_of AS DATE) AS as_of, rule, severity, rows_checked, rows_failed, passed
            FROM VALUES ('2026-02-01', 'a', 'warn', 9L, 1L, false),
              ('2026-02-01', 'b', 'stop', null, null, null), ('2026-02-01', 'c', 'stop', 9L, 1L, false),
              ('2026-02-01', 'd', 'reject', 9L, 1L, false), ('2026-02-01', 'e', 'warn', 9L, 0L, true),
              ('2026-02-01', 'completeness', 'warn', 30L, 6L, true),
              ('2026-02-01', 'completeness', 'warn', 10L, 4L, true),
              ('2026-01-01', 'a', 'warn', 9L, 0L, true), ('2026-03-01', 'a', 'warn', 9L, 0L, true)
              AS t(as_of, rule, severity, rows_checked, rows_failed, passed)
            """);

    assertThat(ReportTransforms.qualityByDate(results, LocalDate.of(2026, 2, 1)).collectAsList())
        .extracting(Row::toString)
        .containsExactly("[2026-01-01,1,0,0,0,0,null]", "[2026-02-01,1,1,1,1,1,0.75]");
  }

  @Test
  void takesEachStepsLatestExecutionForTheAsOfDate(SparkSession spark) {
    Dataset<Row> log =
        Rows.of(
            spark,
            RunLogTable.SCHEMA,
            step("r1", "ingest", null, "failed", "2026-02-01T01:00:00Z"),
            step("r2", "ingest", null, "done", "2026-02-01T02:00:00Z"),
            step("r2", "score", "2026-02-01", "done", "2026-02-01T03:00:00Z"),
            step("r3", "score", "2026-01-31", "done", "2026-02-01T04:00:00Z"),
            step("r4", "score", "2026-02-02", "done", "2026-02-01T05:00:00Z"),
            step("r2", "report", "2026-02-01", "done", "2026-02-01T06:00:00Z"));

    assertThat(
            ReportTransforms.latestSteps(log, LocalDate.of(2026, 2, 1))
                .select("job", "run_id", "status", "seconds", "rows_in")
                .collectAsList())
        .containsExactly(
            RowFactory.create("ingest", "r2", "done", 1.5, 10L),
            RowFactory.create("score", "r2", "done", 1.5, 10L));
  }

  private static Row bucket(long lower, long customers, String amount) {
    return RowFactory.create(lower, customers, new BigDecimal(amount));
  }

  private static String step(String run, String job, String asOf, String status, String started) {
    return """
           {"run_id":"%s","job":"%s","as_of":%s,"status":"%s","started_at":"%s","seconds":1.5,
           "rows_in":10,"rows_out":9,"rows_rejected":1,"rows_duplicate":0,"config_hash":"h",
           "code_version":"v","tables_read":{},"tables_written":{}}"""
        .formatted(run, job, asOf == null ? "null" : '"' + asOf + '"', status, started)
        .replace("\n", "");
  }
}

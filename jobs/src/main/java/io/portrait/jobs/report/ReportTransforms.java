package io.portrait.jobs.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The report's aggregates: each gives a number of rows that does not grow with customers. */
final class ReportTransforms {

  /** As-of dates that a trend shows. */
  static final int QUALITY_DATES = 12;

  private ReportTransforms() {}

  /**
   * Totals of all customers.
   *
   * <p>In: gold_sensitive/customer_feature of one as-of date. Out: one row; {@code customers,
   * sales, orders}, the last two null if there is no such feature or no customer.
   */
  static Dataset<Row> totals(Dataset<Row> features) {
    return features.agg(
        count(lit(1)).as("customers"),
        totalOf(features, "order_amount").as("sales"),
        totalOf(features, "order_count").as("orders"));
  }

  private static Column totalOf(Dataset<Row> rows, String column) {
    return Arrays.asList(rows.columns()).contains(column) ? sum(col(column)) : lit(null);
  }

  /**
   * Customers by recency score, frequency score and segment.
   *
   * <p>In: gold/customer_rfm of one as-of date. Out: {@code r_score, f_score, segment, customers},
   * ordered by them.
   */
  static Dataset<Row> scoreGrid(Dataset<Row> rfm) {
    return rfm.groupBy("r_score", "f_score", "segment")
        .agg(count(lit(1)).as("customers"))
        .orderBy("r_score", "f_score", "segment");
  }

  /**
   * Customers and amounts by amount, amounts cut to their three leading digits in hundredths, so
   * that there are at most 900 rows per power of ten and amounts of a row differ by less than one
   * percent. Amounts of 0 and less share the row 0; customers without an amount are left out.
   *
   * <p>In: gold/customer_rfm of one as-of date. Out: {@code lower_hundredths BIGINT, customers,
   * amount}, ascending.
   */
  static Dataset<Row> spendBuckets(Dataset<Row> rfm) {
    return rfm.filter(col("monetary").isNotNull())
        .groupBy(lowerHundredths("monetary").as("lower_hundredths"))
        .agg(count(lit(1)).as("customers"), sum("monetary").as("amount"))
        .orderBy("lower_hundredths");
  }

  /** The three leading digits of an amount, in hundredths; 0 for amounts of 0 and less. */
  static Column lowerHundredths(String amount) {
    String hundredths = "CAST(floor(greatest(" + amount + ", 0) * 100) AS BIGINT)";
    return expr(
        hundredths
            + " - "
            + hundredths
            + " % CAST(pow(10, greatest(length(CAST("
            + hundredths
            + " AS STRING)) - 3, 0)) AS BIGINT)");
  }

  /**
   * Customers and amounts by band of several measures, in one pass over the customers.
   *
   * <p>In: gold/customer_profile of one as-of date. Out: {@code measure, band BIGINT, customers,
   * amount}, ordered by measure and band; a customer whose band is null is left out.
   *
   * @param measures at least one
   */
  static Dataset<Row> bandCounts(Dataset<Row> profiles, List<Measure> measures) {
    Column[] bands =
        measures.stream()
            .map(
                measure ->
                    struct(
                        lit(measure.name()).as("measure"),
                        measure.band().cast(LongType).as("band"),
                        measure.amount().cast(createDecimalType(28, 6)).as("amount")))
            .toArray(Column[]::new);
    return profiles
        .select(explode(array(bands)).as("one"))
        .select("one.*")
        .filter(col("band").isNotNull())
        .groupBy("measure", "band")
        .agg(count(lit(1)).as("customers"), sum("amount").as("amount"))
        .orderBy("measure", "band");
  }

  /**
   * Customers by credit grade and route.
   *
   * <p>In: gold_sensitive/customer_credit of one as-of date. Out: {@code grade, route,
   * route_title_en, route_title_zh, customers, probability_of_default} (the mean), {@code
   * highest_score}; the best grade first, customers without one last.
   */
  static Dataset<Row> creditRoutes(Dataset<Row> credit) {
    return credit
        .groupBy("grade", "route", "route_title_en", "route_title_zh")
        .agg(
            count(lit(1)).as("customers"),
            avg("probability_of_default").as("probability_of_default"),
            max("score").as("highest_score"))
        .orderBy(col("highest_score").desc_nulls_last(), col("grade"), col("route"));
  }

  /**
   * Rows by source and entity over all batches.
   *
   * <p>In: ops/conform_result. Out: {@code source, entity, batches, rows_in, rows_elsewhere,
   * rows_kept, rows_rejected, rows_duplicate, rows_deleted}, ordered by source and entity.
   */
  static Dataset<Row> conformTotals(Dataset<Row> results) {
    return results
        .groupBy("source", "entity")
        .agg(
            countDistinct("batch_id").as("batches"),
            sum("rows_in").as("rows_in"),
            sum("rows_elsewhere").as("rows_elsewhere"),
            sum("rows_kept").as("rows_kept"),
            sum("rows_rejected").as("rows_rejected"),
            sum("rows_duplicate").as("rows_duplicate"),
            sum("rows_deleted").as("rows_deleted"))
        .orderBy("source", "entity");
  }

  /**
   * Rows by source, entity, reason and outcome over all batches; rejected rows before emptied
   * values, most rows first.
   *
   * <p>In: ops/reject_reason. Out: {@code source, entity, reason, outcome, rows}.
   */
  static Dataset<Row> reasonTotals(Dataset<Row> reasons) {
    return reasons
        .groupBy("source", "entity", "reason", "outcome")
        .agg(sum("rows").as("rows"))
        .orderBy(
            col("outcome").desc(), col("rows").desc(), col("source"), col("entity"), col("reason"));
  }

  /**
   * Checks by how they came out, for the last {@value #QUALITY_DATES} as-of dates up to one.
   *
   * <p>In: ops/quality_result. Out: {@code as_of, passed, warned, rejecting, stopped, unchecked}
   * (checks) and {@code completeness} (share of values among those that could be, null if it was
   * not counted), the oldest date first.
   */
  static Dataset<Row> qualityByDate(Dataset<Row> results, LocalDate asOf) {
    Column isCompleteness = col("rule").equalTo("completeness");
    Column values = when(isCompleteness, col("rows_checked"));
    return results
        .filter(col("as_of").leq(lit(Date.valueOf(asOf))))
        .groupBy("as_of")
        .agg(
            count_if(not(isCompleteness).and(col("passed"))).as("passed"),
            failed("warn").as("warned"),
            failed("reject").as("rejecting"),
            failed("stop").as("stopped"),
            count_if(not(isCompleteness).and(col("passed").isNull())).as("unchecked"),
            lit(1)
                .minus(try_divide(sum(when(isCompleteness, col("rows_failed"))), sum(values)))
                .as("completeness"))
        .orderBy(col("as_of").desc())
        .limit(QUALITY_DATES)
        .orderBy("as_of");
  }

  private static Column failed(String severity) {
    return count_if(not(col("passed")).and(col("severity").equalTo(severity)));
  }

  /**
   * The latest execution of each job that made or fed one as-of date; the report's own are left
   * out.
   *
   * <p>In: ops/run_log. Out: {@code job, run_id, status, started_at, seconds, rows_in, rows_out,
   * rows_rejected, rows_duplicate}, in the order of execution.
   */
  static Dataset<Row> latestSteps(Dataset<Row> runLog, LocalDate asOf) {
    String[] values = {
      "run_id",
      "status",
      "started_at",
      "seconds",
      "rows_in",
      "rows_out",
      "rows_rejected",
      "rows_duplicate"
    };
    Column[] fields = Arrays.stream(values).map(c -> col(c)).toArray(Column[]::new);
    return runLog
        .filter(col("as_of").isNull().or(col("as_of").equalTo(lit(Date.valueOf(asOf)))))
        .filter(col("job").notEqual(ReportJob.NAME))
        .groupBy("job")
        .agg(
            max_by(struct(fields), struct(col("started_at"), col("run_id"))).as("step"),
            max("started_at").as("last"))
        .orderBy("last", "job")
        .select("job", "step.*");
  }
}

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
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.jobs.report.ReportData.Cross;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** The report's aggregates: each gives a number of rows that does not grow with customers. */
final class ReportTransforms {

  /** As-of dates that a trend shows. */
  static final int QUALITY_DATES = 12;

  /** Categories that the interests of segments are shown by. */
  static final int CATEGORIES = 12;

  /** Regions that are shown by name. */
  static final int REGIONS = 15;

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
   * Customers by the segment that they were in and the one that they are in.
   *
   * <p>In: gold/customer_rfm of two as-of dates. Out: {@code from_segment, to_segment} (null: in
   * none), {@code customers}, ordered by them.
   */
  static Dataset<Row> segmentFlows(Dataset<Row> before, Dataset<Row> now) {
    return before
        .select(col("customer_id"), col("segment").as("from_segment"))
        .join(
            now.select(col("customer_id"), col("segment").as("to_segment")),
            CollectionConverters.asScala(List.of("customer_id")).toSeq(),
            "full_outer")
        .groupBy("from_segment", "to_segment")
        .agg(count(lit(1)).as("customers"))
        .orderBy("from_segment", "to_segment");
  }

  /**
   * Customers by segment and the category that interests them most, categories beyond the {@value
   * #CATEGORIES} most frequent ones left out.
   *
   * <p>In: gold/customer_interest and gold/customer_rfm of one as-of date. Out: {@code segment,
   * category, customers}, ordered by them.
   */
  static Dataset<Row> topInterests(Dataset<Row> interests, Dataset<Row> rfm) {
    Dataset<Row> cells =
        interests
            .filter(col("interest_rank").equalTo(1))
            .join(
                rfm.select("customer_id", "segment"),
                CollectionConverters.asScala(List.of("customer_id")).toSeq())
            .groupBy("segment", "category")
            .agg(count(lit(1)).as("customers"));
    return cells
        .join(largest(cells, "category", CATEGORIES), "category")
        .select("segment", "category", "customers")
        .orderBy("segment", "category");
  }

  /**
   * Customers by region, age band and RFM segment; regions beyond the {@value #REGIONS} largest are
   * taken together. A column that the profile does not have is null.
   *
   * <p>In: gold_sensitive/customer_profile of one as-of date. Out: {@code region, is_other_region,
   * age_band, segment, customers, sales, value, churn} (mean), {@code churn_customers}; most
   * customers first.
   */
  static Dataset<Row> crossCells(Dataset<Row> profiles) {
    Dataset<Row> rows =
        profiles.select(
            optional(profiles, "region", "string"),
            optional(profiles, "age_band", "string"),
            optional(profiles, "segment", "string"),
            optional(profiles, "order_amount_365d", "decimal(28,6)"),
            optional(profiles, "customer_value", "decimal(28,6)"),
            optional(profiles, "churn_probability", "double"));
    Column isOther = col("region").isNotNull().and(col("is_large").isNull());
    return rows.join(
            largest(rows.withColumn("customers", lit(1L)), "region", REGIONS)
                .withColumn("is_large", lit(true)),
            CollectionConverters.asScala(List.of("region")).toSeq(),
            "left_outer")
        .groupBy(
            when(isOther, lit(null)).otherwise(col("region")).as("region"),
            isOther.as("is_other_region"),
            col("age_band"),
            col("segment"))
        .agg(
            count(lit(1)).as("customers"),
            sum("order_amount_365d").as("sales"),
            sum("customer_value").as("value"),
            avg("churn_probability").as("churn"),
            count("churn_probability").as("churn_customers"))
        .orderBy(
            col("customers").desc(),
            col("is_other_region"),
            col("region"),
            col("age_band"),
            col("segment"));
  }

  private static Column optional(Dataset<Row> rows, String column, String type) {
    return (Arrays.asList(rows.columns()).contains(column) ? col(column) : lit(null))
        .cast(type)
        .as(column);
  }

  /** The values of a column with the most customers. */
  private static Dataset<Row> largest(Dataset<Row> rows, String column, int count) {
    return rows.filter(col(column).isNotNull())
        .groupBy(column)
        .agg(sum("customers").as("all_customers"))
        .orderBy(col("all_customers").desc(), col(column))
        .limit(count)
        .select(column);
  }

  /**
   * A few customers, the same ones each time: those whose ids hash lowest.
   *
   * @param profiles gold/customer_profile of one as-of date
   * @param columns what to show of each
   */
  static Dataset<Row> sample(Dataset<Row> profiles, List<String> columns, int customers) {
    return profiles
        .orderBy(xxhash64(col("customer_id")), col("customer_id"))
        .limit(customers)
        .orderBy("customer_id")
        .select("customer_id", columns.toArray(String[]::new));
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
   * route_title_en, route_title_zh, customers, probability_of_default} (the mean; null of fewer
   * than {@value Cross#SMALLEST_CELL}), {@code highest_score}; the best grade first, customers
   * without one last.
   */
  static Dataset<Row> creditRoutes(Dataset<Row> credit) {
    return credit
        .groupBy("grade", "route", "route_title_en", "route_title_zh")
        .agg(
            count(lit(1)).as("customers"),
            when(count(lit(1)).geq(Cross.SMALLEST_CELL), avg("probability_of_default"))
                .as("probability_of_default"),
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

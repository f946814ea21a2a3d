package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_diff;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Scores.Lifecycle;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The state of a customer's life, from the gaps between purchase days.
 *
 * <p>With r days since the last purchase, an interval I and multiples a below d: r &gt; dI is lost;
 * else r &gt; aI is dormant; else a single purchase day is new; else a last gap longer than d times
 * the interval as it was before the last purchase is returned; else active.
 */
final class LifecycleTransforms {

  private LifecycleTransforms() {}

  /**
   * The days on which known customers bought, strictly before the as-of date.
   *
   * <p>In: {@code account_day}, and {@code customer_map} of the as-of date. Out: {@code
   * customer_id, event_day, gap_days}, one row per customer and day; the gap to the purchase day
   * before, null for the first. Several accounts of a customer that buy on one day are one purchase
   * day.
   */
  static Dataset<Row> purchaseDays(Dataset<Row> accountDays, Dataset<Row> map, LocalDate asOf) {
    Dataset<Row> bought =
        accountDays
            .filter(col("orders").gt(0).and(col("event_day").lt(lit(Date.valueOf(asOf)))))
            .select("account_key", "event_day");
    return bought
        .join(KnownAccounts.of(map), "account_key")
        .repartition(col("customer_id"))
        .select("customer_id", "event_day")
        .distinct()
        .withColumn(
            "gap_days",
            date_diff(
                    col("event_day"),
                    lag("event_day", 1)
                        .over(Window.partitionBy("customer_id").orderBy("event_day")))
                .cast(LongType));
  }

  /** Median of all gaps, null if there is none; one row. */
  static Dataset<Row> medianGap(Dataset<Row> purchaseDays) {
    return purchaseDays.agg(percentile(col("gap_days"), lit(0.5)).as("median_gap_days"));
  }

  /**
   * One row per customer.
   *
   * <p>In: {@link #purchaseDays}. Out: {@code customer_id, recency_days, purchase_days, span_days,
   * previous_gap_days}; the span is from the first to the last purchase day.
   */
  static Dataset<Row> summarize(Dataset<Row> purchaseDays, LocalDate asOf) {
    return purchaseDays
        .groupBy("customer_id")
        .agg(
            date_diff(lit(Date.valueOf(asOf)), max("event_day")).cast(LongType).as("recency_days"),
            count(lit(1)).as("purchase_days"),
            date_diff(max("event_day"), min("event_day")).cast(LongType).as("span_days"),
            max_by(col("gap_days"), col("event_day")).as("previous_gap_days"));
  }

  /**
   * Adds {@code interval_days, interval_source, active_until_days, dormant_until_days,
   * return_after_days, state, reason_en, reason_zh}.
   *
   * @param summary {@link #summarize}
   * @param medianGap median of all gaps, or null if there is none
   */
  static Dataset<Row> withState(Dataset<Row> summary, Lifecycle settings, Double medianGap) {
    Column gaps = col("purchase_days").minus(1);
    Column own = gaps.geq(settings.minGaps());
    // Before the last purchase the customer had one gap less, and one purchase day less to judge
    // by.
    Column ownBefore = gaps.minus(1).geq(settings.minGaps());
    Column population =
        lit(medianGap == null ? (double) settings.fallbackIntervalDays() : medianGap);
    Column before =
        interval(
            when(ownBefore, mean(col("span_days").minus(col("previous_gap_days")), gaps.minus(1))),
            population,
            settings);
    return summary
        .withColumn(
            "interval_days",
            interval(when(own, mean(col("span_days"), gaps)), population, settings))
        .withColumn(
            "interval_source",
            when(own, "own").otherwise(medianGap == null ? "fallback" : "population"))
        .withColumn("active_until_days", col("interval_days").multiply(settings.activeMultiple()))
        .withColumn("dormant_until_days", col("interval_days").multiply(settings.dormantMultiple()))
        .withColumn(
            "return_after_days", when(gaps.geq(1), before.multiply(settings.dormantMultiple())))
        .withColumn("state", state())
        .withColumn("reason_en", reasonEn())
        .withColumn("reason_zh", reasonZh());
  }

  /**
   * Adds {@code customers, share} to each state, also to empty ones.
   *
   * @param states one row per state, with its titles
   * @param lifecycle {@link #withState}
   */
  static Dataset<Row> withSizes(Dataset<Row> states, Dataset<Row> lifecycle) {
    Dataset<Row> sizes = lifecycle.groupBy(col("state").as("sized")).agg(count(lit(1)).as("size"));
    Column all = sum("customers").over(Window.partitionBy());
    return states
        .join(sizes, col("state").equalTo(col("sized")), "left")
        .withColumn("customers", coalesce(col("size"), lit(0L)))
        .withColumn("share", col("customers").cast(DoubleType).divide(greatest(all, lit(1L))))
        .drop("sized", "size");
  }

  private static Column state() {
    return when(col("recency_days").gt(col("dormant_until_days")), LifecycleState.LOST.code())
        .when(col("recency_days").gt(col("active_until_days")), LifecycleState.DORMANT.code())
        .when(col("purchase_days").equalTo(1), LifecycleState.NEW.code())
        .when(col("previous_gap_days").gt(col("return_after_days")), LifecycleState.RETURNED.code())
        .otherwise(LifecycleState.ACTIVE.code());
  }

  private static Column reasonEn() {
    Column source =
        when(col("interval_source").equalTo("own"), "own purchase interval")
            .when(col("interval_source").equalTo("population"), "all customers' purchase interval")
            .otherwise("assumed purchase interval");
    return reason(
        source,
        "Last purchase %d days ago, more than %.1f days (%s: %.1f days)",
        "Last purchase %d days ago, more than %.1f and at most %.1f days (%s: %.1f days)",
        "Single purchase day, %d days ago, at most %.1f days (%s: %.1f days)",
        "Last purchase %d days ago after a gap of %d days, more than %.1f days",
        "Last purchase %d days ago, at most %.1f days (%s: %.1f days)");
  }

  private static Column reasonZh() {
    Column source =
        when(col("interval_source").equalTo("own"), "本人購買間隔")
            .when(col("interval_source").equalTo("population"), "全體購買間隔")
            .otherwise("預設購買間隔");
    return reason(
        source,
        "最近一次購買在 %d 天前，超過 %.1f 天（%s %.1f 天）",
        "最近一次購買在 %d 天前，超過 %.1f 天但未超過 %.1f 天（%s %.1f 天）",
        "僅有一個購買日，在 %d 天前，未超過 %.1f 天（%s %.1f 天）",
        "最近一次購買在 %d 天前，此前間隔 %d 天，超過 %.1f 天",
        "最近一次購買在 %d 天前，未超過 %.1f 天（%s %.1f 天）");
  }

  private static Column reason(
      Column source, String lost, String dormant, String single, String returned, String active) {
    Column recency = col("recency_days");
    Column until = col("active_until_days");
    Column beyond = col("dormant_until_days");
    Column interval = col("interval_days");
    return when(is(LifecycleState.LOST), format_string(lost, recency, beyond, source, interval))
        .when(
            is(LifecycleState.DORMANT),
            format_string(dormant, recency, until, beyond, source, interval))
        .when(is(LifecycleState.NEW), format_string(single, recency, until, source, interval))
        .when(
            is(LifecycleState.RETURNED),
            format_string(returned, recency, col("previous_gap_days"), col("return_after_days")))
        .otherwise(format_string(active, recency, until, source, interval));
  }

  private static Column is(LifecycleState state) {
    return col("state").equalTo(state.code());
  }

  private static Column mean(Column days, Column gaps) {
    return try_divide(days.cast(DoubleType), gaps);
  }

  private static Column interval(Column own, Column population, Lifecycle settings) {
    return greatest(coalesce(own, population), lit((double) settings.minIntervalDays()));
  }
}

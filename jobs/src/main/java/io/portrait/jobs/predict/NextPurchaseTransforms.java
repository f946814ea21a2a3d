package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.median;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** When customers were expected to buy next, and what, and when and what they bought. */
final class NextPurchaseTransforms {

  private static final String CUSTOMER_ID = "customer_id";
  private static final String HORIZON = "horizon_days";

  /** To the next purchase; what lies behind the horizon is not known. */
  private static final Column DAYS = coalesce(col("next_purchase_in"), col(HORIZON));

  private NextPurchaseTransforms() {}

  /** Accounts of the customers of some cases, in the columns of {@code customer_map}. */
  static Dataset<Row> accounts(Dataset<Row> map, Dataset<Row> cases) {
    return map.join(cases.select(CUSTOMER_ID), new String[] {CUSTOMER_ID}, "left_semi");
  }

  /** Median of the cases' days to the next purchase, or to the end of their horizon: one row. */
  static Dataset<Row> medianDays(Dataset<Row> cases) {
    return cases.agg(median(DAYS));
  }

  /**
   * How many days lie between the expected and the real day of the next purchase, whichever is
   * later than the horizon taken as its end: {@code question, predictor, points}, a row per
   * predictor and customer with at least two purchase days before the cutoff.
   *
   * @param cases {@link HistoryTransforms#cases} of the cutoff
   * @param medianDays what the rule says that all are alike expects, in days from the cutoff on
   */
  static Dataset<Row> dates(Dataset<Row> cases, PurchaseForecast forecast, int medianDays) {
    Column model = coalesce(col("expected_in"), col(HORIZON));
    Column lastInterval = greatest(col("last_gap_days").minus(col("recency_days")), lit(0));
    return PredictionTransforms.withPurchases(
            cases.filter(col("last_gap_days").isNotNull()), forecast)
        .select(
            lit(NextPurchaseBacktest.DATE).as("question"),
            inline(
                array(
                    error(NextPurchaseBacktest.MODEL, model),
                    error(NextPurchaseBacktest.LAST_INTERVAL, lastInterval),
                    error(NextPurchaseBacktest.POPULATION, lit(medianDays)))));
  }

  private static Column error(String predictor, Column days) {
    Column error = abs(least(days, col(HORIZON)).minus(DAYS));
    return struct(lit(predictor).as("predictor"), error.cast(LongType).as("points"));
  }

  /**
   * What customers bought before the cutoff and on their first purchase day from it on.
   *
   * <p>Out: one row per customer and category; {@code customer_id, category, lines}: sold before
   * the cutoff; {@code last_day}: the last day of one, null without; {@code is_next}: whether it
   * was bought on the first purchase day in the horizon.
   *
   * @param categoryDays {@code account_category_day}
   * @param map accounts of known customers
   * @param cases {@link HistoryTransforms#cases} of the cutoff
   */
  static Dataset<Row> bought(
      Dataset<Row> categoryDays, Dataset<Row> map, Dataset<Row> cases, Cutoff cutoff) {
    Column day = col("event_day");
    Column isKnown = day.lt(lit(Date.valueOf(cutoff.day())));
    Column isNext =
        coalesce(
            day.equalTo(date_add(lit(Date.valueOf(cutoff.day())), col("next_purchase_in"))),
            lit(false));
    return categoryDays
        .filter(
            day.lt(lit(Date.valueOf(cutoff.day().plusDays(cutoff.horizonDays()))))
                .and(col("lines").gt(0)))
        .select("account_key", "category", "event_day", "lines")
        .join(
            KnownAccounts.of(map).join(cases.select(CUSTOMER_ID, "next_purchase_in"), CUSTOMER_ID),
            "account_key")
        .filter(isKnown.or(isNext))
        .groupBy(CUSTOMER_ID, "category")
        .agg(
            sum(when(isKnown, col("lines")).otherwise(0L)).as("lines"),
            max(when(isKnown, day)).as("last_day"),
            max(isNext).as("is_next"));
  }

  /**
   * The category of most lines of all before the cutoff, of equals the first by name: one row, or
   * null.
   *
   * @param bought {@link #bought}
   */
  static Dataset<Row> mostPopular(Dataset<Row> bought) {
    return bought
        .filter(col("lines").gt(0))
        .groupBy("category")
        .agg(sum("lines").as("lines"))
        .agg(min(struct(negate(col("lines")), col("category"))).getField("category"));
  }

  /**
   * Whether the expected category is among those of the first purchase day in the horizon: {@code
   * question, predictor, points}, 1 if it is, a row per predictor and customer with a category on
   * that day. No expected category is no hit.
   *
   * @param bought {@link #bought}
   * @param expected {@link PredictionTransforms#categories} of the cutoff
   * @param mostPopular {@link #mostPopular}; null: there is none
   */
  static Dataset<Row> categories(Dataset<Row> bought, Dataset<Row> expected, String mostPopular) {
    Column latest =
        when(
            col("last_day").isNotNull(),
            struct(negate(unix_date(col("last_day"))), col("category")));
    return bought
        .groupBy(CUSTOMER_ID)
        .agg(
            collect_set(when(col("is_next"), col("category"))).as("next"),
            min(latest).getField("category").as("last_category"))
        .filter(size(col("next")).gt(0))
        .join(expected, new String[] {CUSTOMER_ID}, "left")
        .select(
            lit(NextPurchaseBacktest.CATEGORY).as("question"),
            inline(
                array(
                    hit(NextPurchaseBacktest.MODEL, col("expected_category")),
                    hit(NextPurchaseBacktest.MOST_POPULAR, lit(mostPopular).cast(StringType)),
                    hit(NextPurchaseBacktest.LAST_BOUGHT, col("last_category")))));
  }

  private static Column hit(String predictor, Column category) {
    Column isHit = coalesce(array_contains(col("next"), category), lit(false));
    return struct(lit(predictor).as("predictor"), isHit.cast(LongType).as("points"));
  }

  /**
   * Sums up days or hits: {@code question, predictor, customers, points, median_points}, the same
   * in any order of the rows.
   *
   * @param measured {@link #dates}, {@link #categories}, or both
   */
  static Dataset<Row> sums(Dataset<Row> measured) {
    return measured
        .groupBy("question", "predictor")
        .agg(
            count(lit(1)).as("customers"),
            sum("points").as("points"),
            median(col("points")).as("median_points"));
  }
}

package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_diff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.ln;
import static org.apache.spark.sql.functions.log1p;
import static org.apache.spark.sql.functions.try_divide;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;

import java.util.List;
import org.apache.spark.sql.Column;

/**
 * An input in a shape that a model adds up. Time is measured in horizons, so that a model learnt
 * with a short horizon holds for a long one.
 *
 * @param code name of the term
 * @param input what it is part of
 * @param value a double over {@link HistoryTransforms#histories}, never null
 */
record Term(String code, Input input, Column value) {

  /** Terms of the season in {@link #all}, by the days ahead that they tell of. */
  static final List<Integer> SEASON_DAYS = List.of(30, 60, 90);

  /**
   * All terms, in the order in which they stand in a case's vector.
   *
   * @param decimals decimals of the currency
   */
  static List<Term> all(int decimals) {
    Column horizon = col("horizon_days").cast(DoubleType);
    Column sinceLast = days("cutoff", "last_day").divide(horizon);
    Column age = days("cutoff", "first_day").divide(horizon);
    Column repeats = col("purchase_days").minus(1).cast(DoubleType);
    Column isRepeater = col("purchase_days").gt(1);
    Column sinceLastLog = log1p(sinceLast.multiply(90));
    Column repeatsLog = log1p(repeats);
    // What a customer of this rate would have bought since the last purchase.
    Column missed = log1p(sinceLast.multiply(repeats.plus(1)).divide(age.plus(0.5)));
    Column meanGap = try_divide(days("last_day", "first_day").divide(horizon), repeats).plus(0.05);
    Column lateness =
        coalesce(when(isRepeater, ln(sinceLast.plus(0.05).divide(meanGap))), lit(0.0));
    Column slowing =
        coalesce(
            when(
                col("purchase_days").gt(2),
                ln(col("last_gap_days").divide(horizon).plus(0.05).divide(meanGap))),
            lit(0.0));
    Column spend =
        greatest(col("net_minor"), lit(0L))
            .divide(col("purchase_days"))
            .divide(Math.pow(10, decimals));
    Column contractLeft =
        greatest(days("contract_until", "cutoff"), lit(0.0)).divide(horizon).multiply(90);
    return List.of(
        new Term("since_last", Input.LAST_PURCHASE, sinceLastLog),
        new Term("since_last_square", Input.LAST_PURCHASE, square(sinceLastLog.minus(3.8))),
        new Term("repeats", Input.FREQUENCY, repeatsLog),
        new Term("repeats_square", Input.FREQUENCY, square(repeatsLog)),
        new Term("one_purchase", Input.FREQUENCY, when(isRepeater, 0.0).otherwise(1.0)),
        new Term("rate", Input.FREQUENCY, ln(repeats.plus(0.5).divide(age.plus(0.25)))),
        new Term("age", Input.CUSTOMER_AGE, log1p(age.multiply(90))),
        new Term("missed", Input.RHYTHM, missed),
        new Term("missed_square", Input.RHYTHM, square(missed)),
        new Term("lateness", Input.RHYTHM, lateness),
        new Term("twice_late", Input.RHYTHM, greatest(lateness.minus(Math.log(2)), lit(0.0))),
        new Term("slowing", Input.RHYTHM, slowing),
        new Term("purchases_third", Input.RECENT_PURCHASES, log1p(col("purchases_third"))),
        new Term("purchases_one", Input.RECENT_PURCHASES, log1p(col("purchases_one"))),
        new Term("purchases_two", Input.RECENT_PURCHASES, log1p(col("purchases_two"))),
        new Term("spend", Input.SPEND, log1p(spend)),
        new Term("spend_trend", Input.SPEND_TREND, trend("net_one_minor", "net_before_minor")),
        new Term("refunds", Input.REFUNDS, log1p(col("refunds"))),
        new Term("discount_share", Input.DISCOUNTS, share("discounted_lines", "lines")),
        new Term("visits_third", Input.VISITS, log1p(col("sessions_third"))),
        new Term("visits_one", Input.VISITS, log1p(col("sessions_one"))),
        new Term("tickets", Input.SERVICE, log1p(col("tickets_two"))),
        new Term("complaints", Input.SERVICE, log1p(col("complaints_two"))),
        // The distance from the middle of the scale, 0 without an answer.
        new Term(
            "satisfaction",
            Input.SATISFACTION,
            coalesce(
                try_divide(col("csat_sum_milli"), col("csat_answers")).divide(1000).minus(3),
                lit(0.0))),
        new Term("answers", Input.CAMPAIGNS, log1p(col("answers_one"))),
        new Term("season_30", Input.SEASON, ln(col("season_30"))),
        new Term("season_60", Input.SEASON, ln(col("season_60"))),
        new Term("season_90", Input.SEASON, ln(col("season_90"))),
        new Term(
            "has_contract",
            Input.CONTRACT,
            when(col("contract_until").geq(col("cutoff")), 1.0).otherwise(0.0)),
        new Term("contract_left", Input.CONTRACT, coalesce(log1p(contractLeft), lit(0.0))));
  }

  private static Column days(String later, String earlier) {
    return date_diff(col(later), col(earlier)).cast(DoubleType);
  }

  private static Column square(Column value) {
    return value.multiply(value);
  }

  private static Column share(String part, String whole) {
    return coalesce(try_divide(col(part).cast(DoubleType), col(whole)), lit(0.0));
  }

  /** From -1 (all before) to 1 (all now); 0 without either. */
  private static Column trend(String now, String before) {
    Column a = greatest(col(now), lit(0L));
    Column b = greatest(col(before), lit(0L));
    return coalesce(try_divide(a.minus(b).cast(DoubleType), a.plus(b)), lit(0.0));
  }
}

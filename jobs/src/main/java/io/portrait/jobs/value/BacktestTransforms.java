package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rank;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.expressions.Window;

/** What customers were expected to spend in days that have passed since, and what they spent. */
final class BacktestTransforms {

  private BacktestTransforms() {}

  /**
   * What known customers spent, refunds taken off, in the holdout and in as many days before it.
   *
   * <p>In: {@code account_day}, and {@code customer_map}. Out: {@code customer_id, before_minor,
   * after_minor}, 0 without spend; customers with no row on any of these days are left out.
   */
  static Dataset<Row> spends(Dataset<Row> accountDays, Dataset<Row> map, Holdout holdout) {
    Column day = col("event_day");
    Column isBefore = day.lt(lit(Date.valueOf(holdout.cutoff())));
    Column net = col("amount_minor").minus(col("refund_minor"));
    return accountDays
        .filter(
            day.geq(lit(Date.valueOf(holdout.cutoff().minusDays(holdout.days()))))
                .and(day.lt(lit(Date.valueOf(holdout.cutoff().plusDays(holdout.days()))))))
        .join(KnownAccounts.of(map), "account_key")
        .groupBy("customer_id")
        .agg(
            sum(when(isBefore, net).otherwise(0L)).as("before_minor"),
            sum(when(isBefore, 0L).otherwise(net)).as("after_minor"));
  }

  /**
   * What the models and the rule expect of each customer, and what came: {@code predictor,
   * predicted_minor, observed_minor}, two rows per customer. Customers without net spend, of whom
   * the models expect nothing, are left out of both.
   *
   * @param histories {@link CustomerValueTransforms#histories} at the cutoff
   * @param spends {@link #spends}
   * @param decimals decimals of the currency
   */
  static Dataset<Row> measured(
      Dataset<Row> histories,
      Dataset<Row> spends,
      PurchaseModel purchases,
      GammaGammaModel spend,
      int days,
      int decimals) {
    double unit = Math.pow(10, decimals);
    UDF4<Long, Long, Long, Long, Long> expected =
        (repeats, span, age, net) ->
            Math.round(
                unit
                    * spend.expectedSpend(repeats, net / unit / Math.max(repeats, 1))
                    * purchases.expectedPurchases(
                        Weeks.ofDays(days), repeats, Weeks.ofDays(span), Weeks.ofDays(age)));
    Column model =
        udf(expected, LongType)
            .apply(
                col("repeat_purchase_days"),
                col("span_days"),
                col("age_days"),
                col("repeat_net_minor"));
    return histories
        .filter("has_net_spend")
        .join(spends, new String[] {"customer_id"}, "left")
        .select(
            coalesce(col("after_minor"), lit(0L)).as("observed_minor"),
            inline(
                array(
                    predictor(ValueBacktest.MODEL, model),
                    predictor(ValueBacktest.LAST_PERIOD, coalesce(col("before_minor"), lit(0L))))));
  }

  private static Column predictor(String name, Column predicted) {
    return struct(lit(name).as("predictor"), predicted.as("predicted_minor"));
  }

  /**
   * Sums from which every measure follows, of whole numbers, so that they are the same in any
   * order: {@code predictor, customers, predicted, observed, errors}, amounts in minor units, and
   * of twice the ranks by prediction (x) and by what came (y), equal ones sharing the middle of
   * theirs, {@code x, y, xx, yy, xy}.
   *
   * @param measured {@link #measured}
   */
  static Dataset<Row> sums(Dataset<Row> measured) {
    Column x = col("x");
    Column y = col("y");
    return measured
        .withColumn("x", doubleRank("predicted_minor"))
        .withColumn("y", doubleRank("observed_minor"))
        .groupBy("predictor")
        .agg(
            count(lit(1)).as("customers"),
            sum("predicted_minor").as("predicted"),
            sum("observed_minor").as("observed"),
            sum(abs(col("predicted_minor").minus(col("observed_minor")))).as("errors"),
            sum(x).as("x"),
            sum(y).as("y"),
            sum(product(x, x)).as("xx"),
            sum(product(y, y)).as("yy"),
            sum(product(x, y)).as("xy"));
  }

  /** The sum of many such is no long. */
  private static Column product(Column one, Column other) {
    return one.multiply(other).cast(createDecimalType(20, 0));
  }

  private static Column doubleRank(String amount) {
    Column first = rank().over(Window.partitionBy("predictor").orderBy(amount)).cast(LongType);
    Column equals = count(lit(1)).over(Window.partitionBy("predictor", amount));
    return first.multiply(2).plus(equals).minus(1);
  }
}

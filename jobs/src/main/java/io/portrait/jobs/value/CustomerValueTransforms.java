package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_diff;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.ln;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.median;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Scores.Value;
import io.portrait.common.config.Title;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Purchase histories of customers, and what the models expect of them. */
final class CustomerValueTransforms {

  private static final StructType FORECAST =
      new StructType()
          .add("p_alive", DoubleType, false)
          .add("expected_purchases_30d", DoubleType, false)
          .add("expected_purchases_90d", DoubleType, false)
          .add("expected_purchases_365d", DoubleType, false)
          .add("discounted_purchases", DoubleType, false);

  /** What would show as 0.00 is no reason. */
  private static final double LEAST_SHOWN = 0.005;

  /** A value that is lost in the smallest number has no logarithm. */
  private static final Column HAS_VALUE =
      coalesce(col("spend").multiply(col("discounted_purchases")).gt(0), lit(false));

  private CustomerValueTransforms() {}

  /**
   * The purchase history of each known customer with a purchase, strictly before the as-of date.
   *
   * <p>In: {@code account_day}, and {@code customer_map} of the as-of date. Out: {@code
   * customer_id, repeat_purchase_days, span_days, age_days, repeat_net_minor, has_net_spend}. A
   * purchase is a day with an order on any account of the customer. The rollup does not say which
   * purchase a refund was of, so refunds are taken off all of them alike, by what was spent: of 100
   * and 50 with 60 given back, 30 remain of the repeat. A customer has net spend if something is
   * left of all spend, and of that on repeats, if there are any.
   */
  static Dataset<Row> histories(Dataset<Row> accountDays, Dataset<Row> map, LocalDate asOf) {
    Dataset<Row> days =
        accountDays
            .filter(col("event_day").lt(lit(Date.valueOf(asOf))))
            .filter(col("orders").gt(0).or(col("refund_minor").gt(0)))
            .select(
                col("account_key"),
                col("event_day"),
                col("orders"),
                col("amount_minor"),
                col("refund_minor"));
    Column purchaseDay = when(col("orders").gt(0), col("event_day"));
    Column netMinor = col("amount_minor").minus(col("refund_minor"));
    Column leftShare = netMinor.divide(nullif(col("amount_minor"), lit(0L)));
    Column repeatMinor = col("amount_minor").minus(col("first_amount_minor"));
    return days.join(KnownAccounts.of(map), "account_key")
        .repartition(col("customer_id"))
        .groupBy("customer_id", "event_day")
        .agg(
            sum("orders").as("orders"),
            sum("amount_minor").as("amount_minor"),
            sum("refund_minor").as("refund_minor"))
        .groupBy("customer_id")
        .agg(
            count(purchaseDay).as("purchase_days"),
            min(purchaseDay).as("first_day"),
            max(purchaseDay).as("last_day"),
            min_by(col("amount_minor"), purchaseDay).as("first_amount_minor"),
            sum("amount_minor").as("amount_minor"),
            sum("refund_minor").as("refund_minor"))
        .filter(col("purchase_days").gt(0))
        .withColumn("repeat_purchase_days", col("purchase_days").minus(1))
        .withColumn("net_minor", netMinor)
        .withColumn(
            "repeat_net_minor",
            coalesce(round(repeatMinor.multiply(leftShare)).cast(LongType), lit(0L)))
        .select(
            col("customer_id"),
            col("repeat_purchase_days"),
            date_diff(col("last_day"), col("first_day")).cast(LongType).as("span_days"),
            date_diff(lit(Date.valueOf(asOf)), col("first_day"))
                .minus(1)
                .cast(LongType)
                .as("age_days"),
            col("repeat_net_minor"),
            col("net_minor")
                .gt(0)
                .and(col("repeat_purchase_days").equalTo(0).or(col("repeat_net_minor").gt(0)))
                .as("has_net_spend"));
  }

  /** Customers by history: {@code repeat_purchase_days, span_days, age_days, customers}. */
  static Dataset<Row> groupHistories(Dataset<Row> histories) {
    return histories
        .groupBy("repeat_purchase_days", "span_days", "age_days")
        .agg(count(lit(1)).as("customers"));
  }

  /**
   * Customers with net spend on repeats by what it is: {@code repeat_purchase_days,
   * repeat_net_minor, customers}.
   */
  static Dataset<Row> groupSpends(Dataset<Row> histories) {
    return histories
        .filter(col("has_net_spend").and(col("repeat_purchase_days").gt(0)))
        .groupBy("repeat_purchase_days", "repeat_net_minor")
        .agg(count(lit(1)).as("customers"));
  }

  /**
   * Adds {@code p_alive, expected_purchases_30d, expected_purchases_90d, expected_purchases_365d,
   * discounted_purchases}, all null without a model.
   */
  static Dataset<Row> withPurchases(
      Dataset<Row> histories, Optional<? extends PurchaseModel> model, Value settings) {
    int horizonDays = settings.horizonDays();
    double discountRate = settings.discountRate();
    Column forecast =
        model
            .map(
                found ->
                    // A function, since sums of some hundred terms are no expression.
                    udf(
                            (UDF3<Long, Long, Long, Row>)
                                (repeats, span, age) ->
                                    forecast(found, horizonDays, discountRate, repeats, span, age),
                            FORECAST)
                        .apply(col("repeat_purchase_days"), col("span_days"), col("age_days")))
            .orElse(lit(null).cast(FORECAST));
    Dataset<Row> forecasts = histories.withColumn("forecast", forecast);
    for (String column : FORECAST.fieldNames()) {
      forecasts = forecasts.withColumn(column, col("forecast").getField(column));
    }
    return forecasts.drop("forecast");
  }

  private static Row forecast(
      PurchaseModel model,
      int horizonDays,
      double discountRate,
      long repeats,
      long span,
      long age) {
    double last = Weeks.ofDays(span);
    double now = Weeks.ofDays(age);
    return RowFactory.create(
        model.probabilityAlive(repeats, last, now),
        model.expectedPurchases(Weeks.ofDays(30), repeats, last, now),
        model.expectedPurchases(Weeks.ofDays(90), repeats, last, now),
        model.expectedPurchases(Weeks.ofDays(365), repeats, last, now),
        model.discountedPurchases(Weeks.ofDays(horizonDays), discountRate, repeats, last, now));
  }

  /**
   * Adds {@code expected_purchase_value, expected_spend_365d, customer_value, value_coverage}, null
   * without a model or net spend.
   *
   * @param forecasts {@link #withPurchases}
   * @param decimals decimals of the currency
   */
  static Dataset<Row> withSpend(
      Dataset<Row> forecasts, Optional<GammaGammaModel> model, int decimals) {
    DataType money = createDecimalType(18, decimals);
    Column spend =
        model
            .map(
                found -> {
                  double unit = Math.pow(10, decimals);
                  // A function, since parameters written into an expression are new code to
                  // compile for each fit.
                  UserDefinedFunction expected =
                      udf(
                          (UDF2<Long, Long, Double>)
                              (repeats, net) ->
                                  found.expectedSpend(repeats, net / unit / Math.max(repeats, 1)),
                          DoubleType);
                  return when(
                      col("has_net_spend"),
                      expected.apply(col("repeat_purchase_days"), col("repeat_net_minor")));
                })
            .orElse(lit(null).cast(DoubleType));
    return forecasts
        .withColumn("spend", spend)
        .withColumn("expected_purchase_value", col("spend").cast(money))
        .withColumn(
            "expected_spend_365d",
            col("spend").multiply(col("expected_purchases_365d")).cast(money))
        .withColumn(
            "customer_value", col("spend").multiply(col("discounted_purchases")).cast(money))
        .withColumn(
            "value_coverage",
            when(
                col("customer_value").isNotNull(),
                when(col("repeat_purchase_days").gt(0), 1.0).otherwise(0.5)));
  }

  /**
   * Medians of the {@link Factor}s of the customers with a value above 0: one row of as many
   * numbers, null without any. Exact, so of many customers take a {@link
   * io.portrait.common.transform.CustomerSample}.
   *
   * @param values {@link #withSpend}
   */
  static Dataset<Row> typicalFactors(Dataset<Row> values) {
    List<Column> medians =
        Arrays.stream(Factor.values())
            .map(factor -> median(when(HAS_VALUE, factor.value())))
            .toList();
    return values.agg(medians.get(0), medians.stream().skip(1).toArray(Column[]::new));
  }

  /**
   * Adds why a customer's value is not the typical one, which is the product of the medians: {@code
   * typical_value}, the points of each {@link Factor}, {@code value_reasons_en, value_reasons_zh};
   * null without a value above 0. The points add up to the logarithm of the value to the typical
   * one.
   *
   * @param values {@link #withSpend}
   * @param typical {@link #typicalFactors}
   */
  static Dataset<Row> withReasons(Dataset<Row> values, Row typical) {
    Column isTold = typical.anyNull() ? lit(false) : HAS_VALUE;
    double typicalValue = 1;
    Dataset<Row> explained = values;
    for (Factor factor : Factor.values()) {
      double median = typical.anyNull() ? 1 : typical.getDouble(factor.ordinal());
      typicalValue *= median;
      explained =
          explained.withColumn(factor.points(), when(isTold, ln(factor.value().divide(median))));
    }
    return explained
        .withColumn("typical_value", when(isTold, lit(typicalValue)))
        .withColumn("value_reasons_en", when(isTold, reasons(Title::en)))
        .withColumn("value_reasons_zh", when(isTold, reasons(Title::zh)));
  }

  /** Those that raise the value first, of each direction the strongest first. */
  private static Column reasons(Function<Title, String> language) {
    Column[] parts =
        Arrays.stream(Factor.values())
            .map(
                factor -> {
                  Column points = col(factor.points());
                  return struct(
                      points.lt(0).as("is_lower"),
                      negate(abs(points)).as("order"),
                      format_string("%+.2f %s", points, lit(language.apply(factor.title())))
                          .as("text"));
                })
            .toArray(Column[]::new);
    Column shown = filter(array(parts), part -> part.getField("order").leq(-LEAST_SHOWN));
    return concat_ws("; ", transform(array_sort(shown), part -> part.getField("text")));
  }

  /**
   * All customers, with what is expected of those with a purchase, and adds {@code reason}, why
   * something is not known.
   *
   * @param customers {@code customer_id}
   * @param forecasts {@link #withSpend}
   */
  static Dataset<Row> withReason(
      Dataset<Row> customers,
      Dataset<Row> forecasts,
      Optional<Reason> noPurchases,
      Optional<Reason> noSpend) {
    return customers
        .join(forecasts, new String[] {"customer_id"}, "left")
        .withColumn(
            "reason",
            coalesce(
                when(col("repeat_purchase_days").isNull(), Reason.NO_PURCHASE.code()),
                code(noPurchases),
                when(col("has_net_spend").equalTo(false), Reason.NO_NET_SPEND.code()),
                code(noSpend)));
  }

  private static Column code(Optional<Reason> reason) {
    return lit(reason.map(Reason::code).orElse(null)).cast(StringType);
  }
}

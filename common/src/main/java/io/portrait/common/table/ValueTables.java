package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import java.util.List;
import org.apache.spark.sql.types.DataType;

/** Gold tables of the step {@code value}. Amounts have the deployment's currency decimals. */
public final class ValueTables {

  /** The models behind the values. */
  public static final TableSchema VALUE_MODEL =
      gold("value_model", "One row per model and parameter, whether it could be fitted or not.")
          .key(
              "model",
              StringType,
              "Model",
              "模型",
              "bg_nbd or pareto_nbd: who still buys, and how often; gamma_gamma: how much each"
                  + " time.")
          .key(
              "parameter",
              StringType,
              "Parameter",
              "參數",
              "bg_nbd: r, alpha, a, b; pareto_nbd: r, alpha, s, beta, in weeks; gamma_gamma: p, q,"
                  + " gamma, in the currency.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .optional("value", DoubleType, "", "Value", "估計值", "Most likely value; null: not fitted.")
          .optional(
              "standard_error",
              DoubleType,
              "",
              "Standard error",
              "標準誤",
              "Null: not fitted, or the data do not tell the parameters apart.")
          .optional(
              "log_likelihood",
              DoubleType,
              "",
              "Log-likelihood",
              "對數概似值",
              "Of the whole model; null: not fitted.")
          .required(
              "customers",
              LongType,
              "customers",
              "Customers",
              "客戶數",
              "That it was fitted to; for gamma_gamma: with repeat purchases and spend on them.")
          .required(
              "repeaters",
              LongType,
              "customers",
              "Repeat customers",
              "回購客戶數",
              "Those of them with a repeat purchase.")
          .required("is_fitted", BooleanType, "", "Fitted", "已擬合", "Whether it could be fitted.")
          .optional(
              "reason",
              StringType,
              "",
              "Reason",
              "原因",
              "Why not: no_repeats, too_few_repeaters (see min_repeaters in scores.yaml),"
                  + " not_converged, or no_mean_spend (a few spend so much that there is no mean)."
                  + " Null: fitted.")
          .build();

  private ValueTables() {}

  /**
   * What each customer is worth.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema customerValue(int decimals) {
    return gold("customer_value", "One row per known customer: purchases and spend to come.")
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .optional(
            "repeat_purchase_days",
            LongType,
            "days",
            "Repeat purchase days",
            "回購天數",
            "Days with an order after the first such day: x of the model. Null: no purchase.")
        .optional(
            "span_days",
            LongType,
            "days",
            "First to last purchase",
            "首末購買間隔天數",
            "Days from the first to the last day with an order: t_x of the model. Null: no purchase.")
        .optional(
            "age_days",
            LongType,
            "days",
            "Since first purchase",
            "首購至今天數",
            "Days from the first day with an order to the day before the as-of date: T of the model."
                + " Null: no purchase.")
        .columns(forecast(decimals))
        .optional(
            "reason",
            StringType,
            "",
            "Reason",
            "原因",
            "Why something is null: no_purchase; no_net_spend (refunds left nothing of what was spent,"
                + " or the repeat purchases cost nothing; spend alone is null); or why a model could"
                + " not be fitted, as in value_model.reason. Null: nothing is.")
        .build();
  }

  /**
   * How good the models are, beside a simple rule on the same customers.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema valueEvaluation(int decimals) {
    return gold(
            "value_evaluation",
            "One row for the models of value and for the simple rule that they must beat: spend of"
                + " the latest days, predicted from what lies before them.")
        .key(
            "predictor",
            StringType,
            "Predictor",
            "預測者",
            "model, fitted to days before the cutoff alone; or the rule last_period: as much as in"
                + " as many days before the cutoff.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required(
            "is_baseline",
            BooleanType,
            "",
            "Baseline",
            "基準規則",
            "Whether it is a simple rule, not the model.")
        .optional(
            "horizon_days",
            IntegerType,
            "days",
            "Horizon",
            "預測期",
            "Days from the cutoff to the as-of date: value.horizon_days of scores.yaml, or half of"
                + " the history if that is shorter. Null: see reason.")
        .optional(
            "cutoff",
            DateType,
            "",
            "Cutoff",
            "評估基準日",
            "First day that was predicted; nothing from it on was known. Null: see reason.")
        .optional(
            "customers",
            LongType,
            "customers",
            "Customers",
            "客戶數",
            "That it was measured on: with a purchase and net spend before the cutoff. Null: see"
                + " reason.")
        .columns(
            List.of(
                number(
                    "mean_predicted_spend",
                    money(decimals),
                    "currency",
                    "Predicted spend, mean",
                    "平均預測消費金額",
                    "Refunds taken off, a customer."),
                number(
                    "mean_observed_spend",
                    money(decimals),
                    "currency",
                    "Observed spend, mean",
                    "平均實際消費金額",
                    "Refunds taken off, a customer."),
                number(
                    "mean_absolute_error",
                    money(decimals),
                    "currency",
                    "Mean absolute error",
                    "平均絕對誤差",
                    "How far a customer's predicted spend lies from the observed."),
                number(
                    "rank_correlation",
                    DoubleType,
                    "",
                    "Rank correlation",
                    "等級相關係數",
                    "Spearman's, of predicted and observed spend: 1 puts customers into the right"
                        + " order, 0 into any; equal ones share the middle of their ranks. Null also"
                        + " where all are alike.")))
        .optional(
            "reason",
            StringType,
            "",
            "Reason",
            "原因",
            "Why nothing was measured: no_purchase, short_history (less than four weeks), or why a"
                + " model could not be fitted at the cutoff, as in value_model.reason. Null: it was.")
        .build();
  }

  /**
   * What is expected of a customer; also columns of the wide profile.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static List<TableColumn> forecast(int decimals) {
    return List.of(
        number(
            "p_alive",
            DoubleType,
            "probability",
            "Probability to be still buying",
            "仍活躍機率",
            "By value.purchase_model of scores.yaml. In bg_nbd it is 1 with a single purchase day:"
                + " there customers leave after a repeat purchase alone."),
        purchases(30),
        purchases(90),
        purchases(365),
        number(
            "expected_purchase_value",
            money(decimals),
            "currency",
            "Expected spend a purchase day",
            "預期單次消費金額",
            "Gamma-Gamma, refunds taken off all purchase days alike: the customer's own mean of repeat"
                + " purchase days, drawn to that of all customers the more, the less is known."),
        number(
            "expected_spend_365d",
            money(decimals),
            "currency",
            "Expected spend, next 365 days",
            "未來365天預期消費金額",
            "Expected purchase days times expected spend on one."),
        number(
            "customer_value",
            money(decimals),
            "currency",
            "Customer lifetime value",
            "客戶終身價值",
            "Expected spend over horizon_days of scores.yaml, discounted by month at its"
                + " discount_rate a year."),
        number(
            "value_percentile",
            IntegerType,
            "percent",
            "Value percentile",
            "客戶價值百分位",
            "Of customers with a value: 100 is the most valuable hundredth, 1 the least; equal values"
                + " have the same."),
        number(
            "value_level",
            IntegerType,
            "level",
            "Value level",
            "客戶價值等級",
            "1 (lowest) to 5: the fifth of customers with a value, by value_percentile."),
        number(
            "value_coverage",
            DoubleType,
            "share",
            "Value, coverage",
            "客戶價值資料涵蓋率",
            "Share of the two models that know the customer: 1 with a repeat purchase; 0.5 without"
                + " one, where spend is that of all customers."),
        number(
            "typical_value",
            DoubleType,
            "currency",
            "Typical value",
            "典型客戶價值",
            "Of a customer with the median, over all customers with a value above 0, of each of the"
                + " three factors: the probability to be still buying, the discounted purchase days"
                + " to come of who is, and the spend on one. Null also: no value above 0."),
        points("alive", "p_alive", "still buying", "仍活躍"),
        points(
            "purchases",
            "the discounted purchase days over the horizon of who still buys",
            "purchases",
            "購買天數"),
        points("spend", "expected_purchase_value", "spend", "消費金額"),
        valueReasons("en", "English", "英文"),
        valueReasons("zh", "Chinese", "中文"));
  }

  private static TableColumn points(String factor, String what, String en, String zh) {
    return number(
        factor + "_points",
        DoubleType,
        "log",
        "Value: " + en + ", points",
        "客戶價值：" + zh + "分數",
        "Natural logarithm of "
            + what
            + " to the typical customer's: above 0 it raises the value. The three points add up to"
            + " the logarithm of customer_value (before rounding) to typical_value. Null also: no"
            + " value above 0.");
  }

  private static TableColumn valueReasons(String language, String en, String zh) {
    return number(
        "value_reasons_" + language,
        StringType,
        "",
        "Value reasons (" + en + ")",
        "客戶價值原因" + zh + "說明",
        "The three points as text with their titles, those that raise the value first. Null also:"
            + " no value above 0.");
  }

  private static TableColumn purchases(int days) {
    return number(
        "expected_purchases_" + days + "d",
        DoubleType,
        "days",
        "Expected purchase days, next " + days + " days",
        "未來" + days + "天預期購買天數",
        "Days with an order from the as-of date on.");
  }

  private static TableColumn number(
      String name, DataType type, String unit, String en, String zh, String comment) {
    return new TableColumn(name, type, true, unit, en, zh, comment + " Null: see reason.");
  }

  private static DataType money(int decimals) {
    return createDecimalType(18, decimals);
  }
}

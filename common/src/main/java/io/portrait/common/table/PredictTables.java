package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/** Gold tables of the step {@code predict}. */
public final class PredictTables {

  /** Reasons in each direction that a prediction names. */
  public static final int REASONS = 3;

  /** Columns of {@link #CUSTOMER_PREDICTION} in the wide profile. */
  public static final List<String> PROFILE_COLUMNS =
      List.of(
          "churn_probability",
          "churn_level",
          "churn_percentile",
          "churn_coverage",
          "churn_reasons_en",
          "churn_reasons_zh",
          "purchase_probability_30d",
          "purchase_probability_90d",
          "purchase_level",
          "purchase_percentile",
          "purchase_coverage",
          "purchase_reasons_en",
          "purchase_reasons_zh",
          "expected_purchase_on",
          "expected_category");

  /** Leaves, as names of columns of {@link #CUSTOMER_PREDICTION} begin. */
  public static final String CHURN = "churn";

  /** Buys within 90 days. */
  public static final String PURCHASE = "purchase";

  /** What each buying customer is expected to do. */
  public static final TableSchema CUSTOMER_PREDICTION =
      gold(
              "customer_prediction",
              "One row per known customer with a purchase: whether they leave, when they buy next.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .columns(churn())
          .columns(nextPurchase())
          .optional(
              "reason",
              StringType,
              "",
              "Reason",
              "原因",
              "Why something is null, as churn: one_class; purchase_90d: short_history, with the"
                  + " codes of model_evaluation.reason, and churn: no_contract for customers"
                  + " without a running contract where the contract alone tells. Null: nothing is,"
                  + " but for a purchase not expected within 365 days or a category not known.")
          .build();

  /** How good the models are, beside simple rules on the same customers. */
  public static final TableSchema MODEL_EVALUATION =
      gold(
              "model_evaluation",
              "One row per model and per simple rule that it must beat, measured on the same later"
                  + " period.")
          .key(
              "model",
              StringType,
              "Model",
              "模型",
              "churn, purchase_30d, purchase_60d or purchase_90d.")
          .key(
              "predictor",
              StringType,
              "Predictor",
              "預測者",
              "model, or a rule: no_purchase_for_days, population_rate, last_interval.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "is_baseline",
              BooleanType,
              "",
              "Baseline",
              "基準規則",
              "Whether it is a simple rule, not the model.")
          .optional(
              "rule_days",
              IntegerType,
              "days",
              "Days of the rule",
              "規則天數",
              "N of no_purchase_for_days: the one that tells best in the training period.")
          .required(
              "horizon_days",
              IntegerType,
              "days",
              "Horizon",
              "預測期",
              "Days from the cutoff on that are predicted.")
          .optional(
              "trained_horizon_days",
              IntegerType,
              "days",
              "Trained horizon",
              "訓練期",
              "Days from the cutoff on that it was trained with; fewer than horizon_days if the"
                  + " history is short. Null: not trained.")
          .optional(
              "cutoff",
              DateType,
              "",
              "Cutoff",
              "評估基準日",
              "First day that was predicted; nothing from it on was known. Null: see reason.")
          .optional(
              "training_cutoffs",
              IntegerType,
              "dates",
              "Training cutoffs",
              "訓練基準日數",
              "Earlier dates that it was trained at; all that they predict lies before the cutoff.")
          .optional(
              "customers",
              LongType,
              "customers",
              "Customers",
              "客戶數",
              "That it was measured on. Null: see reason.")
          .optional(
              "positives",
              LongType,
              "customers",
              "Positives",
              "實際發生數",
              "Those of them who left, or bought. Null: see reason.")
          .columns(
              List.of(
                  metric(
                      "auc",
                      "share",
                      "AUC",
                      "AUC",
                      "Area under the ROC curve: share of pairs of one who did and one who did not"
                          + " that are in the right order, ties counting half. Null also where all"
                          + " did or nobody."),
                  metric(
                      "pr_auc",
                      "share",
                      "PR-AUC",
                      "PR-AUC",
                      "Average precision: mean precision over those who did, from the most probable"
                          + " down."),
                  metric(
                      "brier",
                      "probability",
                      "Brier score",
                      "Brier分數",
                      "Mean squared difference of probability and what happened; 0 is perfect."),
                  metric(
                      "log_loss",
                      "nats",
                      "Log loss",
                      "對數損失",
                      "Mean negative logarithm of the probability given to what happened."),
                  metric(
                      "lift_top_decile",
                      "ratio",
                      "Lift, top decile",
                      "前10%提升度",
                      "Share of those who did among the most probable tenth, to that of all; a tie"
                          + " across its edge counts in part."),
                  metric(
                      "calibration_error",
                      "probability",
                      "Calibration error",
                      "校準誤差",
                      "Mean difference of probability and observed share over the bins of"
                          + " model_calibration.")))
          .optional(
              "reason",
              StringType,
              "",
              "Reason",
              "原因",
              "Why there is no model: no_purchase, short_history (no earlier date to learn from),"
                  + " one_class (all did, or nobody), too_few (see min_cases in scores.yaml) or"
                  + " not_converged. Null: there is.")
          .build();

  /** Whether probabilities come true. */
  public static final TableSchema MODEL_CALIBRATION =
      gold(
              "model_calibration",
              "One row per model and tenth of the customers it was measured on, by probability.")
          .key("model", StringType, "Model", "模型", "As in model_evaluation.")
          .key(
              "bin",
              IntegerType,
              "Bin",
              "分組",
              "1 (least probable tenth) to 10; equal probabilities are in one, so some may lack.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "In the bin.")
          .required(
              "mean_probability",
              DoubleType,
              "probability",
              "Mean probability",
              "平均預測機率",
              "What was predicted.")
          .required(
              "observed_share", DoubleType, "share", "Observed share", "實際比率", "What happened.")
          .build();

  /** How good the expected day and category of the next purchase are, beside simple rules. */
  public static final TableSchema NEXT_PURCHASE_EVALUATION =
      gold(
              "next_purchase_evaluation",
              "One row per question (when is bought next, and what) and per model or simple rule"
                  + " that it must beat.")
          .key(
              "question",
              StringType,
              "Question",
              "問題",
              "date: expected_purchase_on; category: expected_category of customer_prediction.")
          .key(
              "predictor",
              StringType,
              "Predictor",
              "預測者",
              "model, as it was before the cutoff, or a rule. Of the date: last_interval (the last"
                  + " one repeats; the cutoff if that is past), population (the median of all in"
                  + " training). Of the category: most_popular (of most lines of all), last_bought (the customer's"
                  + " latest); of equals the first by name.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "is_baseline",
              BooleanType,
              "",
              "Baseline",
              "基準規則",
              "Whether it is a simple rule, not the model.")
          .required(
              "horizon_days",
              IntegerType,
              "days",
              "Horizon",
              "預測期",
              "Days from the cutoff on that are looked at; a later day is not told from its end.")
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
              "That it was measured on. For the date: with two purchase days or more before the"
                  + " cutoff. For the category: who had bought before, and whose first purchase day"
                  + " within the horizon has a category. Null: see reason.")
          .columns(
              List.of(
                  column(
                      "mean_absolute_error_days",
                      DoubleType,
                      "days",
                      "Mean absolute error",
                      "平均絕對誤差",
                      "How far the expected day lies from the day of the purchase; either counts as"
                          + " the end of the horizon if it is later or there is none. Null: of the"
                          + " category, or see reason."),
                  column(
                      "median_absolute_error_days",
                      DoubleType,
                      "days",
                      "Median absolute error",
                      "絕對誤差中位數",
                      "Half of the customers lie nearer. Null: of the category, or see reason."),
                  column(
                      "hit_rate",
                      DoubleType,
                      "share",
                      "Hit rate",
                      "命中率",
                      "Share whose first purchase day within the horizon has the expected category"
                          + " among its own; where none is expected it is no hit. Null: of the"
                          + " date, or see reason.")))
          .optional(
              "reason",
              StringType,
              "",
              "Reason",
              "原因",
              "Why nothing was measured: no_purchase, short_history, for the date why a model of"
                  + " the purchase was missing at the cutoff (one_class, too_few, not_converged), or"
                  + " no_buyer (nobody to measure on: with two purchase days, or with a purchase"
                  + " within the horizon). Null: it was.")
          .build();

  /** What the models have learnt. */
  public static final TableSchema MODEL_COEFFICIENT =
      gold("model_coefficient", "One row per term of the models that the predictions come from.")
          .key("model", StringType, "Model", "模型", "As in model_evaluation.")
          .key(
              "term",
              StringType,
              "Term",
              "項",
              "A transformed input; (intercept) is the log-odds at the mean of all terms.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "feature_code",
              StringType,
              "",
              "Input",
              "輸入",
              "Code of the input, as in customer_prediction's reasons; an input may have several"
                  + " terms.")
          .required("title_en", StringType, "", "Title (English)", "英文名稱", "Of the input.")
          .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Of the input.")
          .required("mean", DoubleType, "", "Mean", "平均值", "Of the term in training.")
          .required(
              "scale", DoubleType, "", "Scale", "標準差", "Standard deviation of it in training.")
          .required(
              "coefficient",
              DoubleType,
              "log-odds",
              "Coefficient",
              "係數",
              "Change of the log-odds by one standard deviation.")
          .optional(
              "standard_error",
              DoubleType,
              "log-odds",
              "Standard error",
              "標準誤",
              "Too small where a customer is in training at several dates. Null: not known.")
          .build();

  private PredictTables() {}

  /** The columns of {@link #CUSTOMER_PREDICTION} that the wide profile has too. */
  public static List<TableColumn> profileColumns() {
    return PROFILE_COLUMNS.stream().map(CUSTOMER_PREDICTION::column).toList();
  }

  private static List<TableColumn> churn() {
    List<TableColumn> columns = new ArrayList<>();
    columns.add(
        column(
            "churn_probability",
            DoubleType,
            "probability",
            "Churn probability",
            "流失機率",
            "That the customer leaves, by the definition and within the horizon of scores.yaml."
                + " Null: see reason."));
    columns.addAll(
        explained(
            CHURN,
            "Churn",
            "流失風險",
            "流失預測",
            "流失",
            "churn_probability",
            "100 is the hundredth most likely to leave, 1 the least"));
    return columns;
  }

  /**
   * Name of a column that explains a probability.
   *
   * @param score {@link #CHURN} or {@link #PURCHASE}
   * @param name {@code probability, base_log_odds, raised_1_code, ..., other_points, reasons_en,
   *     reasons_zh}
   */
  public static String explained(String score, String name) {
    boolean isNamedByScore = name.equals("probability") || name.startsWith("reasons_");
    return score.equals(PURCHASE) || isNamedByScore ? score + "_" + name : name;
  }

  /**
   * Level, percentile, coverage and reasons of a probability.
   *
   * @param score {@link #CHURN} or {@link #PURCHASE}
   * @param en what the English titles begin with
   * @param zh what the Chinese titles of level and percentile begin with
   * @param zhModel that of the coverage
   * @param zhReasons that of the reasons
   * @param probability column of the probability
   * @param hundredths what the percentiles tell
   */
  private static List<TableColumn> explained(
      String score,
      String en,
      String zh,
      String zhModel,
      String zhReasons,
      String probability,
      String hundredths) {
    List<TableColumn> columns = new ArrayList<>();
    columns.add(
        column(
            score + "_level",
            IntegerType,
            "level",
            en + " level",
            zh + "等級",
            "1 (lowest) to 5 at the shipped levels of scores.yaml, by "
                + probability
                + ". Null: see reason."));
    columns.add(
        column(
            score + "_percentile",
            IntegerType,
            "percent",
            en + " percentile",
            zh + "百分位",
            hundredths + "; equal probabilities have the same. Null: see reason."));
    columns.add(
        column(
            score + "_coverage",
            DoubleType,
            "share",
            en + ", coverage",
            zhModel + "資料涵蓋率",
            "Share of the model's inputs of which anything is known of the customer: no rhythm with"
                + " one purchase, no visits of who never signed in, no satisfaction without an"
                + " answer. Null: see reason."));
    boolean isChurn = score.equals(CHURN);
    String enPrefix = isChurn ? "" : en + ": ";
    String zhPrefix = isChurn ? "" : zhReasons + "：";
    columns.add(
        column(
            explained(score, "base_log_odds"),
            DoubleType,
            "log-odds",
            enPrefix + "Base",
            zhPrefix + "基準對數勝算",
            "Log-odds of a customer with the mean of every input. With all points of the reasons"
                + " and the other points added it is the log-odds of "
                + probability
                + ". Null: see reason."));
    for (String direction : List.of("raised", "lowered")) {
      String enDirection = direction.equals("raised") ? "Raised by" : "Lowered by";
      String zhDirection = direction.equals("raised") ? "升高原因" : "降低原因";
      for (int i = 1; i <= REASONS; i++) {
        columns.add(
            column(
                explained(score, direction + "_" + i + "_code"),
                StringType,
                "",
                enPrefix + enDirection + " (" + i + ")",
                zhPrefix + zhDirection + i,
                "Input that did so, as in model_coefficient.feature_code; null: no other did."));
        columns.add(
            column(
                explained(score, direction + "_" + i + "_points"),
                DoubleType,
                "log-odds",
                enPrefix + enDirection + " (" + i + "), points",
                zhPrefix + zhDirection + i + "分數",
                "Its part in the log-odds of " + probability + "; null: no other did."));
      }
    }
    columns.add(
        column(
            explained(score, "other_points"),
            DoubleType,
            "log-odds",
            enPrefix + "Other points",
            zhPrefix + "其他分數",
            "Part of all other inputs in the log-odds of " + probability + ". Null: see reason."));
    columns.add(reasons(score, "en", en + " reasons (English)", zhReasons + "原因英文說明"));
    columns.add(reasons(score, "zh", en + " reasons (Chinese)", zhReasons + "原因中文說明"));
    return columns;
  }

  private static TableColumn reasons(String score, String language, String en, String zh) {
    return column(
        explained(score, "reasons_" + language),
        StringType,
        "",
        en,
        zh,
        "The reasons as text: points and title, those that raise it first. Null: see reason.");
  }

  private static List<TableColumn> nextPurchase() {
    List<TableColumn> columns = new ArrayList<>();
    for (int days : new int[] {30, 60, 90}) {
      columns.add(
          column(
              "purchase_probability_" + days + "d",
              DoubleType,
              "probability",
              "Probability of a purchase, next " + days + " days",
              "未來" + days + "天購買機率",
              "Of a purchase from the as-of date on."
                  + (days == 30 ? "" : " Where the model of fewer days says more, that counts.")
                  + " Null: see reason."));
    }
    columns.addAll(
        explained(
            PURCHASE,
            "Purchase",
            "購買機率",
            "購買預測",
            "購買",
            "purchase_probability_90d",
            "By purchase_probability_90d: 100 is the hundredth most likely to buy, 1 the least"));
    columns.add(
        column(
            "expected_purchase_on",
            DateType,
            "",
            "Next purchase expected",
            "預期下次購買日",
            "Day by which a purchase is as likely as not. Null: later than 365 days, or see"
                + " reason."));
    columns.add(
        column(
            "expected_category",
            StringType,
            "",
            "Category expected",
            "預期購買品類",
            "Bought most, older purchases counting less; of equals the first by name. Null: no"
                + " purchase with a category."));
    return columns;
  }

  private static TableColumn metric(
      String name, String unit, String en, String zh, String comment) {
    return column(name, DoubleType, unit, en, zh, comment + " Null: see reason.");
  }

  private static TableColumn column(
      String name, DataType type, String unit, String en, String zh, String comment) {
    return new TableColumn(name, type, true, unit, en, zh, comment);
  }
}

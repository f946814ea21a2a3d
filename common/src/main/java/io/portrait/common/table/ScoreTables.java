package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import org.apache.spark.sql.types.DataType;

/** Gold tables of the step {@code score}. Amounts have the deployment's currency decimals. */
public final class ScoreTables {

  /** Where the scores begin and end. */
  public static final TableSchema RFM_CUT_POINT =
      gold("rfm_cut_point", "One row per metric and score: the values that have it.")
          .key("metric", StringType, "Metric", "指標", "recency, frequency or monetary.")
          .key("score", IntegerType, "Score", "分數", "1 (worst) to the number of bins (best).")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .optional(
              "lower_bound",
              DoubleType,
              "unit of the metric",
              "Above",
              "下限（不含）",
              "Values of the score are greater than this; null: open. With many equal values bounds"
                  + " coincide and the score is empty.")
          .optional(
              "upper_bound",
              DoubleType,
              "unit of the metric",
              "Up to",
              "上限（含）",
              "Values of the score are not greater than this; null: open.")
          .required(
              "method",
              StringType,
              "",
              "Method",
              "方法",
              "quantile: linear interpolation between order statistics (R type 7,"
                  + " PERCENTILE.INC); declared: from scores.yaml.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "With this score.")
          .build();

  /** States of life. */
  public static final TableSchema CUSTOMER_LIFECYCLE =
      gold("customer_lifecycle", "One row per customer with a purchase: the state of its life.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "state",
              StringType,
              "",
              "Lifecycle state",
              "生命週期狀態",
              "new, active, dormant, lost or returned.")
          .required(
              "recency_days",
              LongType,
              "days",
              "Days since last purchase",
              "距上次購買天數",
              "1 is the day before the as-of date.")
          .required(
              "purchase_days", LongType, "days", "Purchase days", "購買天數", "Days with an order.")
          .required(
              "interval_days",
              DoubleType,
              "days",
              "Purchase interval",
              "購買間隔",
              "Days between purchases that the thresholds are multiples of.")
          .required(
              "interval_source",
              StringType,
              "",
              "Interval from",
              "間隔來源",
              "own: mean of the customer's gaps; population: median of all gaps; fallback: nobody"
                  + " has a gap, from scores.yaml.")
          .optional(
              "previous_gap_days",
              LongType,
              "days",
              "Gap before last purchase",
              "前次購買間隔",
              "Days between the last two purchase days; null: a single purchase day.")
          .required(
              "active_until_days",
              DoubleType,
              "days",
              "Active up to",
              "活躍上限",
              "Beyond this recency a customer is dormant.")
          .required(
              "dormant_until_days",
              DoubleType,
              "days",
              "Dormant up to",
              "沉睡上限",
              "Beyond this recency a customer is lost.")
          .optional(
              "return_after_days",
              DoubleType,
              "days",
              "Return after",
              "回流門檻",
              "A longer gap before the last purchase makes it a return; from the interval as it was"
                  + " before that purchase. Null: a single purchase day.")
          .required("reason_en", StringType, "", "Reason", "原因（英文）", "Why this state, in English.")
          .required("reason_zh", StringType, "", "Reason (Chinese)", "原因", "Why, in Chinese.")
          .build();

  /** Sizes of the states. */
  public static final TableSchema LIFECYCLE_STATE =
      gold("lifecycle_state", "One row per lifecycle state, empty ones included.")
          .key("state", StringType, "Lifecycle state", "生命週期狀態", "Code of the state.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "In this state.")
          .required("share", DoubleType, "share", "Share", "占比", "Of customers with a purchase.")
          .build();

  private ScoreTables() {}

  /**
   * Scores of each customer.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema customerRfm(int decimals) {
    return gold("customer_rfm", "One row per customer with a purchase: RFM scores and segments.")
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required(
            "recency_days",
            LongType,
            "days",
            "Recency",
            "最近一次消費",
            "Days since the last purchase; 1 is the day before the as-of date.")
        .required("frequency", LongType, "purchases", "Frequency", "消費頻率", "Number of purchases.")
        .required("monetary", money(decimals), "currency", "Monetary", "消費金額", "Amount spent.")
        .required("r_score", IntegerType, "", "R score", "R 分數", "1 (long ago) to 5 (recent).")
        .required("f_score", IntegerType, "", "F score", "F 分數", "1 (seldom) to 5 (often).")
        .required("m_score", IntegerType, "", "M score", "M 分數", "1 (little) to 5 (much).")
        .required("rfm_code", StringType, "", "RFM code", "RFM 代碼", "The three scores, as 545.")
        .required("segment", StringType, "", "Segment", "客戶分群", "As in rfm_segment.segment.")
        .required(
            "value_type", StringType, "", "Value type", "價值類型", "As in rfm_value_type.value_type.")
        .build();
  }

  /**
   * Sizes of the segments.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema rfmSegment(int decimals) {
    return gold("rfm_segment", "One row per RFM segment, empty ones included.")
        .key("segment", StringType, "Segment", "客戶分群", "Code of the segment.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
        .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
        .required("action_en", StringType, "", "Action", "建議行動（英文）", "What to do, in English.")
        .required(
            "action_zh", StringType, "", "Action (Chinese)", "建議行動", "What to do, in Chinese.")
        .required("customers", LongType, "customers", "Customers", "客戶數", "In the segment.")
        .required("share", DoubleType, "share", "Share", "占比", "Of customers with a purchase.")
        .required("monetary", money(decimals), "currency", "Monetary", "消費金額", "Spent by them.")
        .build();
  }

  /**
   * Sizes of the eight value types.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema rfmValueType(int decimals) {
    return gold("rfm_value_type", "One row per value type, empty ones included.")
        .key("value_type", StringType, "Value type", "價值類型", "Code of the type.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
        .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
        .required("recency_level", StringType, "", "Recency", "R 高低", "high: recent; or low.")
        .required("frequency_level", StringType, "", "Frequency", "F 高低", "high or low.")
        .required("monetary_level", StringType, "", "Monetary", "M 高低", "high or low.")
        .optional(
            "recency_threshold",
            DoubleType,
            "days",
            "Recency threshold",
            "R 門檻",
            "Mean; recency is high up to it. Null: no customers.")
        .optional(
            "frequency_threshold",
            DoubleType,
            "purchases",
            "Frequency threshold",
            "F 門檻",
            "Mean; frequency is high from it on. Null: no customers.")
        .optional(
            "monetary_threshold",
            DoubleType,
            "currency",
            "Monetary threshold",
            "M 門檻",
            "Mean; monetary value is high from it on. Null: no customers.")
        .required("customers", LongType, "customers", "Customers", "客戶數", "Of this type.")
        .required("share", DoubleType, "share", "Share", "占比", "Of customers with a purchase.")
        .required("monetary", money(decimals), "currency", "Monetary", "消費金額", "Spent by them.")
        .build();
  }

  private static DataType money(int decimals) {
    return createDecimalType(18, decimals);
  }

  private static TableSchema.Builder gold(String name, String comment) {
    return TableSchema.table(Layer.GOLD, name, comment)
        .key("as_of", DateType, "As of", "基準日", "Only what was known strictly before it.")
        .partitionedBy("as_of");
  }
}

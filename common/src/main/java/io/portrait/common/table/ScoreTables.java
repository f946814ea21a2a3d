package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import java.util.ArrayList;
import java.util.List;
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

  /** What the names of the columns of reasons begin with that tell of nothing sensitive. */
  public static final String OPEN_PREFIX = "open_";

  /** How many reasons of each direction a customer's score shows. */
  public static final int REASONS = 3;

  /** Declared scores of each customer. */
  public static final TableSchema CUSTOMER_SCORE = customerScore();

  /** The declared scores. */
  public static final TableSchema SCORE =
      gold("score", "One row per declared score.")
          .key("score_code", StringType, "Score", "評分", "Name of the score in scores.yaml.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("position", IntegerType, "", "Position", "順序", "Declared order, from 1.")
          .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
          .optional("description", StringType, "", "Description", "說明", "What the score tells.")
          .required("method", StringType, "", "Method", "方法", "scorecard, points, sql or class.")
          .optional(
              "level_cuts",
              StringType,
              "points",
              "Level cut points",
              "等級切點",
              "Ascending, as 20, 40, 60, 80: level 1 lies below the first, and a score on a cut"
                  + " point has the higher level. Null: the score has no levels.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "All known customers.")
          .required(
              "scored_customers",
              LongType,
              "customers",
              "Scored customers",
              "有評分的客戶數",
              "Customers with a score.")
          .optional(
              "mean_score", DoubleType, "points", "Mean score", "平均分數", "Null: nobody has one.")
          .optional(
              "mean_coverage",
              DoubleType,
              "share",
              "Mean coverage",
              "平均資料完整度",
              "Of all known customers; null without any.")
          .build();

  /** What scores are made of. */
  public static final TableSchema SCORE_REASON =
      gold("score_reason", "One row per score and characteristic: what may raise or lower it.")
          .key("score_code", StringType, "Score", "評分", "As in score.score_code.")
          .key("reason_code", StringType, "Reason", "原因", "Name of the characteristic.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("position", IntegerType, "", "Position", "順序", "Declared order, from 1.")
          .optional("part_code", StringType, "", "Part", "構面", "Part of a scorecard; else null.")
          .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
          .required("value", StringType, "", "Value", "取值", "SQL of what is measured.")
          .required(
              "weight",
              DoubleType,
              "share",
              "Weight",
              "權重",
              "Share of coverage that it stands for; together 1 in each score.")
          .required(
              "known_customers",
              LongType,
              "customers",
              "Known customers",
              "有資料的客戶數",
              "Customers with a value.")
          .build();

  private ScoreTables() {}

  private static TableSchema customerScore() {
    TableSchema.Builder table =
        TableSchema.asOf(
                Layer.GOLD_SENSITIVE,
                "customer_score",
                "One row per declared score and customer who allows its purpose, with its reasons.")
            .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
            .key("score_code", StringType, "Score", "評分", "As in score.score_code.")
            .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
            .optional(
                "score", DoubleType, "points", "Points", "分數", "Null: none of its inputs is known.")
            .optional(
                "level",
                IntegerType,
                "",
                "Level",
                "等級",
                "1 (lowest) to one more than the score's cut points; null: no score or no levels.")
            .optional(
                "percentile",
                IntegerType,
                "",
                "Percentile",
                "百分位",
                "1 (lowest) to 100 among customers with a score; null without one.")
            .required(
                "coverage",
                DoubleType,
                "share",
                "Coverage",
                "資料完整度",
                "Weight of the inputs that are known, 0 to 1.")
            .optional(
                "base",
                DoubleType,
                "points",
                "Base",
                "基準分",
                "What the reasons start from: base, all raised, all lowered and other points sum to"
                    + " the score. Null without a score.");
    for (String direction : List.of("raised", "lowered")) {
      String zh = direction.equals("raised") ? "加分" : "減分";
      for (int i = 1; i <= REASONS; i++) {
        String name = direction + "_" + i;
        String title = "Reason " + direction + " " + i;
        table
            .optional(
                name + "_code",
                StringType,
                "",
                title,
                zh + "原因" + i,
                "As in score_reason.reason_code; null: no more reasons.")
            .optional(
                name + "_points",
                DoubleType,
                "points",
                title + ", points",
                zh + i,
                "What it adds to the score, greatest first; null: no more reasons.");
      }
    }
    return table
        .optional(
            "other_points",
            DoubleType,
            "points",
            "Other points",
            "其餘分數",
            "Sum of all reasons that are not listed; null without a score.")
        .columns(openReasons())
        .allSensitive()
        .build();
  }

  /** The greatest reasons of each direction among those that tell of nothing sensitive. */
  private static List<TableColumn> openReasons() {
    String comment =
        " Of the inputs that tell of nothing sensitive, for gold/customer_profile. Null: no more, or"
            + " the score is sensitive or tells of nothing sensitive.";
    List<TableColumn> columns = new ArrayList<>();
    for (String direction : List.of("raised", "lowered")) {
      String zh = "非敏感" + (direction.equals("raised") ? "加分" : "減分");
      for (int i = 1; i <= REASONS; i++) {
        String name = OPEN_PREFIX + direction + "_" + i;
        String title = "Open reason " + direction + " " + i;
        columns.add(
            new TableColumn(
                name + "_code",
                StringType,
                true,
                "",
                title,
                zh + "原因" + i,
                "As in score_reason.reason_code." + comment));
        columns.add(
            new TableColumn(
                name + "_points",
                DoubleType,
                true,
                "points",
                title + ", points",
                zh + i,
                "What it adds to the score." + comment));
      }
    }
    return columns;
  }

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
}

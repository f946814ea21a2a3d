package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

/** Gold tables of the step {@code segment}. Amounts have the deployment's currency decimals. */
public final class SegmentTables {

  /** Who belongs where. */
  public static final TableSchema CUSTOMER_SEGMENT =
      gold(
              "customer_segment",
              "One row per customer and named segment the customer is in; a customer may be in"
                  + " several, or in none.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .key("segment_code", StringType, "Segment", "客群", "As in segment.segment_code.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "entered_on",
              DateType,
              "",
              "Entered on",
              "進入日",
              "First as-of date of the unbroken run of as-of dates that show the customer in it.")
          .build();

  /** Who came and who went since the as-of date before. */
  public static final TableSchema SEGMENT_TRANSITION =
      gold(
              "segment_transition",
              "One row per customer and named segment that the customer entered or left since the"
                  + " previous as-of date. None for a segment that only one of the two dates has,"
                  + " and so none at the first: to begin to count is not to enter.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .key("segment_code", StringType, "Segment", "客群", "As in segment.segment_code.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "event",
              StringType,
              "",
              "Event",
              "事件",
              "entered or left. A customer that is no more, left.")
          .required(
              "previous_as_of",
              DateType,
              "",
              "Previous as of",
              "前次基準日",
              "As-of date that it is compared with.")
          .build();

  private SegmentTables() {}

  /**
   * The named segments.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema segment(int decimals) {
    return gold("segment", "One row per named segment of scores.yaml.")
        .key("segment_code", StringType, "Segment", "客群", "Code of the segment.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required("title_en", StringType, "", "Title (English)", "英文名稱", "English title.")
        .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Chinese title.")
        .required("description", StringType, "", "Description", "說明", "Who belongs here and why.")
        .required("action_en", StringType, "", "Action (English)", "英文行動", "What to do.")
        .required("action_zh", StringType, "", "Action (Chinese)", "中文行動", "What to do.")
        .required("rule", StringType, "", "Rule", "規則", "SQL condition over customer_profile.")
        .required("customers", LongType, "customers", "Customers", "客戶數", "In the segment.")
        .optional(
            "share",
            DoubleType,
            "share",
            "Share",
            "占比",
            "Share of all known customers, 0 to 1; null without customers.")
        .optional(
            "mean_customer_value",
            createDecimalType(18, decimals),
            "currency",
            "Mean customer value",
            "平均客戶價值",
            "Mean of customer_value; null: of none of its customers it is known.")
        .optional(
            "entered",
            LongType,
            "customers",
            "Entered",
            "進入客戶數",
            "Since the previous as-of date; null: that did not have the segment.")
        .optional(
            "left",
            LongType,
            "customers",
            "Left",
            "離開客戶數",
            "Since the previous as-of date; null: that did not have the segment.")
        .build();
  }
}

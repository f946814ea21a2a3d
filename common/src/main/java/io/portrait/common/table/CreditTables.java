package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import java.util.List;
import java.util.Optional;

/** Gold tables of the step {@code credit}. Amounts have the deployment's currency decimals. */
public final class CreditTables {

  /** How far the customers of credit have moved since the as-of date before. */
  public static final TableSchema CREDIT_STABILITY =
      gold(
              "credit_stability",
              "One row per input and bin: shares of customers at the previous as-of date and at"
                  + " this one, and the population stability index. Empty at the first as-of date.")
          .key(
              "input",
              StringType,
              "Input",
              "項目",
              "score, or the name of a characteristic of the credit score.")
          .key(
              "position",
              IntegerType,
              "Position",
              "順序",
              "Order of the bin from 1; 0 is the row of all bins together.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "bin",
              StringType,
              "",
              "Bin",
              "區間",
              "Values of the bin; the score is cut at the tenths of the previous as-of date, a"
                  + " characteristic as its points are. total: all bins.")
          .required(
              "previous_as_of",
              DateType,
              "",
              "Previous as of",
              "前一基準日",
              "As-of date that is compared with.")
          .required(
              "expected_customers",
              LongType,
              "customers",
              "Customers before",
              "前期客戶數",
              "In the bin at the previous as-of date.")
          .required(
              "actual_customers",
              LongType,
              "customers",
              "Customers now",
              "本期客戶數",
              "In the bin at this as-of date.")
          .required(
              "expected_share",
              DoubleType,
              "share",
              "Share before",
              "前期占比",
              "Of all customers at the previous as-of date, 0 to 1.")
          .required(
              "actual_share",
              DoubleType,
              "share",
              "Share now",
              "本期占比",
              "Of all customers at this as-of date, 0 to 1.")
          .required(
              "psi",
              DoubleType,
              "",
              "Stability index",
              "穩定度指標",
              "(actual - expected) x ln(actual / expected) of the shares, an empty bin being half a"
                  + " customer; the sum of it in the row of all bins.")
          .optional(
              "level",
              StringType,
              "",
              "Change",
              "變動程度",
              "In the row of all bins: none (below 0.1), some (up to 0.25) or large. Else null.")
          .build();

  /**
   * Columns of {@code gold_sensitive/customer_credit} in the wide profile, and what they are called
   * there.
   */
  public static final List<String> PROFILE_COLUMNS =
      List.of("credit_grade", "probability_of_default", "credit_route", "suggested_limit");

  private CreditTables() {}

  /**
   * Grades and routes of customers.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema customerCredit(int decimals) {
    return TableSchema.asOf(
            Layer.GOLD_SENSITIVE,
            "customer_credit",
            "One row per customer who allows it: credit grade, and what to offer.")
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .optional(
            "score",
            DoubleType,
            "points",
            "Credit score",
            "信用評分",
            "As in customer_score; null: none of its inputs is known.")
        .optional(
            "grade",
            StringType,
            "",
            "Credit grade",
            "信用等級",
            "By the grades of scores.yaml; null if too few inputs of the score are known.")
        .optional(
            "probability_of_default",
            DoubleType,
            "probability",
            "Probability of default",
            "違約機率",
            "1 / (1 + exp((score - offset) / factor)) with the scale of the score; null without a"
                + " grade.")
        .required(
            "coverage",
            DoubleType,
            "share",
            "Coverage",
            "資料完整度",
            "Weight of the score's inputs that are known, 0 to 1.")
        .required("route", StringType, "", "Route", "處理路徑", "Code of the route of scores.yaml.")
        .required("route_title_en", StringType, "", "Route (English)", "處理路徑（英文）", "Title.")
        .required("route_title_zh", StringType, "", "Route (Chinese)", "處理路徑（中文）", "Title.")
        .required(
            "rule",
            StringType,
            "",
            "Rule",
            "適用規則",
            "Condition that led to the route: SQL of scores.yaml; otherwise (no condition held); or"
                + " no score.")
        .optional(
            "suggested_limit",
            createDecimalType(18, decimals),
            "currency",
            "Suggested limit",
            "建議額度",
            "By the route's expression; null: it has none, or does not know enough.")
        .optional("rate_band", StringType, "", "Rate band", "利率級距", "Null: the route has none.")
        .required(
            "reasons_en",
            StringType,
            "",
            "Reasons (English)",
            "原因（英文）",
            "What raises and lowers the score most, with points, as +26.0 Overdue payments.")
        .required("reasons_zh", StringType, "", "Reasons (Chinese)", "原因（中文）", "The same.")
        .allSensitive()
        .build();
  }

  /**
   * Credit in the wide profile.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static List<TableColumn> profile(int decimals) {
    return PROFILE_COLUMNS.stream()
        .map(
            name -> {
              TableColumn column = customerCredit(decimals).column(name.replace("credit_", ""));
              return new TableColumn(
                  name,
                  column.type(),
                  true,
                  column.unit(),
                  column.titleEn(),
                  column.titleZh(),
                  column.comment(),
                  Optional.of(DataClass.SENSITIVE));
            })
        .toList();
  }
}

package io.portrait.common.table;

import static io.portrait.common.table.Layer.GOLD;
import static io.portrait.common.table.Layer.GOLD_SENSITIVE;
import static io.portrait.common.table.Layer.OPS;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;

/** Tables of the published profile: tags, the wide profile, the dictionary, the gate's results. */
public final class ProfileTables {

  /** Prefix of a tag's column in the wide profile. */
  public static final String TAG_PREFIX = "tag_";

  /** Ends of the names of a declared score's columns in the wide profile; the score has none. */
  public static final String LEVEL_SUFFIX = "_level";

  public static final String PERCENTILE_SUFFIX = "_percentile";
  public static final String COVERAGE_SUFFIX = "_coverage";
  public static final String REASONS_EN_SUFFIX = "_reasons_en";
  public static final String REASONS_ZH_SUFFIX = "_reasons_zh";

  /** Ends of those with the reasons that tell of nothing sensitive. */
  public static final String OPEN_REASONS_EN_SUFFIX = "_open_reasons_en";

  public static final String OPEN_REASONS_ZH_SUFFIX = "_open_reasons_zh";

  /** The tag tree, with the number of customers that hold each tag. */
  public static final TableSchema TAG =
      TableSchema.gold("tag", "One row per as-of date and tag of the tree, branches included.")
          .key("tag_code", StringType, "Tag", "標籤", "Code of the tag.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .optional("parent_code", StringType, "", "Parent", "上層標籤", "Tag above; null for a root.")
          .required("title_en", StringType, "", "Title (English)", "英文名稱", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Chinese title.")
          .optional("rule", StringType, "", "Rule", "規則", "SQL condition; null for a branch.")
          .required("owner", StringType, "", "Owner", "負責人", "Who answers for the rule.")
          .required("purpose", StringType, "", "Purpose", "目的", "What the tag is used for.")
          .required(
              "sensitivity",
              StringType,
              "",
              "Sensitivity",
              "敏感度",
              "public, internal, personal or sensitive.")
          .required(
              "customers",
              LongType,
              "customers",
              "Customers",
              "客戶數",
              "Customers that hold it; for a branch: any tag below.")
          .optional(
              "share",
              DoubleType,
              "share",
              "Share",
              "占比",
              "Share of all customers, 0 to 1; null without customers.")
          .build();

  /** Tags held and lost. */
  public static final TableSchema CUSTOMER_TAG =
      customerTag(
          GOLD,
          "One row per as-of date, customer and tag that is held then, or was held at the as-of date"
              + " before and is no longer; sensitive tags stand apart.");

  /** Sensitive tags held and lost. */
  public static final TableSchema SENSITIVE_CUSTOMER_TAG =
      customerTag(
          GOLD_SENSITIVE,
          "One row per as-of date, customer and sensitive tag that is held then, or was held at the"
              + " as-of date before and is no longer.");

  /** What every column means. */
  public static final TableSchema DATA_DICTIONARY =
      TableSchema.table(
              GOLD, "data_dictionary", "One row per column of every silver and gold table.")
          .key("table_name", StringType, "Table", "資料表", "Layer and name, as gold/customer_tag.")
          .key("column_name", StringType, "Column", "欄位", "Name of the column.")
          .required("position", IntegerType, "", "Position", "順序", "Place in the table, from 1.")
          .required("type", StringType, "", "Type", "型別", "Spark SQL type.")
          .required("unit", StringType, "", "Unit", "單位", "Unit of a number; empty without one.")
          .required("title_en", StringType, "", "Title (English)", "英文名稱", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Chinese title.")
          .required(
              "source",
              StringType,
              "",
              "Source",
              "來源",
              "Where a value comes from: an expression of the catalogue, or the step.")
          .required("comment", StringType, "", "Comment", "說明", "Meaning, range, what null means.")
          .required(
              "data_class",
              StringType,
              "",
              "Class",
              "資料分級",
              "Who may see it: public, internal, personal or sensitive.")
          .build();

  /** What was expected of tables and what was found: quality.yaml and the publish gate. */
  public static final TableSchema QUALITY_RESULT =
      TableSchema.table(OPS, "quality_result", "One row per as-of date and check of a table.")
          .key("as_of", DateType, "As of", "基準日", "As-of date that was checked.")
          .key("table_name", StringType, "Table", "資料表", "Table that was checked.")
          .key("column_name", StringType, "Column", "欄位", "Column; * stands for the whole table.")
          .key(
              "rule",
              StringType,
              "Rule",
              "規則",
              "Name in quality.yaml, completeness (share of values among mapped columns), or a rule"
                  + " of the publish gate, as min_rows.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that checked.")
          .required(
              "severity",
              StringType,
              "",
              "Severity",
              "嚴重度",
              "warn: the run goes on; reject: rows are refused; stop: the run stops.")
          .optional(
              "rows_checked",
              LongType,
              "rows",
              "Rows checked",
              "檢查列數",
              "Rows (completeness: values) looked at; null: not about rows, or not checked.")
          .optional(
              "rows_failed",
              LongType,
              "rows",
              "Rows failed",
              "不符列數",
              "Rows that break the rule (completeness: nulls); null: not about rows, or not"
                  + " checked.")
          .required("expected", StringType, "", "Expected", "預期", "What the rule demands.")
          .required("found", StringType, "", "Found", "實際", "What was found; never a value.")
          .optional(
              "passed",
              BooleanType,
              "",
              "Passed",
              "通過",
              "Whether it is as demanded; null: it could not be checked.")
          .partitionedBy("as_of")
          .build();

  /** Columns of {@code gold/customer_value} in the wide profile. */
  public static final List<String> VALUE_COLUMNS =
      List.of(
          "p_alive",
          "expected_purchases_90d",
          "expected_spend_365d",
          "customer_value",
          "value_percentile",
          "value_level",
          "value_coverage",
          "value_reasons_en",
          "value_reasons_zh");

  /** Why a column of {@link #VALUE_COLUMNS} is null. */
  public static final String VALUE_REASON = "value_reason";

  /** Why a column of {@link PredictTables#PROFILE_COLUMNS} is null. */
  public static final String PREDICTION_REASON = "prediction_reason";

  /** The reason of customers without a purchase. */
  public static final String NO_PURCHASE = "no_purchase";

  private static final List<String> PROFILE_KEYS = List.of("as_of", "customer_id", "run_id");

  private static final List<TableColumn> SCORE_COLUMNS =
      List.of(
          score("r_score", "Recency score", "近度分數", "1 (long ago) to the best; null: no purchase."),
          score("f_score", "Frequency score", "頻度分數", "1 (few) to the best; null: no purchase."),
          score("m_score", "Monetary score", "金額分數", "1 (little) to the best; null: no purchase."),
          text("rfm_code", "RFM code", "RFM代碼", "The three scores, as 545; null: no purchase."),
          text("segment", "RFM segment", "RFM分群", "Code of the segment; null: no purchase."),
          text("value_type", "Value type", "客戶價值類型", "Code of the type; null: no purchase."),
          text(
              "lifecycle_state",
              "Lifecycle state",
              "生命週期狀態",
              "new, active, dormant, lost or returned; null: no purchase."),
          new TableColumn(
              "cluster_id",
              IntegerType,
              true,
              "",
              "Cluster",
              "分群編號",
              "Number of the cluster; null: not clustered."),
          text("cluster_name_en", "Cluster name (English)", "分群英文名稱", "Null: not clustered."),
          text("cluster_name_zh", "Cluster name (Chinese)", "分群中文名稱", "Null: not clustered."));

  private ProfileTables() {}

  /** Whether a row of {@link #QUALITY_RESULT} about the profile kept it from being published. */
  public static Column stopsPublishing() {
    // Rows from before there were severities are the gate's.
    return coalesce(col("severity"), lit("stop")).equalTo("stop").and(col("passed").equalTo(false));
  }

  /**
   * RFM, state, cluster, value, habits, predictions and credit of a customer in the wide profile.
   *
   * @param decimals decimals of the deployment's currency
   */
  public static List<TableColumn> scoreColumns(int decimals) {
    List<TableColumn> columns = new ArrayList<>(SCORE_COLUMNS);
    ValueTables.forecast(decimals).stream()
        .filter(column -> VALUE_COLUMNS.contains(column.name()))
        .map(column -> withReasonIn(VALUE_REASON, column))
        .forEach(columns::add);
    columns.add(
        text(
            VALUE_REASON,
            "Value, reason",
            "客戶價值缺值原因",
            "Why a column of the value is null, as customer_value.reason. Null: none is, or the"
                + " customer may not be profiled."));
    columns.addAll(HabitTables.HABITS);
    PredictTables.profileColumns().stream()
        .map(column -> withReasonIn(PREDICTION_REASON, column))
        .forEach(columns::add);
    columns.add(
        text(
            PREDICTION_REASON,
            "Prediction, reason",
            "預測缺值原因",
            "Why a prediction is null: as customer_prediction.reason, or no_purchase. Null: none is"
                + " but as told there, or the customer may not be profiled."));
    columns.addAll(CreditTables.profile(decimals));
    return List.copyOf(columns);
  }

  /**
   * The wide row that tag rules are written over: features, declared scores, RFM, state, cluster,
   * value, habits, predictions, credit.
   *
   * @param declaredColumns features and declared scores
   * @param decimals decimals of the deployment's currency
   */
  public static List<TableColumn> ruleColumns(List<TableColumn> declaredColumns, int decimals) {
    List<TableColumn> columns = new ArrayList<>(declaredColumns);
    columns.addAll(scoreColumns(decimals));
    return List.copyOf(columns);
  }

  /**
   * Every as-of date's profiles with all columns: what rules are written over.
   *
   * @param declaredColumns features and declared scores
   * @param tagColumns one column per tag with a rule
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema customerProfile(
      List<TableColumn> declaredColumns, List<TableColumn> tagColumns, int decimals) {
    return profile(
            GOLD_SENSITIVE,
            "customer_profile",
            "One row per known customer and as-of date, checked or not; sensitive columns too.",
            all(declaredColumns, tagColumns, decimals))
        .partitionedBy("as_of")
        .build();
  }

  /** A table of the layer {@code gold} like the given profile, without its sensitive columns. */
  public static TableSchema publishedProfile(TableSchema profile) {
    return profile(
            GOLD,
            "customer_profile",
            "One row per known customer and as-of date that passed the publish gate; no sensitive"
                + " columns.",
            published(profile))
        .partitionedBy("as_of")
        .build();
  }

  /**
   * The profiles that passed the publish gate last, without sensitive columns.
   *
   * @param declaredColumns features and declared scores
   * @param tagColumns one column per tag with a rule
   * @param decimals decimals of the deployment's currency
   */
  public static TableSchema customerProfileLatest(
      List<TableColumn> declaredColumns, List<TableColumn> tagColumns, int decimals) {
    return profile(
            GOLD,
            "customer_profile_latest",
            "One row per known customer: the latest profiles that passed the publish gate; no"
                + " sensitive columns.",
            published(customerProfile(declaredColumns, tagColumns, decimals)))
        .build();
  }

  private static List<TableColumn> all(
      List<TableColumn> declaredColumns, List<TableColumn> tagColumns, int decimals) {
    List<TableColumn> columns = new ArrayList<>(ruleColumns(declaredColumns, decimals));
    columns.addAll(tagColumns);
    return columns;
  }

  private static List<TableColumn> published(TableSchema profile) {
    return profile.columns().stream()
        .filter(column -> !PROFILE_KEYS.contains(column.name()))
        .filter(column -> profile.dataClass(column) != DataClass.SENSITIVE)
        .toList();
  }

  private static TableSchema.Builder profile(
      Layer layer, String name, String comment, List<TableColumn> columns) {
    return TableSchema.table(layer, name, comment)
        .key("as_of", DateType, "As of", "基準日", "Only what was known strictly before it.")
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .columns(columns);
  }

  private static TableSchema customerTag(Layer layer, String comment) {
    return TableSchema.asOf(layer, "customer_tag", comment)
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .key("tag_code", StringType, "Tag", "標籤", "Code of a tag with a rule.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .required(
            "valid_from",
            DateType,
            "",
            "Valid from",
            "生效日",
            "First as-of date of the unbroken run of as-of dates that show the tag.")
        .optional(
            "valid_to",
            DateType,
            "",
            "Valid to",
            "失效日",
            "As-of date that no longer shows the tag; null while it is held.")
        .build();
  }

  /** A column of a table whose reasons for null stand in a column of another name here. */
  private static TableColumn withReasonIn(String reason, TableColumn column) {
    return column.withComment(column.comment().replace("see reason", "see " + reason));
  }

  private static TableColumn score(String name, String en, String zh, String comment) {
    return new TableColumn(name, IntegerType, true, "points", en, zh, comment);
  }

  private static TableColumn text(String name, String en, String zh, String comment) {
    return new TableColumn(name, StringType, true, "", en, zh, comment);
  }
}

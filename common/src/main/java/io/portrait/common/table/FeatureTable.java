package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;

/** Features of every known customer; the columns beyond the key follow the catalogue. */
public final class FeatureTable {

  /** Date that features look back from. */
  public static final String AS_OF = "as_of";

  /** Persistent customer id. */
  public static final String CUSTOMER_ID = "customer_id";

  /** Run that wrote the row. */
  public static final String RUN_ID = "run_id";

  private FeatureTable() {}

  /**
   * The contract.
   *
   * @param featureColumns one column per feature and window
   */
  public static TableSchema schema(List<TableColumn> featureColumns) {
    return TableSchema.asOf(
            Layer.GOLD_SENSITIVE,
            "customer_feature",
            "One row per known customer and as-of date: every declared feature, sensitive ones too.")
        .key(CUSTOMER_ID, StringType, "Customer", "客戶", "Persistent customer id.")
        .required(RUN_ID, StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .columns(featureColumns)
        .build();
  }
}

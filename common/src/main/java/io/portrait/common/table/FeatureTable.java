package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;

/** The features of every known customer; the catalogue declares the columns. */
public final class FeatureTable {

  private FeatureTable() {}

  /** The contract with these feature columns. */
  public static TableSchema schema(List<TableColumn> featureColumns) {
    return TableSchema.table(Layer.GOLD, "customer_feature", "One row per known customer.")
        .key("as_of", DateType, "As of", "基準日", "Only what was known strictly before it.")
        .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
        .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
        .columns(featureColumns)
        .partitionedBy("as_of")
        .build();
  }
}

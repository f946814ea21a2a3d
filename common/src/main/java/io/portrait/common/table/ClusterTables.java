package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

/** Placeholder with the columns that the profile reads. */
public final class ClusterTables {

  /** Cluster of each customer. */
  public static final TableSchema CUSTOMER_CLUSTER =
      TableSchema.table(Layer.GOLD, "customer_cluster", "One row per customer.")
          .key("as_of", DateType, "As of", "基準日", "As of.")
          .key("customer_id", StringType, "Customer", "客戶", "Customer.")
          .required("cluster_id", IntegerType, "", "Cluster", "分群", "Cluster.")
          .partitionedBy("as_of")
          .build();

  /** The clusters. */
  public static final TableSchema CLUSTER =
      TableSchema.table(Layer.GOLD, "cluster", "One row per cluster.")
          .key("as_of", DateType, "As of", "基準日", "As of.")
          .key("cluster_id", IntegerType, "Cluster", "分群", "Cluster.")
          .required("name_en", StringType, "", "Name", "名稱", "Name.")
          .required("name_zh", StringType, "", "Name", "名稱", "Name.")
          .partitionedBy("as_of")
          .build();

  private ClusterTables() {}
}

package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

/** Gold tables of the step {@code cluster}. */
public final class ClusterTables {

  /** Who belongs where. */
  public static final TableSchema CUSTOMER_CLUSTER =
      gold("customer_cluster", "One row per customer with a purchase: its cluster.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("cluster_id", IntegerType, "", "Cluster", "群集", "As in cluster.cluster_id.")
          .required(
              "distance",
              DoubleType,
              "standard deviations",
              "Distance",
              "距離",
              "Euclidean, to the cluster's centre, over the standardised features.")
          .build();

  /** The clusters. */
  public static final TableSchema CLUSTER =
      gold("cluster", "One row per cluster.")
          .key(
              "cluster_id",
              IntegerType,
              "Cluster",
              "群集",
              "From 1; the same cluster keeps it from one as-of date to the next.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("name_en", StringType, "", "Name", "名稱（英文）", "Unique; kept with the id.")
          .required("name_zh", StringType, "", "Name (Chinese)", "名稱", "Unique; kept with the id.")
          .required(
              "description_en",
              StringType,
              "",
              "Description",
              "說明（英文）",
              "What sets it apart at this as-of date, in English.")
          .required(
              "description_zh",
              StringType,
              "",
              "Description (Chinese)",
              "說明",
              "The same in Chinese.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "In the cluster.")
          .required("share", DoubleType, "share", "Share", "占比", "Of customers with a purchase.")
          .build();

  /** What sets the clusters apart; also where the next as-of date starts from. */
  public static final TableSchema CLUSTER_FEATURE =
      gold("cluster_feature", "One row per cluster and feature.")
          .key("cluster_id", IntegerType, "Cluster", "群集", "As in cluster.cluster_id.")
          .key("feature", StringType, "Feature", "特徵", "Column of customer_feature.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("position", IntegerType, "", "Position", "順序", "Order of the features, from 0.")
          .required("title_en", StringType, "", "Title", "名稱（英文）", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "名稱", "Chinese title.")
          .optional(
              "mean",
              DoubleType,
              "unit of the feature",
              "Mean",
              "群集平均",
              "Of the cluster's customers; null: unknown for all of them.")
          .optional(
              "population_mean",
              DoubleType,
              "unit of the feature",
              "Population mean",
              "整體平均",
              "Of all customers; null: unknown for all of them.")
          .required(
              "deviation",
              DoubleType,
              "standard deviations",
              "Deviation",
              "偏離程度",
              "Mean of the standardised feature in the cluster; 0 is the population's mean.")
          .required(
              "center",
              DoubleType,
              "standard deviations",
              "Centre",
              "中心",
              "Coordinate of the centre that KMeans found.")
          .required("transform", StringType, "", "Transform", "轉換", "none or log1p (signed).")
          .required(
              "scale_mean",
              DoubleType,
              "unit after the transform",
              "Scale mean",
              "標準化平均",
              "Subtracted to standardise.")
          .required(
              "scale_deviation",
              DoubleType,
              "unit after the transform",
              "Scale deviation",
              "標準化標準差",
              "Divided by to standardise; 0: the feature is constant and counts for nothing.")
          .build();

  /** How the number of clusters was chosen. */
  public static final TableSchema CLUSTER_METRIC =
      gold("cluster_metric", "One row per number of clusters tried.")
          .key("k", IntegerType, "Clusters", "群集數", "Number of clusters.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .optional(
              "silhouette",
              DoubleType,
              "",
              "Silhouette",
              "輪廓係數",
              "-1 to 1, by squared Euclidean distance; null: fewer than two clusters.")
          .required(
              "smallest_share", DoubleType, "share", "Smallest share", "最小占比", "Smallest cluster.")
          .required(
              "cost", DoubleType, "", "Cost", "成本", "Sum of squared distances to the centres.")
          .required("sample_rows", LongType, "rows", "Sample", "樣本數", "Customers it was tried on.")
          .required("is_chosen", BooleanType, "", "Chosen", "採用", "Whether it was chosen.")
          .optional(
              "choice",
              StringType,
              "",
              "Why chosen",
              "採用原因",
              "best: greatest silhouette; kept: that of the previous as-of date, not clearly worse;"
                  + " fallback: every k has too small a cluster, this one the least so; single: too"
                  + " few different customers. Null: not chosen.")
          .build();

  private ClusterTables() {}
}

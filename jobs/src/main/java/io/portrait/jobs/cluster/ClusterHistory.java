package io.portrait.jobs.cluster;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.portrait.common.io.Tables;
import io.portrait.common.table.ClusterTables;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * What a run must know of earlier as-of dates.
 *
 * @param scales features of the previous as-of date; empty if there is none or its features differ
 * @param clusters its clusters, in the order of their ids; empty likewise
 * @param nextId first id that no cluster has had
 */
record ClusterHistory(List<FeatureScale> scales, List<ClusterModel.Cluster> clusters, int nextId) {

  /** Reads it from the step's own tables, strictly before the as-of date. */
  static ClusterHistory read(Tables tables, LocalDate asOf, List<String> features) {
    Optional<LocalDate> previous = tables.previousAsOf(ClusterTables.CLUSTER_FEATURE, asOf);
    if (previous.isEmpty()) {
      return new ClusterHistory(List.of(), List.of(), 1);
    }
    int nextId =
        1
            + tables
                .read(ClusterTables.CLUSTER_FEATURE)
                .filter(col("as_of").lt(lit(Date.valueOf(asOf))))
                .agg(max("cluster_id"))
                .head()
                .getInt(0);
    Map<Integer, List<Double>> centers = new TreeMap<>();
    Map<String, FeatureScale> scales = new LinkedHashMap<>();
    for (Row row :
        tables
            .readAsOf(ClusterTables.CLUSTER_FEATURE, previous.get())
            .orderBy("cluster_id", "position")
            .collectAsList()) {
      String feature = row.getAs("feature");
      scales.putIfAbsent(
          feature,
          new FeatureScale(
              feature,
              row.getAs("transform"),
              row.<Double>getAs("scale_mean"),
              row.<Double>getAs("scale_deviation")));
      centers
          .computeIfAbsent(row.<Integer>getAs("cluster_id"), id -> new ArrayList<>())
          .add(row.<Double>getAs("center"));
    }
    if (!List.copyOf(scales.keySet()).equals(features)) {
      return new ClusterHistory(List.of(), List.of(), nextId);
    }
    List<ClusterModel.Cluster> clusters =
        tables
            .readAsOf(ClusterTables.CLUSTER, previous.get())
            .orderBy("cluster_id")
            .collectAsList()
            .stream()
            .map(
                row ->
                    new ClusterModel.Cluster(
                        row.<Integer>getAs("cluster_id"),
                        row.getAs("name_en"),
                        row.getAs("name_zh"),
                        centers.get(row.<Integer>getAs("cluster_id"))))
            .toList();
    return new ClusterHistory(List.copyOf(scales.values()), clusters, nextId);
  }

  /** The transform of a feature at the previous as-of date, or null. */
  String transform(String feature) {
    return scales.stream()
        .filter(scale -> scale.feature().equals(feature))
        .map(FeatureScale::transform)
        .findFirst()
        .orElse(null);
  }

  /** The previous clusters with their centres on the present scales. */
  List<ClusterModel.Cluster> clustersOn(List<FeatureScale> present) {
    return clusters.stream()
        .map(
            cluster -> {
              List<Double> center = new ArrayList<>();
              for (int i = 0; i < present.size(); i++) {
                center.add(present.get(i).convert(cluster.center().get(i), scales.get(i)));
              }
              return new ClusterModel.Cluster(
                  cluster.id(), cluster.nameEn(), cluster.nameZh(), center);
            })
        .toList();
  }
}

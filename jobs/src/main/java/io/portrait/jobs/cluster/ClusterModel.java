package io.portrait.jobs.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;

/**
 * All that it takes to tell a customer's cluster, and how it was found.
 *
 * @param asOf as-of date
 * @param runId run that made it
 * @param seed seed of the first start
 * @param scales the features, in the order of the coordinates
 * @param clusters the clusters
 * @param metrics numbers of clusters that were tried
 */
record ClusterModel(
    String asOf,
    String runId,
    long seed,
    List<FeatureScale> scales,
    List<Cluster> clusters,
    List<Metric> metrics) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * A cluster.
   *
   * @param id from 1, stable between as-of dates
   * @param nameEn English name
   * @param nameZh Chinese name
   * @param center coordinates of its centre
   */
  record Cluster(int id, String nameEn, String nameZh, List<Double> center) {}

  /**
   * A number of clusters that was tried.
   *
   * @param k number of clusters
   * @param silhouette silhouette, null if there is none
   * @param smallestShare share of the smallest cluster
   * @param cost sum of squared distances
   * @param choice why it was chosen, null if it was not
   */
  record Metric(int k, Double silhouette, double smallestShare, double cost, String choice) {}

  /** Reads {@link #toJson}. */
  static ClusterModel fromJson(String json) {
    try {
      return JSON.readValue(json, ClusterModel.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not a cluster model", e);
    }
  }

  /** The model as text. */
  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records can always be written", e);
    }
  }

  /** The centres, in the order of the clusters. */
  double[][] centers() {
    return clusters.stream()
        .map(c -> c.center().stream().mapToDouble(Double::doubleValue).toArray())
        .toArray(double[][]::new);
  }
}

package io.portrait.jobs.cluster;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Scores.Clusters;
import io.portrait.common.job.Parallel;
import io.portrait.common.transform.CustomerSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.evaluation.ClusteringEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Centres found in the data, and the numbers of clusters that were tried. */
final class ClusterFit {

  private final double[][] centers;
  private final List<ClusterModel.Metric> metrics;
  private final long sampleRows;

  private ClusterFit(double[][] centers, List<ClusterModel.Metric> metrics, long sampleRows) {
    this.centers = centers;
    this.metrics = metrics;
    this.sampleRows = sampleRows;
  }

  double[][] centers() {
    return centers;
  }

  List<ClusterModel.Metric> metrics() {
    return metrics;
  }

  /** Customers that the numbers of clusters were tried on. */
  long sampleRows() {
    return sampleRows;
  }

  /**
   * Tries each number of clusters on a sample, chooses one, and fits it on all customers.
   *
   * <p>The previous number starts from the previous centres, so that data that have not changed
   * give centres that have not.
   *
   * @param points cached, in a fixed order
   * @param total number of points, at least 1
   * @param previous centres of the previous as-of date on the present scale
   */
  static ClusterFit of(
      Dataset<Row> points, long total, Clusters settings, Optional<double[][]> previous) {
    boolean isWhole = total <= settings.sampleRows();
    // KMeans passes over the sample some hundred times: a task a pass, and numbers tried side by
    // side.
    Dataset<Row> sample =
        CustomerSample.of(points, settings.sampleRows(), total)
            .withColumn("vector", array_to_vector(col("point")))
            .coalesce(1);
    sample.persist();
    try {
      long sampleRows = isWhole ? total : sample.count();
      int distinct = (int) sample.select("point").distinct().limit(settings.maxK()).count();
      Dataset<Row> rows = sample;
      List<Trial> trials =
          Parallel.map(
              points.sparkSession(),
              IntStream.rangeClosed(settings.minK(), Math.min(settings.maxK(), distinct))
                  .boxed()
                  .toList(),
              k -> {
                double[][] centers =
                    KMeansFit.fit(
                        rows,
                        k,
                        previous.filter(c -> c.length == k),
                        settings.maxIterations(),
                        settings.seed(),
                        KMeansFit.COARSE);
                return new Trial(centers, metric(rows, sampleRows, k, centers));
              });
      List<ClusterModel.Metric> metrics =
          new ArrayList<>(trials.stream().map(Trial::metric).toList());
      ClusterChoice chosen = ClusterChoice.among(metrics, settings, previous.map(c -> c.length));
      if (chosen.choice().equals(ClusterChoice.SINGLE)) {
        double[][] middle = {new double[width(points)]};
        metrics.add(0, metric(sample, sampleRows, 1, middle));
        return new ClusterFit(middle, marked(metrics, chosen), sampleRows);
      }
      double[][] found =
          trials.stream()
              .filter(trial -> trial.metric().k() == chosen.k())
              .findFirst()
              .orElseThrow()
              .centers();
      double[][] start =
          chosen.choice().equals(ClusterChoice.KEPT) ? previous.orElseThrow() : found;
      double[][] centers =
          KMeansFit.fit(
              isWhole ? sample : points,
              chosen.k(),
              Optional.of(start),
              settings.maxIterations(),
              settings.seed(),
              KMeansFit.FINE);
      return new ClusterFit(centers, marked(metrics, chosen), sampleRows);
    } finally {
      sample.unpersist();
    }
  }

  /** A number of clusters that was tried. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Trial(double[][] centers, ClusterModel.Metric metric) {}

  /** Notes the choice at the number that was chosen. */
  private static List<ClusterModel.Metric> marked(
      List<ClusterModel.Metric> metrics, ClusterChoice chosen) {
    return metrics.stream()
        .map(
            metric ->
                new ClusterModel.Metric(
                    metric.k(),
                    metric.silhouette(),
                    metric.smallestShare(),
                    metric.cost(),
                    metric.k() == chosen.k() ? chosen.choice() : null))
        .toList();
  }

  private static ClusterModel.Metric metric(
      Dataset<Row> sample, long rows, int k, double[][] centers) {
    Dataset<Row> clustered = ClusterTransforms.withCluster(sample, centers);
    List<Row> sizes = ClusterTransforms.sizes(clustered).collectAsList();
    double cost = sizes.stream().mapToDouble(row -> row.<Double>getAs("cost")).sorted().sum();
    long smallest =
        sizes.size() < k
            ? 0
            : sizes.stream().mapToLong(row -> row.<Long>getAs("customers")).min().orElse(0);
    Double silhouette =
        sizes.size() < k || k < 2
            ? null
            : FeatureScale.rounded(
                new ClusteringEvaluator()
                    .setFeaturesCol("vector")
                    .setPredictionCol("cluster")
                    .evaluate(clustered.select("vector", "cluster")));
    return new ClusterModel.Metric(
        k, silhouette, (double) smallest / Math.max(rows, 1), FeatureScale.rounded(cost), null);
  }

  private static int width(Dataset<Row> points) {
    return points.select("point").head().getList(0).size();
  }
}

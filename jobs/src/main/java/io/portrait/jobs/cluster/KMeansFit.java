package io.portrait.jobs.cluster;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.clustering.KMeans;
import org.apache.spark.mllib.clustering.KMeansModel;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * MLlib's KMeans over the column {@code point}. The class of the RDD interface is used because it
 * alone takes centres to start from.
 */
final class KMeansFit {

  /** Centres that move less than this have come to rest, for comparing numbers of clusters. */
  static final double COARSE = 1e-4;

  /** The same, for centres that are kept: unchanged data leave them where they were. */
  static final double FINE = 1e-6;

  /** Random starts, of which the one with the least cost counts: a single one may end anywhere. */
  private static final int STARTS = 3;

  private KMeansFit() {}

  /**
   * Fits centres, rounded to ten significant digits; fewer than {@code k} if there are fewer
   * different points.
   *
   * @param points cached, in a fixed order
   * @param start centres to start from; absent: the best of some starts by k-means|| with seeds
   *     from {@code seed} on
   * @param epsilon {@link #COARSE} or {@link #FINE}
   */
  static double[][] fit(
      Dataset<Row> points,
      int k,
      Optional<double[][]> start,
      int maxIterations,
      long seed,
      double epsilon) {
    JavaRDD<Vector> vectors =
        points
            .select("point")
            .javaRDD()
            .map(
                row ->
                    Vectors.dense(
                        row.<Double>getList(0).stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray()));
    vectors.cache();
    try {
      KMeansModel best =
          IntStream.range(0, start.isPresent() ? 1 : STARTS)
              .mapToObj(
                  i -> {
                    KMeans means =
                        new KMeans()
                            .setK(k)
                            .setMaxIterations(maxIterations)
                            .setEpsilon(epsilon)
                            .setSeed(seed + i);
                    start.ifPresent(centers -> means.setInitialModel(model(centers)));
                    return means.run(vectors.rdd());
                  })
              .min(Comparator.comparingDouble(KMeansModel::trainingCost))
              .orElseThrow();
      return Arrays.stream(best.clusterCenters())
          .map(center -> Arrays.stream(center.toArray()).map(FeatureScale::rounded).toArray())
          .toArray(double[][]::new);
    } finally {
      vectors.unpersist(false);
    }
  }

  private static KMeansModel model(double[][] centers) {
    return new KMeansModel(Arrays.stream(centers).map(Vectors::dense).toArray(Vector[]::new));
  }
}

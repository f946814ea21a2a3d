package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.testing.SparkExtension;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.mllib.clustering.KMeans;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class KMeansFitTest {

  private static final int CLUSTERS = 8;
  private static final int ITERATIONS = 50;

  /** Points without groups have many local optima: a start of its own ends in each. */
  @Test
  void keepsTheBestOfThreeStarts(SparkSession spark) {
    Random random = new Random(7);
    List<double[]> points =
        IntStream.range(0, 200)
            .mapToObj(i -> new double[] {random.nextDouble(), random.nextDouble()})
            .toList();
    Dataset<Row> frame = frame(spark, points);

    for (long seed : new long[] {1, 11, 21}) {
      double[] starts =
          LongStream.range(seed, seed + 3).mapToDouble(one -> costOfOne(frame, one)).toArray();
      double best = DoubleStream.of(starts).min().orElseThrow();

      double[][] centers =
          KMeansFit.fit(frame, CLUSTERS, Optional.empty(), ITERATIONS, seed, KMeansFit.FINE);

      assertThat(cost(points, centers)).as("seed %d", seed).isCloseTo(best, within(1e-8));
      assertThat(starts[0]).as("first start of seed %d alone", seed).isGreaterThan(best + 1e-3);
    }
  }

  private static Dataset<Row> frame(SparkSession spark, List<double[]> points) {
    return spark
        .createDataFrame(
            points.stream().map(point -> RowFactory.create(List.of(point[0], point[1]))).toList(),
            new StructType().add("point", DataTypes.createArrayType(DataTypes.DoubleType)))
        .coalesce(1);
  }

  private static double costOfOne(Dataset<Row> points, long seed) {
    return new KMeans()
        .setK(CLUSTERS)
        .setMaxIterations(ITERATIONS)
        .setEpsilon(KMeansFit.FINE)
        .setSeed(seed)
        .run(points.javaRDD().map(KMeansFitTest::vector).rdd())
        .trainingCost();
  }

  private static Vector vector(Row row) {
    List<Double> point = row.getList(0);
    return Vectors.dense(point.get(0), point.get(1));
  }

  private static double cost(List<double[]> points, double[][] centers) {
    return points.stream()
        .mapToDouble(
            point ->
                Arrays.stream(centers)
                    .mapToDouble(
                        center ->
                            Math.pow(point[0] - center[0], 2) + Math.pow(point[1] - center[1], 2))
                    .min()
                    .orElseThrow())
        .sum();
  }
}

package io.portrait.jobs.cluster;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log1p;
import static org.apache.spark.sql.functions.signum;
import static org.apache.spark.sql.functions.skewness;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.stddev_pop;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.DoubleType;

import io.portrait.common.config.Scores.Rfm;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/** Customers as points, and points as members of clusters. */
final class ClusterTransforms {

  private static final StructType NEAREST =
      new StructType()
          .add("cluster", DataTypes.IntegerType, false)
          .add("squared", DataTypes.DoubleType, false);

  private ClusterTransforms() {}

  /**
   * Customers with a purchase: {@code customer_id, monetary} and the features as doubles.
   *
   * @param features {@code customer_feature} of one as-of date
   */
  static Dataset<Row> customers(Dataset<Row> features, List<String> names, Rfm rfm) {
    List<Column> columns = new ArrayList<>();
    columns.add(col("customer_id"));
    columns.add(coalesce(col(rfm.monetary()).cast(DoubleType), lit(0.0)).as("monetary__order"));
    names.forEach(name -> columns.add(col(name).cast(DoubleType).as(name)));
    return features.filter(col(rfm.recency()).isNotNull()).select(columns.toArray(Column[]::new));
  }

  /**
   * One row: the number of customers, then for each feature mean, standard deviation and skewness
   * of the feature and of its signed logarithm.
   */
  static Dataset<Row> moments(Dataset<Row> customers, List<String> names) {
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      for (String transform : List.of(FeatureScale.NONE, FeatureScale.LOG1P)) {
        Column value = transformed(name, transform);
        columns.add(avg(value));
        columns.add(stddev_pop(value));
        columns.add(skewness(value));
      }
    }
    return customers.agg(count(lit(1)), columns.toArray(Column[]::new));
  }

  /**
   * Adds {@code point}: an array of the coordinates. An unknown feature has coordinate 0, the
   * population's mean.
   */
  static Dataset<Row> withPoint(Dataset<Row> customers, List<FeatureScale> scales) {
    Column[] coordinates =
        scales.stream()
            .map(
                scale ->
                    scale.deviation() == 0
                        ? lit(0.0)
                        : coalesce(
                            transformed(scale.feature(), scale.transform())
                                .minus(scale.mean())
                                .divide(scale.deviation()),
                            lit(0.0)))
            .toArray(Column[]::new);
    return customers.withColumn("point", array(coordinates));
  }

  /**
   * Adds {@code cluster}, the index of the nearest centre (of equally near ones the first), and
   * {@code distance}, Euclidean.
   *
   * @param points {@link #withPoint}
   * @param centers at least one
   */
  static Dataset<Row> withCluster(Dataset<Row> points, double[][] centers) {
    // A function, since centres written into an expression are new code to compile for each fit.
    UserDefinedFunction nearest =
        udf((UDF1<Seq<Double>, Row>) point -> nearest(point, centers), NEAREST);
    return points
        .withColumn("nearest", nearest.apply(col("point")))
        .withColumn("cluster", col("nearest.cluster"))
        .withColumn("distance", sqrt(col("nearest.squared")))
        .drop("nearest");
  }

  private static Row nearest(Seq<Double> point, double[][] centers) {
    int cluster = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < centers.length; i++) {
      double squared = 0;
      for (int j = 0; j < centers[i].length; j++) {
        double difference = point.apply(j) - centers[i][j];
        squared += difference * difference;
      }
      if (squared < least) {
        least = squared;
        cluster = i;
      }
    }
    return RowFactory.create(cluster, least);
  }

  /** Customers and squared distances by cluster: {@code cluster, customers, cost}. */
  static Dataset<Row> sizes(Dataset<Row> clustered) {
    return clustered
        .groupBy("cluster")
        .agg(
            count(lit(1)).as("customers"),
            sum(col("distance").multiply(col("distance"))).as("cost"));
  }

  /**
   * One row per cluster: {@code cluster, customers}, mean amount spent, then for each feature its
   * mean and the mean of its coordinate.
   */
  static Dataset<Row> profile(Dataset<Row> clustered, List<String> names) {
    List<Column> columns = new ArrayList<>();
    columns.add(avg("monetary__order"));
    for (int i = 0; i < names.size(); i++) {
      columns.add(avg(names.get(i)));
      columns.add(avg(col("point").getItem(i)));
    }
    return clustered
        .groupBy("cluster")
        .agg(count(lit(1)).as("customers"), columns.toArray(Column[]::new));
  }

  /** Partitions that depend on the number of customers alone, so that a fit does too. */
  static Dataset<Row> inFixedOrder(Dataset<Row> points, long total) {
    int partitions = (int) Math.max(2, (total + 49_999) / 50_000);
    return points.repartition(partitions, col("customer_id")).sortWithinPartitions("customer_id");
  }

  private static Column transformed(String name, String transform) {
    Column value = col(name);
    return transform.equals(FeatureScale.LOG1P) ? signum(value).multiply(log1p(abs(value))) : value;
  }
}

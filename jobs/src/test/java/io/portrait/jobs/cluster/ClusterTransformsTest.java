package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.ShippedScores;
import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ClusterTransformsTest {

  @Test
  void takesCustomersWithAPurchase(SparkSession spark) {
    Dataset<Row> features =
        spark.sql(
            "SELECT * FROM VALUES ('a', 3L, 10.50BD, 2L, 7), ('b', NULL, 0BD, NULL, 7),"
                + " ('c', 1L, NULL, NULL, 7)"
                + " AS t(customer_id, days_since_last_order, order_amount, x, y)");

    assertThat(
            ClusterTransforms.customers(features, List.of("x"), ShippedScores.load().rfm())
                .collectAsList())
        .containsExactly(RowFactory.create("a", 10.5, 2.0), RowFactory.create("c", 0.0, null));
  }

  /** 0 0 0 4: mean 1, variance 3, skewness 1.1547. Of the logarithms: ln 5 / 4, and the same. */
  @Test
  void measuresEachFeatureAndItsLogarithm(SparkSession spark) {
    Dataset<Row> customers =
        spark.sql("SELECT * FROM VALUES (0D, 1D), (0D, 1D), (0D, 1D), (4D, NULL) AS t(x, y)");

    Row moments = ClusterTransforms.moments(customers, List.of("x", "y")).head();

    assertThat(moments.getLong(0)).isEqualTo(4);
    assertThat(moments.getDouble(1)).isEqualTo(1);
    assertThat(moments.getDouble(2)).isCloseTo(Math.sqrt(3), within(1e-12));
    assertThat(moments.getDouble(3)).isCloseTo(2 / Math.sqrt(3), within(1e-12));
    assertThat(moments.getDouble(4)).isCloseTo(Math.log(5) / 4, within(1e-12));
    assertThat(moments.getDouble(7)).isEqualTo(1);
    assertThat(moments.getDouble(8)).isZero();
  }

  @Test
  void standardisesAndReadsUnknownAsTheMean(SparkSession spark) {
    Dataset<Row> customers =
        spark.sql("SELECT * FROM VALUES (14D, 7D, -3D), (NULL, NULL, NULL) AS t(x, y, z)");
    List<FeatureScale> scales =
        List.of(
            new FeatureScale("x", "none", 10, 2),
            new FeatureScale("y", "none", 7, 0),
            new FeatureScale("z", "log1p", 0, 1));

    List<Row> points =
        ClusterTransforms.withPoint(customers, scales).select("point").collectAsList();

    assertThat(points.get(0).<Double>getList(0)).containsExactly(2.0, 0.0, -Math.log1p(3));
    assertThat(points.get(1).<Double>getList(0)).containsExactly(0.0, 0.0, 0.0);
  }

  @Test
  void assignsTheNearestCentreAndOfEquallyNearOnesTheFirst(SparkSession spark) {
    Dataset<Row> points =
        spark.sql(
            "SELECT * FROM VALUES ('a', array(3D, 4D)), ('tie', array(5D, 0D)), ('b', array(9D, 0D))"
                + " AS t(customer_id, point)");

    assertThat(
            ClusterTransforms.withCluster(points, new double[][] {{0, 0}, {10, 0}})
                .select("customer_id", "cluster", "distance")
                .collectAsList())
        .containsExactly(
            RowFactory.create("a", 0, 5.0),
            RowFactory.create("tie", 0, 5.0),
            RowFactory.create("b", 1, 1.0));
  }
}

package io.portrait.jobs.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ConnectedComponentsTest {

  private static final StructType EDGE = new StructType().add("a", "string").add("b", "string");

  @Test
  void findsNothingWithoutEdges(SparkSession spark) {
    ConnectedComponents.Result result = find(spark, List.of());

    assertThat(result.nodes().collectAsList()).isEmpty();
    assertThat(result.rounds()).isZero();
  }

  @Test
  void leavesOutSelfLoopsAndRepeatedEdges(SparkSession spark) {
    ConnectedComponents.Result result =
        find(spark, List.of(e("a", "a"), e("c", "b"), e("b", "c"), e("c", "b"), e("c", "c")));

    assertThat(result.nodes().collectAsList()).containsExactlyInAnyOrder(e("b", "b"), e("c", "b"));
  }

  @Test
  void tiesStarsWithoutARound(SparkSession spark) {
    ConnectedComponents.Result result =
        find(spark, List.of(e("a", "b"), e("a", "c"), e("d", "a"), e("x", "y")));

    assertThat(result.nodes().collectAsList())
        .containsExactlyInAnyOrder(
            e("a", "a"), e("b", "a"), e("c", "a"), e("d", "a"), e("x", "x"), e("y", "x"));
    assertThat(result.rounds()).isZero();
  }

  @Test
  void tiesAStarAroundItsGreatestNode(SparkSession spark) {
    ConnectedComponents.Result result = find(spark, List.of(e("z", "b"), e("z", "c"), e("z", "d")));

    assertThat(result.nodes().collectAsList())
        .containsExactlyInAnyOrder(e("b", "b"), e("c", "b"), e("d", "b"), e("z", "b"));
  }

  @Test
  void tiesLongChainsInLogarithmicRounds(SparkSession spark) {
    List<Integer> shuffled = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      shuffled.add(i);
    }
    List<Row> sorted = new ArrayList<>();
    for (int i = 0; i + 1 < 1000; i++) {
      sorted.add(e(node("s", shuffled.get(i)), node("s", shuffled.get(i + 1))));
    }
    Collections.shuffle(shuffled, new Random(5));
    List<Row> edges = new ArrayList<>(sorted);
    for (int i = 0; i + 1 < 1000; i++) {
      edges.add(e(node("r", shuffled.get(i)), node("r", shuffled.get(i + 1))));
    }

    ConnectedComponents.Result result = find(spark, edges);

    assertThat(result.nodes().collectAsList()).hasSize(2000);
    assertThat(result.nodes().filter("component = 's0000'").count()).isEqualTo(1000);
    assertThat(result.nodes().filter("component = 'r0000'").count()).isEqualTo(1000);
    assertThat(result.rounds()).isLessThanOrEqualTo(10);
  }

  @Test
  void tiesACycle(SparkSession spark) {
    List<Row> edges = new ArrayList<>();
    for (int i = 0; i < 37; i++) {
      edges.add(e(node("n", i), node("n", (i + 1) % 37)));
    }

    Dataset<Row> nodes = find(spark, edges).nodes();

    assertThat(nodes.count()).isEqualTo(37);
    assertThat(nodes.filter("component <> 'n0000'").collectAsList()).isEmpty();
  }

  @Test
  void agreesWithUnionFindOnRandomGraphs(SparkSession spark) {
    Random random = new Random(11);
    List<Row> edges = new ArrayList<>();
    for (int graph = 0; graph < 12; graph++) {
      int nodes = 5 + random.nextInt(300);
      int count = (int) (nodes * (0.3 + 0.1 * graph));
      for (int i = 0; i < count; i++) {
        edges.add(
            e(
                node("g" + (char) ('a' + graph), random.nextInt(nodes)),
                node("g" + (char) ('a' + graph), random.nextInt(nodes))));
      }
    }

    List<Row> found = find(spark, edges).nodes().collectAsList();

    assertThat(found).containsExactlyInAnyOrderElementsOf(unionFind(edges));
  }

  /** The plain way, for comparison: one row per node with an edge to another. */
  private static List<Row> unionFind(List<Row> edges) {
    Map<String, String> parents = new HashMap<>();
    for (Row edge : edges) {
      String a = root(parents, edge.getString(0));
      String b = root(parents, edge.getString(1));
      if (a.compareTo(b) < 0) {
        parents.put(b, a);
      } else if (b.compareTo(a) < 0) {
        parents.put(a, b);
      }
    }
    return edges.stream()
        .filter(edge -> !edge.getString(0).equals(edge.getString(1)))
        .flatMap(edge -> List.of(edge.getString(0), edge.getString(1)).stream())
        .distinct()
        .map(node -> e(node, root(parents, node)))
        .toList();
  }

  private static String root(Map<String, String> parents, String node) {
    String root = node;
    while (parents.containsKey(root)) {
      root = parents.get(root);
    }
    return root;
  }

  private static ConnectedComponents.Result find(SparkSession spark, List<Row> edges) {
    return ConnectedComponents.find(
        spark.createDataFrame(edges, EDGE), rows -> rows.localCheckpoint());
  }

  private static Row e(String a, String b) {
    return RowFactory.create(a, b);
  }

  private static String node(String graph, int number) {
    return String.format("%s%04d", graph, number);
  }
}

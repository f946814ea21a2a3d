package io.portrait.jobs.identify;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Connected components by alternating large-star and small-star (Kiveris et al., Connected
 * Components in MapReduce and Beyond, 2014).
 *
 * <p>Every round hangs nodes onto the smallest node that they can see, until each component is a
 * star around its smallest node. A path of n nodes takes about log2(n) rounds; a graph that
 * consists of stars takes none.
 */
final class ConnectedComponents {

  /** A node of the graph. */
  static final String NODE = "node";

  /** The smallest node of its component. */
  static final String COMPONENT = "component";

  /** Far above the logarithm of any number of nodes: more rounds are a bug. */
  private static final int MAX_ROUNDS = 200;

  private static final String CHILD = "child";
  private static final String PARENT = "parent";
  private static final String NEIGHBOUR = "neighbour";
  private static final String SMALLEST = "smallest";
  private static final String EDGE = "edge";

  private ConnectedComponents() {}

  /**
   * What was found.
   *
   * @param nodes {@code node, component}; one row per node that has an edge to another
   * @param rounds rounds that it took
   */
  record Result(Dataset<Row> nodes, int rounds) {}

  /**
   * Finds the components.
   *
   * @param edges undirected: two columns of one type that can be ordered, the ends of an edge; an
   *     edge may come twice, in both directions, and from a node to itself
   * @param keep computes a frame once and cuts its lineage; called once a round
   */
  static Result find(Dataset<Row> edges, UnaryOperator<Dataset<Row>> keep) {
    Column one = col(edges.columns()[0]);
    Column other = col(edges.columns()[1]);
    Dataset<Row> current =
        keep.apply(
            edges
                .filter(one.notEqual(other))
                .select(greatest(one, other).as(CHILD), least(one, other).as(PARENT))
                .distinct());
    int rounds = 0;
    while (!isStars(current)) {
      if (++rounds > MAX_ROUNDS) {
        throw new IllegalStateException("No end after " + MAX_ROUNDS + " rounds");
      }
      current = keep.apply(smallStar(largeStar(current)));
    }
    Dataset<Row> leaves = current.select(col(CHILD).as(NODE), col(PARENT).as(COMPONENT));
    Dataset<Row> roots = current.select(col(PARENT).as(NODE), col(PARENT).as(COMPONENT)).distinct();
    return new Result(leaves.union(roots), rounds);
  }

  /** Hangs the greater neighbours of every node onto the smallest of its neighbours and itself. */
  private static Dataset<Row> largeStar(Dataset<Row> edges) {
    return bothWays(edges)
        .withColumn(SMALLEST, min(NEIGHBOUR).over(Window.partitionBy(NODE)))
        .filter(col(NEIGHBOUR).gt(col(NODE)))
        .select(col(NEIGHBOUR).as(CHILD), least(col(SMALLEST), col(NODE)).as(PARENT));
  }

  /** Hangs every node and its smaller neighbours onto the smallest of them. */
  private static Dataset<Row> smallStar(Dataset<Row> edges) {
    Column smallest = col(SMALLEST).as(PARENT);
    return edges
        .repartition(col(CHILD))
        .distinct()
        .withColumn(SMALLEST, min(PARENT).over(Window.partitionBy(CHILD)))
        .select(
            explode(
                    array(
                        struct(col(CHILD).as(CHILD), smallest),
                        struct(col(PARENT).as(CHILD), smallest)))
                .as(EDGE))
        .select(EDGE + "." + CHILD, EDGE + "." + PARENT)
        .filter(col(CHILD).notEqual(col(PARENT)))
        .distinct();
  }

  /**
   * Whether every component is a star around its smallest node: no node with a smaller neighbour
   * has a second neighbour.
   */
  private static boolean isStars(Dataset<Row> edges) {
    return bothWays(edges)
        .groupBy(NODE)
        .agg(min(NEIGHBOUR).as(SMALLEST), count(lit(1)).as(NEIGHBOUR))
        .filter(col(SMALLEST).lt(col(NODE)).and(col(NEIGHBOUR).gt(1)))
        .isEmpty();
  }

  private static Dataset<Row> bothWays(Dataset<Row> edges) {
    return edges
        .select(
            explode(
                    array(
                        struct(col(CHILD).as(NODE), col(PARENT).as(NEIGHBOUR)),
                        struct(col(PARENT).as(NODE), col(CHILD).as(NEIGHBOUR))))
                .as(EDGE))
        .select(EDGE + "." + NODE, EDGE + "." + NEIGHBOUR);
  }
}

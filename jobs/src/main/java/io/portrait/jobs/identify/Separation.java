package io.portrait.jobs.identify;

import static io.portrait.jobs.identify.ConnectedComponents.COMPONENT;
import static io.portrait.jobs.identify.ConnectedComponents.NODE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.portrait.jobs.identify.Decisions.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Cuts groups of accounts in which two are that must not be one person.
 *
 * <p>Such a group is put together again from the surest tie to the weakest: decisions of people,
 * then shared identifiers, then likely links by falling probability, ties in these by the accounts'
 * keys. A tie that would bring two together that must stay apart is left out. So the weakest ties
 * between them are cut, and the others stay.
 */
final class Separation {

  /** One end of an edge. */
  static final String ONE = "one";

  /** The other end of an edge. */
  static final String OTHER = "other";

  /** How sure a decision is. */
  static final double DECISION = 3;

  /** How sure a shared identifier is: more than any probability. */
  static final double IDENTIFIER = 2;

  private static final String STRENGTH = "strength";

  private static final StructType NODES =
      StructType.fromDDL(NODE + " string, " + COMPONENT + " string");

  private Separation() {}

  /**
   * Gives edges one strength.
   *
   * @param edges two columns, the ends of an edge
   */
  static Dataset<Row> certain(Dataset<Row> edges, double strength) {
    return edges.toDF(ONE, OTHER).withColumn(STRENGTH, lit(strength));
  }

  /**
   * Takes the pairs of {@code silver/account_link} that are links, as strong as they are likely.
   */
  static Dataset<Row> likely(Dataset<Row> links) {
    return links
        .filter(col("is_link"))
        .select(
            col("account_key").as(ONE),
            col("other_account_key").as(OTHER),
            col("match_probability").as(STRENGTH));
  }

  /**
   * Cuts the components that hold a forbidden pair; without such pairs nothing is computed.
   *
   * @param nodes {@code node, component}
   * @param edges {@code one, other, strength}
   * @param forbidden pairs that must not share a component
   * @param keep computes a frame once
   * @return {@code node, component}; an account that is left alone may be missing
   */
  static Dataset<Row> separate(
      Dataset<Row> nodes,
      Dataset<Row> edges,
      List<Pair> forbidden,
      UnaryOperator<Dataset<Row>> keep) {
    if (forbidden.isEmpty()) {
      return nodes;
    }
    Dataset<Row> wrong = findWrong(nodes, forbidden);
    Dataset<Row> torn =
        edges
            .join(nodes, col(ONE).equalTo(col(NODE)))
            .join(wrong, COMPONENT)
            .select(COMPONENT, ONE, OTHER, STRENGTH)
            .groupByKey((MapFunction<Row, String>) row -> row.getString(0), Encoders.STRING())
            .flatMapGroups(
                (FlatMapGroupsFunction<String, Row, Row>)
                    (component, rows) -> regroup(rows, forbidden),
                Encoders.row(NODES));
    Dataset<Row> whole =
        nodes
            .join(
                wrong.select(col(COMPONENT).as("wrong")),
                col(COMPONENT).equalTo(col("wrong")),
                "left_anti")
            .select(NODE, COMPONENT);
    return keep.apply(whole.unionByName(torn));
  }

  /** Out: {@code component} of those that hold both accounts of a forbidden pair. */
  private static Dataset<Row> findWrong(Dataset<Row> nodes, List<Pair> forbidden) {
    StructType type = StructType.fromDDL("one string, other string");
    Dataset<Row> pairs =
        nodes
            .sparkSession()
            .createDataFrame(
                forbidden.stream().map(p -> RowFactory.create(p.one(), p.other())).toList(), type);
    Dataset<Row> first = nodes.select(col(NODE).as(ONE), col(COMPONENT));
    Dataset<Row> second = nodes.select(col(NODE).as(OTHER), col(COMPONENT).as("other_component"));
    return pairs
        .join(first, ONE)
        .join(second, OTHER)
        .filter(col(COMPONENT).equalTo(col("other_component")))
        .select(COMPONENT)
        .distinct();
  }

  /** Puts one component together again; a group is named by its smallest account. */
  private static Iterator<Row> regroup(Iterator<Row> rows, List<Pair> forbidden) {
    List<Row> edges = new ArrayList<>();
    rows.forEachRemaining(edges::add);
    edges.sort(
        Comparator.comparing((Row edge) -> -edge.getDouble(3))
            .thenComparing(edge -> smaller(edge))
            .thenComparing(edge -> greater(edge)));
    Map<String, TreeSet<String>> groups = new HashMap<>();
    for (Row edge : edges) {
      groups.putIfAbsent(edge.getString(1), new TreeSet<>(Set.of(edge.getString(1))));
      groups.putIfAbsent(edge.getString(2), new TreeSet<>(Set.of(edge.getString(2))));
    }
    List<Pair> inside =
        forbidden.stream()
            .filter(pair -> groups.containsKey(pair.one()) && groups.containsKey(pair.other()))
            .toList();
    for (Row edge : edges) {
      TreeSet<String> one = groups.get(edge.getString(1));
      TreeSet<String> other = groups.get(edge.getString(2));
      if (one != other && inside.stream().noneMatch(pair -> meets(pair, one, other))) {
        one.addAll(other);
        other.forEach(account -> groups.put(account, one));
      }
    }
    return groups.entrySet().stream()
        .map(entry -> RowFactory.create(entry.getKey(), entry.getValue().first()))
        .collect(Collectors.toList())
        .iterator();
  }

  private static boolean meets(Pair pair, Set<String> one, Set<String> other) {
    return (one.contains(pair.one()) && other.contains(pair.other()))
        || (one.contains(pair.other()) && other.contains(pair.one()));
  }

  private static String smaller(Row edge) {
    String one = edge.getString(1);
    String other = edge.getString(2);
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static String greater(Row edge) {
    String one = edge.getString(1);
    String other = edge.getString(2);
    return one.compareTo(other) <= 0 ? other : one;
  }
}

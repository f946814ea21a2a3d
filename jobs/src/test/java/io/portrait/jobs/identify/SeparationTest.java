package io.portrait.jobs.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.identify.Decisions.Pair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SeparationTest {

  @Test
  void cutsTheWeakestTiesBetweenThoseThatMustStayApart(SparkSession spark) {
    Dataset<Row> edges =
        spark.createDataFrame(
            List.of(
                // A chain a - b - c - d whose middle is weakest.
                edge("a", "b", Separation.IDENTIFIER),
                edge("b", "c", 0.96),
                edge("c", "d", 0.99),
                // Equal ties: those of the smaller keys come first.
                edge("g", "e", 0.99),
                edge("f", "e", 0.99),
                // A decision beats an identifier.
                edge("h", "i", Separation.IDENTIFIER),
                edge("j", "i", Separation.DECISION),
                // Nothing is wrong here.
                edge("x", "y", 0.97)),
            StructType.fromDDL("one string, other string, strength double"));
    Dataset<Row> nodes =
        ConnectedComponents.find(edges.select("one", "other"), rows -> rows).nodes();

    Map<String, String> groups = new TreeMap<>();
    Separation.separate(
            nodes,
            edges,
            List.of(new Pair("d", "a"), new Pair("f", "g"), new Pair("j", "h"), new Pair("x", "?")),
            rows -> rows)
        .collectAsList()
        .forEach(row -> groups.put(row.getString(0), row.getString(1)));

    assertThat(groups.toString())
        .isEqualTo("{a=a, b=a, c=c, d=c, e=e, f=e, g=g, h=h, i=i, j=i, x=x, y=x}");
  }

  @Test
  void leavesGroupsAloneWithoutDecisions(SparkSession spark) {
    Dataset<Row> nodes =
        spark.createDataFrame(
            List.of(RowFactory.create("a", "a")),
            StructType.fromDDL("node string, component string"));

    assertThat(Separation.separate(nodes, nodes, List.of(), rows -> rows)).isSameAs(nodes);
  }

  private static Row edge(String one, String other, double strength) {
    return RowFactory.create(one, other, strength);
  }
}

package io.portrait.common.transform;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.ScoreTables;
import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ReasonTextsTest {

  @Test
  void namesWhatRaisesThenWhatLowersWithSignAndOneDecimal(SparkSession spark) {
    assertThat(texts(scores(spark, ""), ""))
        .containsExactly("+12.3 Sales; +8.0 Credit; -5.1 Income", "+0.1 extra", "");
    assertThat(texts(scores(spark, ScoreTables.OPEN_PREFIX), ScoreTables.OPEN_PREFIX).get(0))
        .isEqualTo("+12.3 Sales; +8.0 Credit; -5.1 Income");
  }

  /** Of the second row one effect would show as 0.0, and one has no title. */
  private static Dataset<Row> scores(SparkSession spark, String prefix) {
    StringBuilder columns = new StringBuilder("position int");
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= 3; i++) {
        String name = prefix + direction + "_" + i;
        columns.append(", ").append(name).append("_code string, ");
        columns.append(name).append("_points double");
      }
    }
    return spark.createDataFrame(
        List.of(
            row(1, "sales", 12.34, "credit", 8.0, null, null, "income", -5.06, null, null),
            row(2, "extra", 0.05, "credit", 0.049, null, null, "income", -0.049, null, null),
            row(3, null, null, null, null, null, null, null, null, null, null)),
        StructType.fromDDL(columns.toString()));
  }

  private static Row row(Object... values) {
    Object[] all = new Object[13];
    System.arraycopy(values, 0, all, 0, values.length);
    return RowFactory.create(all);
  }

  private static List<String> texts(Dataset<Row> scores, String prefix) {
    Column titles = expr("map('sales', 'Sales', 'credit', 'Credit', 'income', 'Income')");
    return scores
        .orderBy("position")
        .select(ReasonTexts.join(ReasonTexts.shown(prefix), titles))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}

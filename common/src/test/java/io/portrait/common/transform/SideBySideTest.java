package io.portrait.common.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SideBySideTest {

  @Test
  void keepsEveryRowOfTheFirstTableAndTheOrderOfColumns(SparkSession spark) {
    Dataset<Row> first = json(spark, "b string, id int, c int", "{b:'x', id:1, c:5}", "{id:2}");
    Dataset<Row> second = json(spark, "id int, `a b` string", "{id:1, 'a b':'y'}", "{id:3}");
    Dataset<Row> empty = json(spark, "id int, d int");
    Dataset<Row> keyAlone = json(spark, "id int", "{id:2}");

    Dataset<Row> joined = SideBySide.join(first, List.of(second, empty, keyAlone), "id");

    assertThat(joined.columns()).containsExactly("b", "id", "c", "a b", "d");
    assertThat(joined.orderBy("id").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[x,1,5,y,null]", "[null,2,null,null,null]");
  }

  private static Dataset<Row> json(SparkSession spark, String schema, String... rows) {
    return spark
        .read()
        .schema(schema)
        .option("allowUnquotedFieldNames", true)
        .json(spark.createDataset(List.of(rows), Encoders.STRING()));
  }
}

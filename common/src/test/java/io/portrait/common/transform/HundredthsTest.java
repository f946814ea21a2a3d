package io.portrait.common.transform;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class HundredthsTest {

  @Test
  void partsCustomersIntoHundredths(SparkSession spark) {
    Dataset<Row> customers =
        spark
            .range(201)
            .selectExpr("id", "IF(id = 200, NULL, CAST(id AS DECIMAL(18, 2))) AS value");
    List<Double> cuts = Hundredths.read(Hundredths.cuts(customers, col("value")).head());

    assertThat(cuts).hasSize(99).startsWith(1.99).isSorted();
    assertThat(
            customers
                .select(col("id"), Hundredths.of(col("value"), cuts))
                .filter("id IN (0, 1, 2, 100, 199, 200)")
                .orderBy("id")
                .collectAsList())
        .containsExactly(
            RowFactory.create(0L, 1),
            RowFactory.create(1L, 1),
            RowFactory.create(2L, 2),
            RowFactory.create(100L, 51),
            RowFactory.create(199L, 100),
            RowFactory.create(200L, null));
  }

  @Test
  void hasNoCutsWithoutValues(SparkSession spark) {
    Dataset<Row> nobody = spark.sql("SELECT CAST(NULL AS DOUBLE) AS value FROM range(3)");

    assertThat(Hundredths.read(Hundredths.cuts(nobody, col("value")).head())).isEmpty();
    assertThat(nobody.select(Hundredths.of(col("value"), List.of())).distinct().collectAsList())
        .containsExactly(RowFactory.create((Object) null));
  }
}

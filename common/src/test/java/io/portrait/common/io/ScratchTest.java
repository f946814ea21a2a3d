package io.portrait.common.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ScratchTest {

  @TempDir private Path warehouse;

  @Test
  void keepsRowsUntilItIsClosed(SparkSession spark) {
    try (Scratch scratch = Scratch.open(spark, warehouse.toString(), "run-step")) {
      Dataset<Row> none = scratch.keep(spark.sql("SELECT 1 AS one WHERE false"));
      Dataset<Row> two =
          scratch.keep(spark.sql("SELECT * FROM VALUES (1, 'a'), (2, NULL) t(n, s)"));

      assertThat(none.collectAsList()).isEmpty();
      assertThat(none.columns()).containsExactly("one");
      assertThat(two.collectAsList())
          .containsExactlyInAnyOrder(RowFactory.create(1, "a"), RowFactory.create(2, null));
      assertThat(two.inputFiles()).isNotEmpty();
    }

    assertThat(warehouse.resolve("ops/scratch/run-step")).doesNotExist();
  }

  @Test
  void startsEmptyAfterACrash(SparkSession spark) {
    Scratch.open(spark, warehouse.toString(), "run-step").keep(spark.sql("SELECT 1 AS one"));

    try (Scratch scratch = Scratch.open(spark, warehouse.toString(), "run-step")) {
      assertThat(scratch.keep(spark.sql("SELECT 2 AS one")).collectAsList())
          .containsExactly(RowFactory.create(2));
    }
  }
}

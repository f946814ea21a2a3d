package io.portrait.common.io;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class TablesTest {

  private static final String PATH = "silver/number";

  private static final TableSchema NUMBER =
      TableSchema.table(Layer.SILVER, "number", "One row per number.")
          .key("number", LongType, "Number", "數", "0 or more.")
          .required("square", LongType, "", "Square", "平方", "The number times itself.")
          .build();

  @TempDir private Path warehouse;
  private SparkSession spark;
  private Tables tables;

  @BeforeEach
  void open(SparkSession session) {
    spark = session;
    tables = new Tables(session, warehouse.toString());
  }

  @Test
  void letsAColumnBeNullThatTheContractHasMadeOptional() {
    tables.append(NUMBER, Rows.of(spark, NUMBER, row(1, 1)));
    TableSchema loosened =
        TableSchema.table(NUMBER.layer(), NUMBER.name(), NUMBER.comment())
            .key("number", LongType, "N", "數", "Number.")
            .optional("square", LongType, "", "S", "方", "Its square.")
            .build();

    tables.append(loosened, Rows.of(spark, loosened, "{\"number\": 2}"));

    assertThat(contents()).containsExactly("1,1", "2,null");
  }

  @Test
  void tellsHowManyRowsEachWayOfWritingWrote() {
    assertThat(tables.append(NUMBER, Rows.of(spark, NUMBER, row(1, 1), row(2, 4)))).isEqualTo(2);
    assertThat(tables.append(NUMBER, Rows.of(spark, NUMBER, row(3, 9)))).isEqualTo(1);
    assertThat(tables.replaceWhere(NUMBER, Rows.of(spark, NUMBER, row(3, 8)), "number = 3"))
        .isEqualTo(1);
    assertThat(contents()).containsExactly("1,1", "2,4", "3,8");
    assertThat(tables.overwrite(NUMBER, Rows.of(spark, NUMBER, row(5, 25)))).isEqualTo(1);
    assertThat(contents()).containsExactly("5,25");
    assertThat(tables.rowsWritten()).isEqualTo(5);
  }

  @Test
  void countsWhatAMergeAddsAndReplacesAndNothingWhenItChangesNothing() {
    tables.append(NUMBER, Rows.of(spark, NUMBER, row(1, 0), row(2, 4), row(3, 0), row(4, 0)));
    long before = tables.version(NUMBER);

    // One is deleted, one replaced, one the same, one new and wanted, one new and not wanted.
    assertThat(
            tables.merge(
                NUMBER,
                Rows.of(spark, NUMBER, row(1, 1), row(2, 4), row(4, -1), row(5, 25), row(6, -1)),
                "s.square = -1",
                "s.square <> t.square",
                "s.square >= 0"))
        .isEqualTo(2);
    assertThat(contents()).containsExactly("1,1", "2,4", "3,0", "5,25");
    assertThat(tables.version(NUMBER)).isEqualTo(before + 1);

    // Delta commits nothing here; the commit before must not be counted again.
    assertThat(
            tables.merge(
                NUMBER,
                Rows.of(spark, NUMBER, row(1, 1), row(6, -1)),
                null,
                "s.square <> t.square",
                "s.square >= 0"))
        .isZero();
    assertThat(tables.versionsWritten()).isEqualTo(Map.of(PATH, tables.version(NUMBER)));
    assertThat(contents()).containsExactly("1,1", "2,4", "3,0", "5,25");
  }

  @Test
  void mergesToTheLeastOfBothAndTakesNullForNone() {
    TableSchema sighting =
        TableSchema.table(Layer.SILVER, "sighting", "One row per number.")
            .key("number", LongType, "Number", "數", "0 or more.")
            .optional("first", LongType, "", "First", "首", "Least so far.")
            .optional("batch", LongType, "", "Batch", "批", "Least so far.")
            .build();
    tables.mergeLeast(
        sighting,
        Rows.of(
            spark,
            sighting,
            "{\"number\": 1, \"first\": 5, \"batch\": 2}",
            "{\"number\": 2, \"batch\": 2}",
            "{\"number\": 3, \"first\": 5, \"batch\": 2}"),
        List.of("first", "batch"));

    tables.mergeLeast(
        sighting,
        Rows.of(
            spark,
            sighting,
            "{\"number\": 1, \"first\": 4, \"batch\": 3}",
            "{\"number\": 2, \"first\": 9, \"batch\": 1}",
            "{\"number\": 3, \"batch\": 3}",
            "{\"number\": 4, \"batch\": 3}"),
        List.of("first", "batch"));

    assertThat(tables.read(sighting).orderBy("number").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,4,2]", "[2,9,1]", "[3,5,2]", "[4,null,3]");
  }

  @Test
  void readsOneStateWhateverOthersWrite() {
    tables.append(NUMBER, Rows.of(spark, NUMBER, row(1, 1)));
    Tables reader = new Tables(spark, warehouse.toString());
    assertThat(reader.read(NUMBER).count()).isEqualTo(1);

    tables.append(NUMBER, Rows.of(spark, NUMBER, row(2, 4)));

    assertThat(reader.read(NUMBER).count()).isEqualTo(1);
    assertThat(reader.versionsRead()).isEqualTo(Map.of(PATH, tables.version(NUMBER) - 1));
    assertThat(new Tables(spark, warehouse.toString()).read(NUMBER).count()).isEqualTo(2);
  }

  @Test
  void showsAReaderTheOldRowsOrTheNewWhileTheyAreReplaced() throws Exception {
    replaceAll(0);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer =
          other.submit(
              () -> {
                for (int square = 1; square <= 10; square++) {
                  replaceAll(square);
                }
              });
      Set<Long> seen = new TreeSet<>();
      do {
        List<Row> states =
            new Tables(spark, warehouse.toString())
                .read(NUMBER)
                .groupBy("square")
                .count()
                .collectAsList();
        assertThat(states).hasSize(1);
        assertThat(states.get(0).getLong(1)).isEqualTo(1000);
        seen.add(states.get(0).getLong(0));
      } while (!writer.isDone());
      writer.get();
      assertThat(seen).hasSizeGreaterThan(1);
    } finally {
      other.shutdownNow();
    }
  }

  private void replaceAll(long square) {
    tables.overwrite(NUMBER, spark.range(1000).selectExpr("id AS number", square + "L AS square"));
  }

  @Test
  void saysWhichTableIsMissing() {
    assertThatThrownBy(() -> tables.read(NUMBER))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("There is no table silver/number in the warehouse " + warehouse);
    assertThat(tables.readOrEmpty(NUMBER).collectAsList()).isEmpty();
    assertThat(tables.versionsRead()).isEqualTo(Map.of(PATH, -1L));
    assertThat(tables.bytes(NUMBER)).isZero();
  }

  @Test
  void compilesQueriesFromTheFirstLargeTableOn() {
    tables.append(NUMBER, Rows.of(spark, NUMBER, row(1, 1)));
    TableSchema large =
        TableSchema.table(Layer.SILVER, "large", "One row per number.")
            .key("number", LongType, "Number", "數", "Any.")
            .build();
    tables.append(large, spark.range(500_000).selectExpr("xxhash64(id) AS number"));
    assertThat(tables.bytes(large)).isGreaterThan(QueryMode.LARGE_BYTES);

    QueryMode.interpret(spark);
    assertThat(tables.read(NUMBER).count()).isEqualTo(1);
    assertThat(mode()).isEqualTo("NO_CODEGEN");
    assertThat(tables.read(large).count()).isEqualTo(500_000);
    assertThat(mode()).isEqualTo("FALLBACK");
    QueryMode.interpret(spark);
    assertThat(mode()).isEqualTo("NO_CODEGEN");
  }

  private String mode() {
    return spark.conf().get("spark.sql.codegen.factoryMode");
  }

  private List<String> contents() {
    return new Tables(spark, warehouse.toString())
        .read(NUMBER).orderBy("number").collectAsList().stream()
            .map((Row row) -> row.mkString(","))
            .toList();
  }

  private static String row(long number, long square) {
    return String.format("{\"number\": %d, \"square\": %d}", number, square);
  }
}

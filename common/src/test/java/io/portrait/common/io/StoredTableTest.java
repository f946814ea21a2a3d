package io.portrait.common.io;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class StoredTableTest {

  private static final double WEEK = 7 * 24.0;

  private static final TableSchema NUMBER =
      TableSchema.table(Layer.SILVER, "number", "One row per number.")
          .key("number", LongType, "Number", "數", "0 or more.")
          .build();

  @Test
  void vacuumRemovesWhatAKilledWriterLeftLongAgoAlone(SparkSession spark, @TempDir Path warehouse)
      throws IOException {
    Tables tables = new Tables(spark, warehouse.toString());
    tables.append(NUMBER, Rows.of(spark, NUMBER, "{\"number\": 1}"));
    tables.overwrite(NUMBER, Rows.of(spark, NUMBER, "{\"number\": 2}"));
    StoredTable table = StoredTable.all(spark, warehouse.toString()).get(0);
    Path old = leave(warehouse, "old.parquet", 8);
    Path young = leave(warehouse, "young.parquet", 6);

    StoredTable.Purged first = table.vacuum(WEEK);
    StoredTable.Purged second = table.vacuum(WEEK);

    assertThat(first.files()).isEqualTo(1);
    assertThat(second.files()).isZero();
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    // Also the version before, which readers may still want.
    assertThat(table.hasNoHistory()).isFalse();
    assertThat(table.rows().head().getLong(0)).isEqualTo(2);
  }

  @Test
  void hasHistoryWhileTheLogTellsOfARemovedFile(SparkSession spark, @TempDir Path warehouse)
      throws IOException {
    Tables tables = new Tables(spark, warehouse.toString());
    tables.append(NUMBER, Rows.of(spark, NUMBER, "{\"number\": 1}"));
    StoredTable table = StoredTable.all(spark, warehouse.toString()).get(0);
    assertThat(table.hasNoHistory()).isTrue();
    String first = tables.read(NUMBER).inputFiles()[0];
    tables.overwrite(NUMBER, Rows.of(spark, NUMBER, "{\"number\": 2}"));
    // As VACUUM does when the file is old enough.
    Files.delete(Path.of(URI.create(first)));

    assertThat(table.hasNoHistory()).isFalse();
    table.purge();
    assertThat(table.hasNoHistory()).isTrue();
  }

  private static Path leave(Path warehouse, String name, int days) throws IOException {
    Path file = Files.writeString(warehouse.resolve("silver/number").resolve(name), "left");
    Instant time = Instant.now().minusMillis(TimeUnit.DAYS.toMillis(days));
    return Files.setLastModifiedTime(file, FileTime.from(time));
  }
}

package io.portrait.jobs.testing;

import io.portrait.common.table.Layer;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.types.StructField;
import org.assertj.core.api.AbstractAssert;

/** Asserts that a Delta table can be read by old and foreign readers, and explains itself. */
public final class PublishedTableAssert
    extends AbstractAssert<PublishedTableAssert, List<Snapshot>> {

  private PublishedTableAssert(List<Snapshot> snapshots) {
    super(snapshots, PublishedTableAssert.class);
  }

  /** All tables of the layers gold and gold_sensitive of a local warehouse; at least one. */
  public static PublishedTableAssert assertThatGoldOf(SparkSession spark, String warehouse) {
    return new PublishedTableAssert(
        Stream.of(Layer.GOLD, Layer.GOLD_SENSITIVE)
            .map(layer -> new File(warehouse, layer.folder()).listFiles(File::isDirectory))
            .flatMap(folders -> folders == null ? Stream.empty() : Stream.of(folders))
            .sorted()
            .map(folder -> snapshot(spark, folder.getPath()))
            .toList());
  }

  /** One table by its location. */
  public static PublishedTableAssert assertThatTable(SparkSession spark, String path) {
    return new PublishedTableAssert(List.of(snapshot(spark, path)));
  }

  /**
   * Fails unless every table is at reader 1 and writer 3 or less, has no deletion vectors, no
   * column mapping and no type that some reader lacks, and has comments on itself and all columns.
   */
  public PublishedTableAssert canBeReadEverywhere() {
    isNotNull();
    if (actual.isEmpty()) {
      failWithMessage("Expected Delta tables, found none");
    }
    List<String> problems = new ArrayList<>();
    actual.forEach(snapshot -> addProblems(snapshot, problems));
    if (!problems.isEmpty()) {
      failWithMessage(
          "Expected tables that every reader can read, but:%n%s",
          String.join(System.lineSeparator(), problems));
    }
    return this;
  }

  private static void addProblems(Snapshot snapshot, List<String> problems) {
    String table = snapshot.path().getParent().getName();
    int reader = snapshot.protocol().minReaderVersion();
    int writer = snapshot.protocol().minWriterVersion();
    if (reader != 1 || writer > 3) {
      problems.add(table + ": protocol is reader " + reader + ", writer " + writer);
    }
    if (Boolean.parseBoolean(property(snapshot, "delta.enableDeletionVectors", "false"))) {
      problems.add(table + ": deletion vectors are on");
    }
    if (!property(snapshot, "delta.columnMapping.mode", "none").equals("none")) {
      problems.add(table + ": column mapping is on");
    }
    if (snapshot.metadata().description() == null) {
      problems.add(table + ": the table has no comment");
    }
    for (StructField field : snapshot.schema().fields()) {
      String type = field.dataType().catalogString();
      if (type.matches("(timestamp_ntz|variant|map|struct|array|void|interval).*")) {
        problems.add(table + "." + field.name() + ": is of type " + type);
      }
      if (field.getComment().isEmpty() || field.getComment().get().isBlank()) {
        problems.add(table + "." + field.name() + ": has no comment");
      }
    }
  }

  private static String property(Snapshot snapshot, String key, String otherwise) {
    return snapshot.metadata().configuration().getOrElse(key, () -> otherwise);
  }

  private static Snapshot snapshot(SparkSession spark, String path) {
    return DeltaLog.forTable(spark, path).update(false, scala.Option.empty(), scala.Option.empty());
  }
}

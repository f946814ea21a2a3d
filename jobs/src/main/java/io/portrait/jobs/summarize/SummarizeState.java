package io.portrait.jobs.summarize;

import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entity;
import io.portrait.common.table.SummarizeStateTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** How far the rollups have come: {@link SummarizeStateTable}. */
final class SummarizeState {

  /** To be raised whenever the rollups' meaning changes: all months are rebuilt then. */
  private static final int DEFINITION = 1;

  private SummarizeState() {}

  /**
   * Reads the versions that the rollups contain.
   *
   * @return versions by entity; absent if the rollups cannot be continued: they are new, mean
   *     something else now, or a table stands at an older version than they have seen
   */
  static Optional<Map<Entity, Long>> read(JobContext context, List<Entity> inputs) {
    Map<String, Long> stored = new HashMap<>();
    for (Row row : context.tables().readOrEmpty(SummarizeStateTable.SCHEMA).collectAsList()) {
      if (row.<String>getAs(SummarizeStateTable.DEFINITION).equals(definition(context))) {
        stored.put(
            row.getAs(SummarizeStateTable.TABLE_NAME),
            row.getAs(SummarizeStateTable.TABLE_VERSION));
      }
    }
    Map<Entity, Long> versions = new HashMap<>();
    for (Entity entity : inputs) {
      Long version = stored.get(entity.silver().path());
      if (version == null || version > context.tables().version(entity.silver())) {
        return Optional.empty();
      }
      versions.put(entity, version);
    }
    return Optional.of(versions);
  }

  /** Keeps the versions that this run has read; the last that it writes. */
  static void write(JobContext context, List<Entity> inputs) {
    Map<String, Long> read = context.tables().versionsRead();
    List<Row> rows =
        inputs.stream()
            .map(entity -> entity.silver().path())
            .map(path -> RowFactory.create(path, read.get(path), definition(context)))
            .toList();
    context
        .tables()
        .overwrite(
            SummarizeStateTable.SCHEMA,
            context
                .spark()
                .createDataFrame(rows, SummarizeStateTable.SCHEMA.structType())
                .coalesce(1));
  }

  private static String definition(JobContext context) {
    return DEFINITION + " " + context.catalogue().deployment().timeZone().getId();
  }
}

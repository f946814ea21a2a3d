package io.portrait.common.io;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.table.RawTables;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Ingested batches, by source. */
public final class Batches {

  private final SortedMap<String, SortedSet<Long>> bySource = new TreeMap<>();

  /**
   * The batches that had rows of which bronze has none any more: they went by age, or were those of
   * erased persons. A batch that was empty from the start is none of them.
   */
  public static Batches gone(Tables tables) {
    return of(
        tables
            .readOrEmpty(RawTables.INGEST_FILE)
            .groupBy("source", "batch_id")
            .agg(sum("rows").as("rows"), sum(coalesce(col("rows_erased"), lit(0L))).as("erased"))
            .filter("rows > 0 AND rows = erased"));
  }

  /** The batches that rows with the columns {@code source} and {@code batch_id} name. */
  public static Batches of(Dataset<Row> rows) {
    Batches batches = new Batches();
    rows.select("source", "batch_id")
        .collectAsList()
        .forEach(row -> batches.add(row.getString(0), row.getLong(1)));
    return batches;
  }

  /** Adds a batch. */
  public void add(String source, long batch) {
    bySource.computeIfAbsent(source, key -> new TreeSet<>()).add(batch);
  }

  /** Whether the batch is one of these. */
  public boolean contains(String source, long batch) {
    return bySource.getOrDefault(source, new TreeSet<>()).contains(batch);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return bySource.isEmpty();
  }

  /** A condition over the columns {@code source} and {@code batch_id} that rows of these meet. */
  public String condition() {
    return bySource.entrySet().stream()
        .map(
            source ->
                String.format(
                    "(source = '%s' AND batch_id IN (%s))",
                    source.getKey(),
                    source.getValue().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))))
        .collect(Collectors.joining(" OR ", "(", isEmpty() ? "false)" : ")"));
  }
}

package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_keys;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import io.portrait.common.config.Source;
import io.portrait.common.config.Source.Format;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.Parallel;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Reads what is new in each source and appends it to {@code bronze/<source>} as received.
 *
 * <p>A batch counts once it stands in {@link RawTables#INGEST_FILE}, which is written last; a run
 * that was killed before leaves rows that the next run replaces, since it takes the same number.
 * Rows of erased people ({@link Suppression}) are counted and do not enter bronze.
 */
public final class IngestJob implements Job {

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public boolean hasAsOf() {
    return false;
  }

  @Override
  public boolean readsSources() {
    return true;
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    List<Row> known =
        tables
            .readOrEmpty(RawTables.INGEST_FILE)
            .select("source", "origin", "batch_id", "bytes", "modified_at", "watermark", "columns")
            .collectAsList();
    // One number for all sources, so that it tells the later of two rows of any of them.
    long batch = known.stream().mapToLong(row -> row.getLong(2)).max().orElse(0) + 1;
    List<Row> batches;
    try (Suppression suppression = Suppression.of(context)) {
      batches =
          Parallel.map(
                  context.spark(),
                  context.catalogue().sources(),
                  source ->
                      ingest(
                          context,
                          suppression,
                          source,
                          known.stream()
                              .filter(row -> row.getString(0).equals(source.name()))
                              .toList(),
                          batch))
              .stream()
              .flatMap(List::stream)
              .toList();
    }
    if (!batches.isEmpty()) {
      tables.append(
          RawTables.INGEST_FILE,
          context.spark().createDataFrame(batches, RawTables.INGEST_FILE.structType()).coalesce(1));
    }
  }

  /** Reads what is new in a source, and gives its lines for {@link RawTables#INGEST_FILE}. */
  private static List<Row> ingest(
      JobContext context, Suppression suppression, Source source, List<Row> known, long batch) {
    Optional<NewRows> found = newRows(context, source, known);
    try {
      return found
          .map(rows -> write(context, suppression, source, known, batch, rows))
          .orElse(List.of());
    } catch (Exception e) {
      // Spark throws checked exceptions without declaring them.
      if (JdbcReader.isReading(source, e)) {
        throw JdbcReader.unreadable(source, e);
      }
      throw e;
    }
  }

  /** The raw columns of a source as it stands, without reading its rows. */
  public static List<String> columns(SparkSession spark, Source source) {
    return new RawReader(spark, source).columns();
  }

  private static Optional<NewRows> newRows(JobContext context, Source source, List<Row> known) {
    if (source.format() == Format.JDBC) {
      JdbcReader reader = new JdbcReader(context.spark(), source);
      if (known.isEmpty()) {
        return Optional.of(reader.readAll());
      }
      // Rows of other batches were left by a run that ended before they counted.
      return source.watermark().isPresent()
          ? sinceWatermark(context, source, reader, known)
          : reader.readChanges(bronze(context, source, known));
    }
    Map<String, Row> latest = new HashMap<>();
    known.forEach(
        row -> latest.merge(row.getString(1), row, (a, b) -> a.getLong(2) > b.getLong(2) ? a : b));
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus file :
        RawFiles.list(context.spark().sparkContext().hadoopConfiguration(), source)) {
      NewRows.Origin origin = RawFiles.origin(file);
      Row before = latest.get(origin.name());
      if (before == null) {
        files.add(file);
      } else if (before.getLong(3) != origin.bytes()
          || !before.getTimestamp(4).equals(origin.modifiedAt())) {
        context
            .console()
            .warn(
                String.format(
                    "source %s: the file %s was rewritten since batch %d. It is read again: its new"
                        + " rows are added, rows that it no longer has stay.",
                    source.name(), origin.name(), before.getLong(2)));
        files.add(file);
      }
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new RawReader(context.spark(), source).read(files));
  }

  /** What a database has from the last watermark on and bronze has not. */
  private static Optional<NewRows> sinceWatermark(
      JobContext context, Source source, JdbcReader reader, List<Row> known) {
    Optional<String> last =
        known.stream()
            .max(Comparator.comparingLong(row -> row.getLong(2)))
            .map(row -> row.getString(5));
    if (last.isEmpty()) {
      return reader.readFromStart();
    }
    // No other batch has rows of this value.
    List<Row> reached = known.stream().filter(row -> last.get().equals(row.getString(5))).toList();
    Set<String> columns = new HashSet<>(reached.get(0).<String>getList(6));
    reached.forEach(row -> columns.retainAll(row.<String>getList(6)));
    return reader.readFrom(last.get(), bronze(context, source, reached), columns);
  }

  private static Dataset<Row> bronze(JobContext context, Source source, List<Row> batches) {
    return context
        .tables()
        .read(RawTables.bronze(source.name()))
        .filter(col("batch_id").isin(batches.stream().map(row -> row.getLong(2)).toArray()));
  }

  /** Writes a batch to bronze and gives its lines for the account. */
  private static List<Row> write(
      JobContext context,
      Suppression suppression,
      Source source,
      List<Row> known,
      long batch,
      NewRows rows) {
    TableSchema bronze = RawTables.bronze(source.name());
    Tables tables = context.tables();
    Dataset<Row> stamped =
        rows.rows().withColumn("source", lit(source.name())).withColumn("batch_id", lit(batch));
    Suppression.Outcome outcome = suppression.withhold(stamped, source, known, rows.columns());
    long size = tables.replaceWhere(bronze, outcome.rows(), "batch_id = " + batch);
    if (size == 0 && !outcome.withheld().isEmpty() && source.format() == Format.JDBC) {
      // A database shows them again every time: that is no batch.
      return List.of();
    }
    Map<String, Row> byOrigin = new HashMap<>();
    if (rows.origins().size() == 1 && rows.watermark().isEmpty() && !rows.columns().isEmpty()) {
      byOrigin.put(
          rows.origins().get(0).name(),
          RowFactory.create(rows.origins().get(0).name(), size, null, null));
    } else {
      countByOrigin(tables.read(bronze).filter(col("batch_id").equalTo(batch)), rows)
          .forEach(row -> byOrigin.put(row.getString(0), row));
    }
    List<Row> batches = new ArrayList<>();
    for (NewRows.Origin origin : rows.origins()) {
      Row counted = byOrigin.remove(origin.name());
      long kept = counted == null ? 0 : counted.getLong(1);
      long withheld = outcome.withheld().getOrDefault(origin.name(), 0L);
      long received = kept + withheld;
      if (received == 0 && origin.bytes() != null) {
        context
            .console()
            .warn(
                String.format(
                    "source %s: there is no row in the file %s.", source.name(), origin.name()));
      }
      context.counts().addIn(received);
      context.counts().addOut(kept);
      context.counts().addRejected(withheld);
      batches.add(
          RowFactory.create(
              source.name(),
              batch,
              origin.name(),
              origin.bytes(),
              origin.modifiedAt(),
              received,
              counted == null || counted.isNullAt(2) ? rows.columns() : counted.getList(2),
              counted == null ? null : counted.getString(3),
              Timestamp.from(Instant.now()),
              withheld == 0 ? null : withheld));
    }
    if (!byOrigin.isEmpty()) {
      throw new IllegalStateException(
          "Source "
              + source.name()
              + " has rows of files that were not listed: "
              + byOrigin.keySet());
    }
    return batches;
  }

  /** Rows of a batch by origin: their number, columns unless they are known, greatest watermark. */
  private static List<Row> countByOrigin(Dataset<Row> written, NewRows rows) {
    return written
        .groupBy("origin")
        .agg(
            count(lit(1)),
            rows.columns().isEmpty()
                ? coalesce(
                    array_distinct(flatten(collect_set(map_keys(col("row"))))), lit(new String[0]))
                : lit(null).cast("array<string>"),
            rows.watermark()
                .map(name -> greatest(col("row").getItem(name)))
                .orElse(lit(null).cast("string")))
        .collectAsList();
  }

  /** The greatest of some texts: as numbers if they are numbers, else as ISO dates or words. */
  private static Column greatest(Column text) {
    return coalesce(max_by(text, text.try_cast("decimal(38,9)")), max(text));
  }
}

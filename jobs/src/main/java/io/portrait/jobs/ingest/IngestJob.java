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
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    List<Row> batches = new ArrayList<>();
    for (Source source : context.catalogue().sources()) {
      List<Row> known =
          tables
              .readOrEmpty(RawTables.INGEST_FILE)
              .filter(col("source").equalTo(source.name()))
              .select("origin", "batch_id", "bytes", "modified_at", "watermark")
              .collectAsList();
      long batch = known.stream().mapToLong(row -> row.getLong(1)).max().orElse(0) + 1;
      Optional<NewRows> rows = newRows(context, source, known);
      if (rows.isPresent()) {
        batches.addAll(write(context, source, batch, rows.get()));
      }
    }
    if (!batches.isEmpty()) {
      tables.append(
          RawTables.INGEST_FILE,
          context.spark().createDataFrame(batches, RawTables.INGEST_FILE.structType()).coalesce(1));
    }
  }

  /** The raw columns of a source as it stands, without reading its rows. */
  public static List<String> columns(SparkSession spark, Source source) {
    return new RawReader(spark, source).columns();
  }

  private static Optional<NewRows> newRows(JobContext context, Source source, List<Row> known) {
    if (source.format() == Format.JDBC) {
      JdbcReader reader = new JdbcReader(context.spark(), source);
      return source.watermark().isPresent()
          ? reader.readAbove(
              known.stream()
                  .max(java.util.Comparator.comparingLong(row -> row.getLong(1)))
                  .map(row -> row.getString(4)))
          : reader.readChanges(
              known.isEmpty()
                  ? Optional.empty()
                  : Optional.of(context.tables().read(RawTables.bronze(source.name()))));
    }
    Map<String, Row> latest = new HashMap<>();
    known.forEach(
        row -> latest.merge(row.getString(0), row, (a, b) -> a.getLong(1) > b.getLong(1) ? a : b));
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus file :
        RawFiles.list(context.spark().sparkContext().hadoopConfiguration(), source)) {
      NewRows.Origin origin = RawFiles.origin(file);
      Row before = latest.get(origin.name());
      if (before == null) {
        files.add(file);
      } else if (before.getLong(2) != origin.bytes()
          || !before.getTimestamp(3).equals(origin.modifiedAt())) {
        context
            .console()
            .warn(
                String.format(
                    "source %s: the file %s was rewritten since batch %d. It is read again: its new"
                        + " rows are added, rows that it no longer has stay.",
                    source.name(), origin.name(), before.getLong(1)));
        files.add(file);
      }
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new RawReader(context.spark(), source).read(files));
  }

  /** Writes a batch to bronze and gives its lines for the account. */
  private static List<Row> write(JobContext context, Source source, long batch, NewRows rows) {
    TableSchema bronze = RawTables.bronze(source.name());
    Tables tables = context.tables();
    boolean first = !tables.exists(bronze);
    Dataset<Row> received =
        rows.rows().withColumn("source", lit(source.name())).withColumn("batch_id", lit(batch));
    if (first) {
      tables.append(bronze, received);
    } else {
      tables.replaceWhere(bronze, received, "batch_id = " + batch);
    }
    Dataset<Row> written = tables.read(bronze).filter(col("batch_id").equalTo(batch));
    boolean columnsKnown = !rows.columns().isEmpty();
    List<Row> counts =
        written
            .groupBy("origin")
            .agg(
                count(lit(1)),
                columnsKnown
                    ? lit(null).cast("array<string>")
                    : coalesce(
                        array_distinct(flatten(collect_set(map_keys(col("row"))))),
                        lit(new String[0])),
                rows.watermark()
                    .map(name -> greatest(col("row").getItem(name)))
                    .orElse(lit(null).cast("string")))
            .collectAsList();
    Map<String, Row> byOrigin = new HashMap<>();
    counts.forEach(row -> byOrigin.put(row.getString(0), row));
    List<Row> batches = new ArrayList<>();
    for (NewRows.Origin origin : rows.origins()) {
      Row counted = byOrigin.remove(origin.name());
      long size = counted == null ? 0 : counted.getLong(1);
      context.counts().addIn(size);
      context.counts().addOut(size);
      batches.add(
          RowFactory.create(
              source.name(),
              batch,
              origin.name(),
              origin.bytes(),
              origin.modifiedAt(),
              size,
              columnsKnown || counted == null ? rows.columns() : counted.getList(2),
              counted == null ? null : counted.getString(3),
              Timestamp.from(Instant.now())));
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

  /** The greatest of some texts: as numbers if they are numbers, else as ISO dates or words. */
  private static Column greatest(Column text) {
    return coalesce(max_by(text, text.try_cast("double")), max(text));
  }
}

package io.portrait.common.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import io.portrait.common.error.JobException;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaHistoryManager;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * Delta tables below one warehouse.
 *
 * <p>A table is created from its contract before the first write, so that NOT NULL and comments are
 * kept. A table is read at the version that it had when this object first met it, or last wrote it,
 * so that a job sees one state; the versions read and written are kept for the run log. Different
 * tables may be used by different threads.
 */
public final class Tables {

  private static final String AS_OF = "as_of";

  /** Table property: {@code minReaderVersion} 1 and {@code minWriterVersion} 2 for every reader. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "delta.minReaderVersion", "1",
          "delta.minWriterVersion", "2",
          "delta.enableDeletionVectors", "false");

  /** Also for a new table, which has nothing to replace: Delta would look for it at some cost. */
  private static final Mode APPEND = writer -> writer.mode(SaveMode.Append);

  private final SparkSession spark;
  private final String root;
  private final Map<String, Long> read = new ConcurrentHashMap<>();
  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final LongAdder rowsWritten = new LongAdder();

  /**
   * Makes an accessor that has met no table yet.
   *
   * @param root the warehouse, on any Hadoop file system
   */
  public Tables(SparkSession spark, String root) {
    this.spark = spark;
    this.root = root;
  }

  /** Whether the table has been created. */
  public boolean exists(TableSchema table) {
    return DeltaTable.isDeltaTable(spark, path(table));
  }

  /**
   * Reads a whole table and checks it against its contract.
   *
   * @throws JobException if there is no such table, a column is missing or has another type
   */
  public Dataset<Row> read(TableSchema table) {
    return table.conform(readAsStored(table));
  }

  /**
   * Reads a table with the columns that it has; for tables whose columns the catalogue declares.
   */
  public Dataset<Row> readAsStored(TableSchema table) {
    if (!exists(table)) {
      throw JobException.invalidConfig(
          "There is no table %s in the warehouse %s. Run the step that writes it first, or correct"
              + " --warehouse.",
          table.path(), root);
    }
    long version = read.computeIfAbsent(table.path(), key -> version(table));
    QueryMode.read(spark, bytes(table));
    return spark.read().format("delta").option("versionAsOf", version).load(path(table));
  }

  /** Reads a table, or gives an empty one of its contract if it has not been created. */
  public Dataset<Row> readOrEmpty(TableSchema table) {
    if (exists(table)) {
      return read(table);
    }
    read.putIfAbsent(table.path(), -1L);
    return spark.createDataFrame(List.of(), table.structType());
  }

  /** Reads the rows of one as-of date. */
  public Dataset<Row> readAsOf(TableSchema table, LocalDate asOf) {
    return readAsStored(table).filter(col(AS_OF).equalTo(lit(Date.valueOf(asOf))));
  }

  /** The latest as-of date of a table that is strictly before {@code asOf}. */
  public Optional<LocalDate> previousAsOf(TableSchema table, LocalDate asOf) {
    if (!exists(table)) {
      return Optional.empty();
    }
    Row row =
        readAsStored(table).filter(col(AS_OF).lt(lit(Date.valueOf(asOf)))).agg(max(AS_OF)).head();
    return Optional.ofNullable(row.getDate(0)).map(Date::toLocalDate);
  }

  /**
   * The rows that changed after a version, as Delta's change feed gives them ({@code _change_type},
   * {@code _commit_version}). The table needs {@code delta.enableChangeDataFeed}.
   */
  public Dataset<Row> changesAfter(TableSchema table, long version) {
    long latest = read.computeIfAbsent(table.path(), key -> version(table));
    if (latest <= version) {
      StructType struct =
          table.structType().add("_change_type", "string").add("_commit_version", "bigint");
      return spark.createDataFrame(List.of(), struct);
    }
    return spark
        .read()
        .format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", version + 1)
        .option("endingVersion", latest)
        .load(path(table));
  }

  /** The table's latest version, or -1 if it has not been created. */
  public long version(TableSchema table) {
    return version(table.path());
  }

  /** The latest version of the table at this path below the warehouse, or -1. */
  public long version(String tablePath) {
    return snapshot(tablePath).version();
  }

  /**
   * The table's compressed size; 0 if it has not been created, the greatest number if Delta has not
   * noted it.
   */
  public long bytes(TableSchema table) {
    return OptionConverters.toJava(snapshot(table.path()).sizeInBytesIfKnown())
        .map(size -> (Long) size)
        .orElse(version(table) < 0 ? 0 : Long.MAX_VALUE);
  }

  private Snapshot snapshot(String tablePath) {
    return DeltaLog.forTable(spark, root + "/" + tablePath)
        .update(false, scala.Option.empty(), scala.Option.empty());
  }

  /**
   * Adds rows.
   *
   * @return how many, from Delta's commit
   */
  public long append(TableSchema table, Dataset<Row> rows) {
    create(table);
    return write(table, rows, APPEND);
  }

  /**
   * Replaces all rows.
   *
   * @return how many there are now
   */
  public long overwrite(TableSchema table, Dataset<Row> rows) {
    boolean isNew = create(table);
    return write(table, rows, isNew ? APPEND : writer -> writer.mode(SaveMode.Overwrite));
  }

  /**
   * Replaces the rows that meet a condition and leaves the others alone, so that a rerun gives the
   * same table. Every new row must meet the condition.
   *
   * @return how many meet it now
   */
  public long replaceWhere(TableSchema table, Dataset<Row> rows, String condition) {
    boolean isNew = create(table);
    return write(
        table,
        rows,
        isNew
            ? APPEND
            : writer -> writer.mode(SaveMode.Overwrite).option("replaceWhere", condition));
  }

  /** Replaces the rows of one as-of date; every row must hold it in {@code as_of}. */
  public void replaceAsOf(TableSchema table, Dataset<Row> rows, LocalDate asOf) {
    replaceWhere(table, rows, String.format("%s = DATE'%s'", AS_OF, asOf));
  }

  /** Deletes the rows that meet a condition; nothing if the table has not been created. */
  public void delete(TableSchema table, String condition) {
    if (exists(table)) {
      long before = version(table);
      DeltaTable.forPath(spark, path(table)).delete(condition);
      noteWritten(table, before);
    }
  }

  /**
   * Deletes the files of earlier versions at once, so that nothing is left of what the table held.
   * Nobody may be reading an earlier version.
   */
  public void vacuum(TableSchema table) {
    // Delta guards against readers of the last seven days; the caller has made sure of them.
    String guard = "spark.databricks.delta.retentionDurationCheck.enabled";
    spark.conf().set(guard, "false");
    try {
      DeltaTable.forPath(spark, path(table)).vacuum(0);
    } finally {
      spark.conf().unset(guard);
    }
    noteWritten(table, version(table));
  }

  /**
   * Merges rows by the table's key: {@code t} is the stored row, {@code s} the new one. There is at
   * most one new row of a key.
   *
   * @param deleteWhen condition under which a matched row is deleted, or null
   * @param updateWhen condition under which a matched row is replaced, or null
   * @param insertWhen condition under which an unmatched row is added, or null for always
   * @return how many were added or replaced
   */
  public long merge(
      TableSchema table,
      Dataset<Row> rows,
      String deleteWhen,
      String updateWhen,
      String insertWhen) {
    return merge(table, rows, deleteWhen, updateWhen, newValues(table), insertWhen);
  }

  /**
   * Merges rows by the table's key, and keeps of some columns the least that the stored row and the
   * new one have; null is more than any value. The other columns of a stored row stay. There is at
   * most one new row of a key.
   *
   * @return how many were added or replaced
   */
  public long mergeLeast(TableSchema table, Dataset<Row> rows, List<String> columns) {
    String isLess =
        columns.stream()
            .map(
                c -> String.format("s.%1$s < t.%1$s OR (t.%1$s IS NULL AND s.%1$s IS NOT NULL)", c))
            .collect(Collectors.joining(" OR "));
    Map<String, String> least =
        columns.stream()
            .collect(Collectors.toMap(c -> c, c -> String.format("least(t.%1$s, s.%1$s)", c)));
    return merge(table, rows, null, isLess, least, null);
  }

  private static Map<String, String> newValues(TableSchema table) {
    return table.columnNames().stream().collect(Collectors.toMap(c -> c, c -> "s." + c));
  }

  private long merge(
      TableSchema table,
      Dataset<Row> rows,
      String deleteWhen,
      String updateWhen,
      Map<String, String> updated,
      String insertWhen) {
    if (create(table)) {
      Dataset<Row> all = rows.as("s");
      return write(table, insertWhen == null ? all : all.filter(insertWhen), APPEND);
    }
    String match =
        table.key().stream().map(k -> "t." + k + " = s." + k).collect(Collectors.joining(" AND "));
    long before = version(table);
    var merge = DeltaTable.forPath(spark, path(table)).as("t").merge(rows.as("s"), match);
    if (deleteWhen != null) {
      merge = merge.whenMatched(deleteWhen).delete();
    }
    if (updateWhen != null) {
      merge = merge.whenMatched(updateWhen).updateExpr(updated);
    }
    var inserts = insertWhen == null ? merge.whenNotMatched() : merge.whenNotMatched(insertWhen);
    inserts.insertExpr(newValues(table)).execute();
    Map<String, String> metrics = noteWritten(table, before);
    long changed =
        Long.parseLong(metrics.getOrDefault("numTargetRowsInserted", "0"))
            + Long.parseLong(metrics.getOrDefault("numTargetRowsUpdated", "0"));
    rowsWritten.add(changed);
    return changed;
  }

  /**
   * Makes a table hold these rows and no others, by changing those alone that differ, so that its
   * change feed tells no more than what changed. There is at most one row of a key.
   *
   * @return how many rows there are now
   */
  public long change(TableSchema table, Dataset<Row> rows) {
    String match =
        table.key().stream().map(k -> "t." + k + " = s." + k).collect(Collectors.joining(" AND "));
    String isSame =
        table.columnNames().stream()
            .map(c -> "t." + c + " <=> s." + c)
            .collect(Collectors.joining(" AND "));
    Map<String, String> values = newValues(table);
    create(table);
    long before = version(table);
    DeltaTable.forPath(spark, path(table))
        .as("t")
        .merge(rows.as("s"), match)
        .whenMatched("NOT (" + isSame + ")")
        .updateExpr(values)
        .whenNotMatched()
        .insertExpr(values)
        .whenNotMatchedBySource()
        .delete()
        .execute();
    Map<String, String> metrics = noteWritten(table, before);
    rowsWritten.add(
        Long.parseLong(metrics.getOrDefault("numTargetRowsInserted", "0"))
            + Long.parseLong(metrics.getOrDefault("numTargetRowsUpdated", "0")));
    return read(table).count();
  }

  /** Versions of the tables read so far, by path; -1 for a table that was not there. */
  public Map<String, Long> versionsRead() {
    return Map.copyOf(read);
  }

  /** Versions of the tables written so far, by path. */
  public Map<String, Long> versionsWritten() {
    return Map.copyOf(written);
  }

  /** Rows written so far: added or replaced, from Delta's commit metrics. */
  public long rowsWritten() {
    return rowsWritten.sum();
  }

  /** The table's location. */
  public String path(TableSchema table) {
    return root + "/" + table.path();
  }

  /** Settings of the file system that the warehouse is on. */
  public Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** The warehouse's location. */
  public String root() {
    return root;
  }

  /** A way of saving. */
  private interface Mode {
    DataFrameWriter<Row> of(DataFrameWriter<Row> writer);
  }

  private long write(TableSchema table, Dataset<Row> rows, Mode mode) {
    long before = version(table);
    mode.of(table.conform(rows).write().format("delta")).save(path(table));
    long count = Long.parseLong(noteWritten(table, before).getOrDefault("numOutputRows", "0"));
    rowsWritten.add(count);
    return count;
  }

  /**
   * Keeps the new version, and gives the metrics of the commit that made it; none if nothing
   * changed, since Delta commits nothing then.
   */
  private Map<String, String> noteWritten(TableSchema table, long before) {
    Snapshot snapshot = snapshot(table.path());
    long version = snapshot.version();
    written.put(table.path(), version);
    // What this job reads again is what it wrote.
    read.computeIfPresent(table.path(), (key, old) -> version);
    if (version == before) {
      return Map.of();
    }
    DeltaLog log = snapshot.deltaLog();
    Path commit = new Path(log.logPath(), String.format(Locale.ROOT, "%020d.json", version));
    return OptionConverters.toJava(
            DeltaHistoryManager.getCommitInfoOpt(log.store(), commit, log.newDeltaHadoopConf()))
        .flatMap(info -> OptionConverters.toJava(info.operationMetrics()))
        .map(metrics -> CollectionConverters.asJava(metrics))
        .orElse(Map.of());
  }

  /**
   * Creates the table from its contract, or adds columns that the contract has gained and lets
   * those be null that it has made optional.
   *
   * @return whether it was not there
   */
  public boolean create(TableSchema table) {
    if (exists(table)) {
      adapt(table);
      return false;
    }
    Map<String, String> properties = new LinkedHashMap<>(PROPERTIES);
    properties.putAll(table.properties());
    DeltaTableBuilder builder =
        DeltaTable.createIfNotExists(spark)
            .location(path(table))
            .comment(table.comment())
            .addColumns(table.structType())
            .partitionedBy(table.partitionBy().toArray(String[]::new));
    for (Map.Entry<String, String> property : properties.entrySet()) {
      builder = builder.property(property.getKey(), property.getValue());
    }
    builder.execute();
    return true;
  }

  private void adapt(TableSchema table) {
    Map<String, StructField> stored =
        Arrays.stream(snapshot(table.path()).schema().fields())
            .collect(Collectors.toMap(StructField::name, f -> f));
    List<String> additions = new ArrayList<>();
    for (TableColumn column : table.columns()) {
      StructField field = stored.get(column.name());
      if (field == null) {
        additions.add(
            String.format(
                "`%s` %s COMMENT '%s'",
                column.name(), column.type().sql(), column.comment().replace("'", "\\'")));
      } else if (!field.dataType().catalogString().equals(column.type().catalogString())) {
        throw JobException.invalidConfig(
            "Table %s: column %s is %s, and is now declared as %s. Give the changed column a new"
                + " name, or use another --warehouse.",
            table.path(),
            column.name(),
            field.dataType().catalogString(),
            column.type().catalogString());
      } else if (column.nullable() && !field.nullable()) {
        spark.sql(
            String.format(
                "ALTER TABLE delta.`%s` ALTER COLUMN `%s` DROP NOT NULL",
                path(table), column.name()));
      }
    }
    if (!additions.isEmpty()) {
      spark.sql(
          String.format(
              "ALTER TABLE delta.`%s` ADD COLUMNS (%s)",
              path(table), String.join(", ", additions)));
    }
  }
}

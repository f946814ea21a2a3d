package io.portrait.common.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.to_json;

import io.delta.tables.DeltaTable;
import io.portrait.common.table.Layer;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A Delta table as it stands below a warehouse, whatever its contract: for work that is done to all
 * tables, those of a later version of Portrait too.
 */
public final class StoredTable {

  private static final Pattern LOG_FILE = Pattern.compile("\\.?(\\d{20})\\..*");

  private final SparkSession spark;
  private final String root;
  private final String path;

  private StoredTable(SparkSession spark, String root, String path) {
    this.spark = spark;
    this.root = root;
    this.path = path;
  }

  /**
   * Files that went.
   *
   * @param files how many
   * @param bytes their length
   */
  public record Purged(long files, long bytes) {

    /** Both together. */
    public Purged and(Purged other) {
      return new Purged(files + other.files, bytes + other.bytes);
    }
  }

  /** All tables below a warehouse, by path. */
  public static List<StoredTable> all(SparkSession spark, String root) {
    List<StoredTable> tables = new ArrayList<>();
    try {
      FileSystem files = new Path(root).getFileSystem(spark.sparkContext().hadoopConfiguration());
      for (Layer layer : Layer.values()) {
        for (FileStatus folder : children(files, new Path(root, layer.folder()))) {
          if (folder.isDirectory() && files.exists(new Path(folder.getPath(), "_delta_log"))) {
            tables.add(
                new StoredTable(spark, root, layer.folder() + "/" + folder.getPath().getName()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tables.sort(Comparator.comparing(StoredTable::path));
    return tables;
  }

  /** Its folder below the warehouse, as {@code gold/customer_feature}. */
  public String path() {
    return path;
  }

  /** Its layer. */
  public Layer layer() {
    return Arrays.stream(Layer.values())
        .filter(layer -> path.startsWith(layer.folder() + "/"))
        .findFirst()
        .orElseThrow();
  }

  /** Its columns. */
  public StructType structType() {
    return snapshot().schema();
  }

  /** What one row stands for. */
  public String comment() {
    String comment = snapshot().metadata().description();
    return comment == null ? "" : comment;
  }

  /** Its rows. */
  public Dataset<Row> rows() {
    chooseMode();
    return spark.read().format("delta").load(location());
  }

  /** Deletes the rows that meet a condition; readers see all of it or nothing. */
  public void delete(Column condition) {
    chooseMode();
    DeltaTable.forPath(spark, location()).delete(condition);
  }

  /** One table after the other is read, most of them small: each has the mode that suits it. */
  private void chooseMode() {
    QueryMode.interpret(spark);
    QueryMode.read(spark, snapshot().sizeInBytes());
  }

  /** How many files its latest version has. */
  public long files() {
    return snapshot().numOfFiles();
  }

  /** The greatest number of files that any partition has. */
  public long filesInOnePartition() {
    Row row =
        snapshot()
            .allFiles()
            .toDF()
            .groupBy(to_json(col("partitionValues")))
            .count()
            .agg(max("count"))
            .head();
    return row.isNullAt(0) ? 0 : row.getLong(0);
  }

  /** Puts small files together; rows stay as they are. */
  public void compact() {
    DeltaTable.forPath(spark, location()).optimize().executeCompaction();
  }

  /** Removes files that no version of the last so many hours needs. */
  public Purged vacuum(double hours) {
    if (!hasUnknownFiles(Instant.now().minusMillis(Math.round(hours * 3_600_000)))) {
      return new Purged(0, 0);
    }
    // Delta notes in the log that it was here.
    Purged before = dataSize();
    DeltaTable.forPath(spark, location()).vacuum(hours);
    Purged after = dataSize();
    return new Purged(before.files() - after.files(), before.bytes() - after.bytes());
  }

  /**
   * Removes every file but those of the latest version, change feed and transaction log included:
   * what the table was before can be read no more. Nobody else may use the table meanwhile.
   *
   * <p>The latest state is written as a checkpoint behind an empty commit; the log's older files
   * hold the least and greatest values of columns of files that are gone.
   */
  public Purged purge() {
    Purged before = folderSize();
    DeltaLog log = DeltaLog.forTable(spark, location());
    log.startTransaction(scala.Option.empty(), scala.Option.empty())
        .commit(
            CollectionConverters.asScala(List.<Action>of()).toList(),
            DeltaOperations.ManualUpdate$.MODULE$);
    Snapshot latest = snapshot();
    log.checkpoint(latest, scala.Option.empty());
    // While its state is in memory: afterwards it would be read from the log again.
    Set<String> known = knownFiles(latest);
    deleteLogBefore(log.logPath(), latest.version());
    DeltaLog.invalidateCache(spark, new Path(location()));
    deleteOthers(latest, known);
    Purged after = folderSize();
    return new Purged(before.files() - after.files(), before.bytes() - after.bytes());
  }

  /**
   * Deletes what the latest version does not name. As VACUUM without retention does, but by one
   * listing; deletion vectors, which it would have to look for, are off in all tables.
   */
  private void deleteOthers(Snapshot latest, Set<String> known) {
    if (latest.metadata().configuration().get("delta.enableDeletionVectors").contains("true")) {
      throw new IllegalStateException("Table " + path + " has deletion vectors");
    }
    try {
      for (FileStatus file : dataFiles()) {
        if (!known.contains(file.getPath().toUri().getPath())) {
          fileSystem().delete(file.getPath(), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is a file from before a time that the latest version does not name. */
  private boolean hasUnknownFiles(Instant before) {
    try {
      List<FileStatus> old = new ArrayList<>(dataFiles());
      old.removeIf(file -> file.getModificationTime() >= before.toEpochMilli());
      if (old.isEmpty()) {
        return false;
      }
      Set<String> known = knownFiles(snapshot());
      return !old.stream().allMatch(file -> known.contains(file.getPath().toUri().getPath()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of a version. */
  private Set<String> knownFiles(Snapshot version) {
    Set<String> known = new HashSet<>();
    for (Row row : version.allFiles().toDF().select("path").collectAsList()) {
      // Relative to the table and encoded as in an address.
      known.add(
          new Path(new Path(location()), new Path(URI.create(row.getString(0)))).toUri().getPath());
    }
    return known;
  }

  /**
   * Whether nothing stands in the folder but what the latest version holds: no older file, no
   * change feed, and no word in the log of a file that was removed.
   */
  public boolean hasNoHistory() {
    try {
      return dataFiles().size() == snapshot().numOfFiles() && !isRemovalLogged();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a commit of the log removes a file, whose least and greatest values the log has. */
  private boolean isRemovalLogged() throws IOException {
    for (FileStatus file : children(fileSystem(), new Path(location(), "_delta_log"))) {
      if (file.getPath().getName().endsWith(".json")) {
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(fileSystem().open(file.getPath()), StandardCharsets.UTF_8))) {
          if (lines.lines().anyMatch(line -> line.startsWith("{\"remove\""))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** All files outside the transaction log. */
  private List<FileStatus> dataFiles() throws IOException {
    List<FileStatus> files = new ArrayList<>();
    String log = new Path(location(), "_delta_log").toUri().getPath() + "/";
    RemoteIterator<LocatedFileStatus> found = fileSystem().listFiles(new Path(location()), true);
    while (found.hasNext()) {
      FileStatus file = found.next();
      if (!file.getPath().toUri().getPath().startsWith(log)) {
        files.add(file);
      }
    }
    return files;
  }

  private FileSystem fileSystem() throws IOException {
    return new Path(location()).getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private void deleteLogBefore(Path logPath, long version) {
    try {
      FileSystem files = fileSystem();
      for (FileStatus file : children(files, logPath)) {
        Matcher matcher = LOG_FILE.matcher(file.getPath().getName());
        if (matcher.matches() && Long.parseLong(matcher.group(1)) < version) {
          files.delete(file.getPath(), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Purged dataSize() {
    try {
      List<FileStatus> files = dataFiles();
      return new Purged(files.size(), files.stream().mapToLong(FileStatus::getLen).sum());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Purged folderSize() {
    try {
      long count = 0;
      long bytes = 0;
      RemoteIterator<LocatedFileStatus> found = fileSystem().listFiles(new Path(location()), true);
      while (found.hasNext()) {
        bytes += found.next().getLen();
        count++;
      }
      return new Purged(count, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileStatus[] children(FileSystem files, Path folder) throws IOException {
    try {
      return files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private String location() {
    return root + "/" + path;
  }

  private Snapshot snapshot() {
    return DeltaLog.forTable(spark, location())
        .update(false, scala.Option.empty(), scala.Option.empty());
  }
}

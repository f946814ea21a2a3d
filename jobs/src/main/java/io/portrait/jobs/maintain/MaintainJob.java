package io.portrait.jobs.maintain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.portrait.common.config.Deployment.Retention;
import io.portrait.common.error.JobException;
import io.portrait.common.io.StoredTable;
import io.portrait.common.io.StoredTable.Purged;
import io.portrait.common.io.SummarizedState;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.Parallel;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Layer;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Deletes what is over age by {@code retention} of {@code portrait.yaml}, puts small files together
 * and removes files that no recent version needs.
 *
 * <p>Touches the rows of no table that no rule names. A killed run is done again with the same
 * result: what is gone is noted before it goes.
 */
public final class MaintainJob implements Job {

  private static final String AS_OF = "as_of";
  private static final String CORRECTED_AT = "corrected_at";
  private static final TableSchema PUBLISHED =
      TableSchema.table(Layer.GOLD, "customer_profile_latest", "").build();

  /** A partition of more files is read slower than it is put together. */
  private static final int MANY_FILES = 16;

  private static final Pattern REPORT = Pattern.compile("as_of=(\\d{4}-\\d{2}-\\d{2})\\.html");

  private final Optional<LocalDate> asked;

  /**
   * Makes a job.
   *
   * @param asked date from which age is counted back; absent: the as-of date published last
   */
  public MaintainJob(Optional<LocalDate> asked) {
    this.asked = asked;
  }

  @Override
  public String name() {
    return "maintain";
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
    Optional<LocalDate> published =
        tables.exists(PUBLISHED)
            ? latest(tables.readAsStored(PUBLISHED).agg(max(AS_OF)).head())
            : Optional.empty();
    LocalDate today =
        asked
            .or(() -> published)
            .orElseThrow(
                () ->
                    JobException.invalidConfig(
                        "Nothing has been published yet, so --as-of must say from which day age is"
                            + " counted back, as --as-of 2026-01-31."));
    Retention retention = context.catalogue().retention();
    Set<String> current = SummarizedState.current(tables);
    List<StoredTable> all = StoredTable.all(context.spark(), tables.root());
    for (StoredTable table : all) {
      retention
          .of(table.path())
          .ifPresent(rule -> apply(context, table, today.minusDays(rule.keepDays()), published));
    }
    retention
        .of("report/as_of")
        .ifPresent(rule -> deleteReports(context, today.minusDays(rule.keepDays()), published));
    compact(context, all);
    // Rows that went by age are no change to the rollups.
    Set<String> behind = SummarizedState.advance(context.spark(), tables, current);
    List<Purged> removed =
        Parallel.map(
            context.spark(),
            all.stream().filter(table -> !behind.contains(table.path())).toList(),
            table -> table.vacuum(retention.unreferencedFileDays() * 24.0));
    Purged sum = removed.stream().reduce(new Purged(0, 0), Purged::and);
    context
        .console()
        .say(
            String.format(
                Locale.ROOT,
                "%,d tables: %,d files with %,d bytes that no version of the last %d days needs"
                    + " were removed",
                all.size(),
                sum.files(),
                sum.bytes(),
                retention.unreferencedFileDays()));
  }

  /** Deletes the rows of a table before a day. */
  private static void apply(
      JobContext context, StoredTable table, LocalDate cutoff, Optional<LocalDate> published) {
    List<String> columns = List.of(table.structType().fieldNames());
    if (table.path().equals(PUBLISHED.path())) {
      return;
    }
    if (table.path().equals(RawTables.CORRECTION.path()) && columns.contains(CORRECTED_AT)) {
      delete(context, table, col(CORRECTED_AT).lt(lit(Date.valueOf(cutoff))), cutoff);
    } else if (table.layer() == Layer.BRONZE) {
      deleteBatches(context, table, cutoff);
    } else if (columns.contains(AS_OF)) {
      Optional<LocalDate> newest = latest(table.rows().agg(max(AS_OF)).head());
      Column kept = col(AS_OF).geq(lit(Date.valueOf(cutoff)));
      for (LocalDate day : List.of(newest.orElse(cutoff), published.orElse(cutoff))) {
        kept = kept.or(col(AS_OF).equalTo(lit(Date.valueOf(day))));
      }
      delete(context, table, kept.equalTo(false), cutoff);
    } else if (columns.contains(Entity.EVENT_DAY)) {
      LocalDate from = cutoff.withDayOfMonth(1);
      Column isOver = col(Entity.EVENT_DAY).lt(lit(Date.valueOf(from)));
      if (!table.rows().filter(isOver).isEmpty()) {
        noteKeptFrom(context, table, from);
        delete(context, table, isOver, from);
      }
    } else if (columns.contains("started_at")) {
      delete(context, table, col("started_at").lt(lit(Date.valueOf(cutoff))), cutoff);
    } else {
      context
          .console()
          .warn(
              String.format(
                  "retention names %s, whose rows have no age; nothing of it was deleted",
                  table.path()));
    }
  }

  private static void delete(
      JobContext context, StoredTable table, Column condition, LocalDate before) {
    long rows = table.rows().filter(condition).count();
    if (rows > 0) {
      table.delete(condition);
      told(context, table.path(), rows, before);
    }
  }

  private static void told(JobContext context, String table, long rows, LocalDate before) {
    context.counts().addIn(rows);
    context
        .console()
        .say(String.format(Locale.ROOT, "%s: %,d rows before %s deleted", table, rows, before));
  }

  /** Notes from which day on a table is complete; a later run never goes back. */
  private static void noteKeptFrom(JobContext context, StoredTable table, LocalDate from) {
    Row row = RowFactory.create(table.path(), Date.valueOf(from), Timestamp.from(Instant.now()));
    context
        .tables()
        .merge(
            PrivacyTables.RETENTION,
            context
                .spark()
                .createDataFrame(List.of(row), PrivacyTables.RETENTION.structType())
                .coalesce(1),
            null,
            "s.kept_from > t.kept_from",
            null);
  }

  /**
   * Deletes whole batches by the day of their ingestion, and notes in {@link RawTables#INGEST_FILE}
   * that their rows are gone. A source that is compared with its last snapshot keeps all: it would
   * send the same rows again; one that is read by a watermark keeps the batch that reached it. A
   * batch that silver has not seen yet stays until it has.
   */
  private static void deleteBatches(JobContext context, StoredTable table, LocalDate cutoff) {
    boolean isRejected = table.path().equals(RawTables.REJECTED.path());
    List<Row> files =
        context.tables().readOrEmpty(RawTables.INGEST_FILE).collectAsList().stream()
            .filter(file -> isRejected || isOf(table, file.getAs("source")))
            .toList();
    Map<String, Set<Long>> over = overAge(files, cutoff);
    if (!isRejected && !over.isEmpty() && isSnapshot(context, table)) {
      context
          .console()
          .warn(
              String.format(
                  "retention names %s, of which rows are over age, but the next snapshot of this"
                      + " database is compared with all of them; nothing of it was deleted",
                  table.path()));
      return;
    }
    if (!isRejected) {
      over.forEach(
          (source, batches) -> {
            batches.removeAll(awaited(context, source, batches));
            batches.removeAll(reached(context, source, files, batches));
          });
      over.values().removeIf(Set::isEmpty);
    }
    for (Map.Entry<String, Set<Long>> batches : over.entrySet()) {
      Column isOver =
          col("source")
              .equalTo(batches.getKey())
              .and(col("batch_id").isin(batches.getValue().toArray()));
      if (!isRejected) {
        noteGone(context, files, batches.getKey(), batches.getValue());
      }
      delete(context, table, isOver, cutoff);
    }
  }

  /** Those of the batches that a map of their source has never conformed, and says so. */
  private static Set<Long> awaited(JobContext context, String source, Set<Long> batches) {
    Set<String> conformed = new HashSet<>();
    context
        .tables()
        .readOrEmpty(RawTables.CONFORM_RESULT)
        .filter(col("source").equalTo(source))
        .select("entity", "batch_id")
        .collectAsList()
        .forEach(row -> conformed.add(row.getString(0) + "/" + row.getLong(1)));
    Set<Long> awaited = new TreeSet<>();
    context.catalogue().sources().stream()
        .filter(declared -> declared.name().equals(source))
        .flatMap(declared -> declared.maps().stream())
        .forEach(
            map ->
                batches.stream()
                    .filter(batch -> !conformed.contains(map.entity() + "/" + batch))
                    .forEach(awaited::add));
    if (!awaited.isEmpty()) {
      context
          .console()
          .warn(
              String.format(
                  "%s is over age in batches that silver has not seen yet (%s); they stay until"
                      + " portrait conform has run",
                  RawTables.bronze(source).path(),
                  awaited.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
    return awaited;
  }

  /** That of the batches which holds the last watermark of a declared source, and says so. */
  private static Set<Long> reached(
      JobContext context, String source, List<Row> files, Set<Long> batches) {
    boolean hasWatermark =
        context.catalogue().sources().stream()
            .anyMatch(
                declared -> declared.name().equals(source) && declared.watermark().isPresent());
    Optional<Row> last =
        files.stream()
            .filter(file -> source.equals(file.getAs("source")))
            .max(Comparator.comparingLong(file -> file.<Long>getAs("batch_id")))
            .filter(file -> hasWatermark && batches.contains(file.<Long>getAs("batch_id")))
            .filter(file -> !file.getAs("rows").equals(file.getAs("rows_erased")));
    last.ifPresent(
        file ->
            context
                .console()
                .warn(
                    String.format(
                        "%s is over age in batch %d, but what this database sends next is compared"
                            + " with it; it stays until newer rows have come",
                        RawTables.bronze(source).path(), file.<Long>getAs("batch_id"))));
    return last.map(file -> Set.of(file.<Long>getAs("batch_id"))).orElse(Set.of());
  }

  private static boolean isOf(StoredTable table, String source) {
    return RawTables.bronze(source).path().equals(table.path());
  }

  private static boolean isSnapshot(JobContext context, StoredTable table) {
    return context.catalogue().sources().stream()
        .anyMatch(source -> source.isSnapshot() && isOf(table, source.name()));
  }

  /** The batches, by source, of which all files were ingested before a day. */
  private static Map<String, Set<Long>> overAge(List<Row> files, LocalDate cutoff) {
    Map<String, Set<Long>> over = new HashMap<>();
    Map<String, Set<Long>> young = new HashMap<>();
    for (Row file : files) {
      LocalDate day =
          file.<Timestamp>getAs("ingested_at").toInstant().atZone(ZoneOffset.UTC).toLocalDate();
      (day.isBefore(cutoff) ? over : young)
          .computeIfAbsent(file.getAs("source"), key -> new HashSet<>())
          .add(file.getAs("batch_id"));
    }
    over.forEach((source, batches) -> batches.removeAll(young.getOrDefault(source, Set.of())));
    over.values().removeIf(Set::isEmpty);
    return over;
  }

  private static void noteGone(
      JobContext context, List<Row> files, String source, Set<Long> batches) {
    List<Row> corrected = new ArrayList<>();
    boolean isChanged = false;
    for (Row file : files) {
      boolean isGone =
          source.equals(file.getAs("source")) && batches.contains(file.<Long>getAs("batch_id"));
      if (isGone && !file.getAs("rows").equals(file.getAs("rows_erased"))) {
        Object[] values = new Object[file.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = file.get(i);
        }
        values[file.fieldIndex("rows_erased")] = file.getAs("rows");
        corrected.add(RowFactory.create(values));
        isChanged = true;
      }
    }
    if (isChanged) {
      context
          .tables()
          .merge(
              RawTables.INGEST_FILE,
              context
                  .spark()
                  .createDataFrame(corrected, RawTables.INGEST_FILE.structType())
                  .coalesce(1),
              null,
              "true",
              null);
    }
  }

  private static void deleteReports(
      JobContext context, LocalDate cutoff, Optional<LocalDate> published) {
    Path folder = new Path(context.tables().root() + "/report");
    try {
      FileSystem fs = folder.getFileSystem(context.spark().sparkContext().hadoopConfiguration());
      if (!fs.exists(folder)) {
        return;
      }
      long deleted = 0;
      for (FileStatus file : fs.listStatus(folder)) {
        Matcher name = REPORT.matcher(file.getPath().getName());
        if (name.matches()) {
          LocalDate day = LocalDate.parse(name.group(1));
          if (day.isBefore(cutoff) && !published.equals(Optional.of(day))) {
            fs.delete(file.getPath(), false);
            deleted++;
          }
        }
      }
      if (deleted > 0) {
        context
            .console()
            .say(
                String.format(Locale.ROOT, "report: %,d pages before %s deleted", deleted, cutoff));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the files of a partition together where there are many. */
  private static void compact(JobContext context, List<StoredTable> tables) {
    for (StoredTable table : tables) {
      long files = table.files() > MANY_FILES ? table.filesInOnePartition() : 0;
      if (files > MANY_FILES) {
        table.compact();
        context
            .console()
            .say(
                String.format(
                    Locale.ROOT, "%s: %,d files of a partition put together", table.path(), files));
      }
    }
  }

  private static Optional<LocalDate> latest(Row row) {
    return Optional.ofNullable(row.getDate(0)).map(Date::toLocalDate);
  }
}

package io.portrait.jobs.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Batches;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.RawTables;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Takes corrections of refused rows, discards batches and takes them back, and leaves it to conform
 * to do the batches again.
 *
 * <p>Reads {@link RawTables#REJECTED}, {@link RawTables#INGEST_FILE} and whom corrections may not
 * bring back ({@link ErasedPeople}). Writes {@link RawTables#CORRECTION} or {@link
 * RawTables#DISCARDED_BATCH}, and then {@link RawTables#CONFORM_RESULT}: batches without a line are
 * pending, and an entity with lines of {@link RawTables#TO_REBUILD} is made again from bronze. What
 * was received stays as it is; corrections and discards hold for every later rebuild too. Safe to
 * run again after a crash.
 */
public final class ReplayJob implements Job {

  private final ReplayRequest request;

  public ReplayJob(ReplayRequest request) {
    this.request = request;
  }

  @Override
  public String name() {
    return "replay";
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
    if (request.corrections().isPresent()) {
      correct(context);
    } else {
      markBatch(context);
    }
    context.counts().addOut(context.tables().rowsWritten());
  }

  /** Stores corrections and has their batches done again. */
  private void correct(JobContext context) {
    Tables tables = context.tables();
    String file = request.corrections().orElseThrow();
    List<Correction> corrections =
        CorrectionFile.read(
            context.spark().sparkContext().hadoopConfiguration(),
            file,
            RefusedRows.columns(tables));
    context.counts().addIn(corrections.size());
    Timestamp now = Timestamp.from(Instant.now());
    Dataset<Row> rows =
        context
            .spark()
            .createDataFrame(
                corrections.stream()
                    .map(
                        c ->
                            RowFactory.create(
                                c.source(), c.rowHash(), c.row(), context.runId(), now))
                    .toList(),
                RawTables.CORRECTION.structType())
            .coalesce(1);
    List<Row> refused =
        tables
            .readOrEmpty(RawTables.REJECTED)
            .filter("NOT " + Batches.gone(tables).condition())
            .join(
                rows.select(col("source").as("_source"), col("row_hash").as("_hash")),
                col("source").equalTo(col("_source")).and(col("row_hash").equalTo(col("_hash"))))
            .select("source", "row_hash", "batch_id")
            .distinct()
            .collectAsList();
    Set<String> known = new HashSet<>();
    refused.forEach(row -> known.add(row.getString(0) + "/" + row.getString(1)));
    List<String> unknown =
        corrections.stream()
            .filter(c -> !known.contains(c.source() + "/" + c.rowHash()))
            .map(Correction::rowHash)
            .toList();
    if (!unknown.isEmpty()) {
      throw JobException.invalidConfig(
          "%s: %,d of %,d rows are not among the refused rows of their source, the first with"
              + " row_hash %s. Only refused rows can be corrected, and only while bronze has them;"
              + " write them anew by portrait replay --template FILE.",
          file, unknown.size(), corrections.size(), unknown.get(0));
    }
    ErasedPeople.refuse(context, file, corrections, rows);
    tables.merge(RawTables.CORRECTION, rows, null, "true", null);
    refused.stream()
        .collect(
            Collectors.groupingBy(
                row -> row.getString(0),
                Collectors.mapping(row -> row.getLong(2), Collectors.toCollection(TreeSet::new))))
        .forEach((source, batches) -> doAgain(context, source, batches));
  }

  /**
   * Has conform do batches of a source again. Only where that gives the same as making the entity
   * again from bronze, for a batch that stands alone may bring back what a later one has deleted,
   * and a row that feeds several entities may be kept by one of them.
   */
  private static void doAgain(JobContext context, String source, SortedSet<Long> batches) {
    Tables tables = context.tables();
    Dataset<Row> results = tables.readOrEmpty(RawTables.CONFORM_RESULT);
    List<String> entities =
        results
            .filter(col("source").equalTo(source))
            .select("entity")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    boolean isAlone =
        entities.size() <= 1
            && results
                .filter(col("entity").isin(entities.toArray()).and(col("rows_deleted").gt(0)))
                .isEmpty();
    if (isAlone) {
      tables.delete(
          RawTables.CONFORM_RESULT,
          String.format(
              "source = '%s' AND batch_id IN (%s)",
              source, batches.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    } else {
      makeAgain(tables, entities);
    }
  }

  /** Has conform make entities again from bronze. */
  private static void makeAgain(Tables tables, List<String> entities) {
    for (String entity : entities) {
      String condition = "entity = '" + entity + "'";
      tables.replaceWhere(
          RawTables.CONFORM_RESULT,
          tables
              .read(RawTables.CONFORM_RESULT)
              .filter(condition)
              .withColumn("map_fingerprint", lit(RawTables.TO_REBUILD)),
          condition);
    }
  }

  /** Discards a batch, or takes it back. */
  private void markBatch(JobContext context) {
    Tables tables = context.tables();
    String source = request.source().orElseThrow();
    long batch = request.discardBatch().or(request::restoreBatch).orElseThrow();
    String condition = String.format("source = '%s' AND batch_id = %d", source, batch);
    if (request.discardBatch().isPresent()) {
      List<Long> batches =
          tables
              .readOrEmpty(RawTables.INGEST_FILE)
              .filter(col("source").equalTo(source))
              .select("batch_id")
              .distinct()
              .orderBy("batch_id")
              .collectAsList()
              .stream()
              .map(row -> row.getLong(0))
              .toList();
      if (!batches.contains(batch)) {
        throw JobException.invalidConfig(
            "Source %s has no batch %d; it has %s. Correct --discard-batch.",
            source, batch, batches.isEmpty() ? "none" : batches);
      }
      Row row = RowFactory.create(source, batch, request.reason().orElseThrow(), context.runId());
      tables.replaceWhere(
          RawTables.DISCARDED_BATCH,
          context
              .spark()
              .createDataFrame(List.of(row), RawTables.DISCARDED_BATCH.structType())
              .coalesce(1),
          condition);
      warnOfGone(context, source, batch);
    } else {
      if (tables.readOrEmpty(RawTables.DISCARDED_BATCH).filter(condition).isEmpty()) {
        throw JobException.invalidConfig(
            "Batch %d of source %s is not discarded. Correct --restore-batch; ops/discarded_batch"
                + " tells which are.",
            batch, source);
      }
      tables.delete(RawTables.DISCARDED_BATCH, condition);
    }
    makeAgain(tables, conformedEntities(context, condition));
  }

  /** Warns of a batch that retention has deleted: silver alone has its rows. */
  private static void warnOfGone(JobContext context, String source, long batch) {
    if (Batches.gone(context.tables()).contains(source, batch)) {
      context
          .console()
          .warn(
              String.format(
                  "bronze has no row of batch %d of source %s any more. What silver has of it goes,"
                      + " and --restore-batch cannot bring it back.",
                  batch, source));
    }
  }

  /** Entities with a map that have judged rows of the batch. */
  private static List<String> conformedEntities(JobContext context, String condition) {
    Set<String> declared =
        context.catalogue().sources().stream()
            .flatMap(source -> source.maps().stream())
            .map(EntityMap::entity)
            .collect(Collectors.toSet());
    return context
        .tables()
        .readOrEmpty(RawTables.CONFORM_RESULT)
        .filter(condition)
        .select("entity")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .filter(declared::contains)
        .sorted()
        .toList();
  }
}

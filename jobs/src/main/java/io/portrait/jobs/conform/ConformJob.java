package io.portrait.jobs.conform;

import io.portrait.common.io.AnsiOff;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Maps what is new in bronze onto the entities.
 *
 * <p>Reads {@code bronze/<source>} and {@link RawTables#INGEST_FILE}. Merges into {@code
 * silver/<entity>}, {@code vault/account} and {@code silver/account_identifier}, and writes {@link
 * RawTables#REJECTED}, {@link RawTables#REJECT_REASON} and, last, {@link RawTables#CONFORM_RESULT}:
 * a run that was killed before it does the same batches again and ends the same. A map that has
 * changed rebuilds its entity from bronze, and beside that keeps what silver has of batches that
 * bronze has no more ({@link Pending#kept}); an entity without any map loses its rows.
 *
 * <p>Expressions are evaluated with ANSI off, since one row that cannot be computed must be refused
 * and not stop the others; all other steps keep ANSI on.
 */
public final class ConformJob implements Job {

  @Override
  public String name() {
    return "conform";
  }

  @Override
  public boolean hasAsOf() {
    return false;
  }

  @Override
  public void run(JobContext context) {
    List<EntityBatch> batches = new ArrayList<>();
    AnsiOff ansi = AnsiOff.in(context.spark());
    try {
      KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
      hash.register(context.spark());
      Tables tables = context.tables();
      addColumns(tables);
      Pending pending = Pending.of(tables, context.catalogue());
      pending
          .abandonedSources()
          .forEach(
              source ->
                  context
                      .console()
                      .warn(
                          String.format(
                              "source %s is declared no more: its rows leave silver. Those that"
                                  + " retention has not deleted stay in bronze.",
                              source)));
      for (Entity entity : Entities.ALL) {
        if (pending.isPending(entity)) {
          batches.add(EntityBatch.read(context, pending, entity, hash));
        }
      }
      // Nothing is written before every entity has passed its limit.
      batches.forEach(EntityBatch::checkRejectedShare);
      if (!batches.isEmpty()) {
        writeRejected(tables, batches);
        batches.forEach(EntityBatch::write);
        writeIdentifiers(tables, batches);
        writeResults(context, batches);
      }
      Entities.ALL.stream()
          .filter(pending::isAbandoned)
          .forEach(entity -> deleteAll(tables, entity));
    } finally {
      batches.forEach(EntityBatch::close);
      ansi.close();
    }
  }

  /** Gives tables of a warehouse that an earlier version has made the columns that they lack. */
  private static void addColumns(Tables tables) {
    Stream.of(SilverTables.ACCOUNT_IDENTIFIER, RawTables.CORRECTION)
        .filter(tables::exists)
        .forEach(tables::create);
  }

  private static void writeRejected(Tables tables, List<EntityBatch> batches) {
    Optional<Dataset<Row>> rejected =
        batches.stream()
            .filter(batch -> batch.account().hasRejected())
            .map(EntityBatch::rejected)
            .reduce(Dataset::unionByName);
    if (rejected.isPresent()) {
      tables.replaceWhere(RawTables.REJECTED, rejected.get(), condition(batches));
    } else {
      tables.delete(RawTables.REJECTED, condition(batches));
    }
  }

  /** The lines of these batches in the tables that keep one per source, batch and entity. */
  private static String condition(List<EntityBatch> batches) {
    return String.join(" OR ", batches.stream().map(EntityBatch::resultCondition).toList());
  }

  /** Registers every account and identifier with the earliest time and batch that show it. */
  private static void writeIdentifiers(Tables tables, List<EntityBatch> batches) {
    batches.stream()
        .filter(EntityBatch::isRebuilt)
        .forEach(batch -> tables.delete(SilverTables.ACCOUNT_IDENTIFIER, batch.resultCondition()));
    batches.stream()
        .filter(batch -> batch.entity().hasAccount())
        .map(EntityBatch::identifiers)
        .reduce(Dataset::unionByName)
        .ifPresent(
            rows ->
                tables.mergeLeast(
                    SilverTables.ACCOUNT_IDENTIFIER,
                    rows,
                    List.of("first_seen_at", Entity.BATCH_ID)));
  }

  /** Removes what an entity had from maps that are declared no more; its account goes last. */
  private static void deleteAll(Tables tables, Entity entity) {
    tables.delete(entity.silver(), "true");
    entity.vault().ifPresent(vault -> tables.delete(vault, "true"));
    for (TableSchema table :
        List.of(
            SilverTables.ACCOUNT_IDENTIFIER,
            RawTables.REJECTED,
            RawTables.REJECT_REASON,
            RawTables.CONFORM_RESULT)) {
      tables.delete(table, of(entity));
    }
  }

  private static String of(Entity entity) {
    return "entity = '" + entity.name() + "'";
  }

  private static void writeResults(JobContext context, List<EntityBatch> batches) {
    List<Row> reasons = batches.stream().flatMap(b -> b.account().reasonRows().stream()).toList();
    List<Row> results = batches.stream().flatMap(b -> b.account().resultRows().stream()).toList();
    context
        .tables()
        .replaceWhere(
            RawTables.REJECT_REASON,
            context
                .spark()
                .createDataFrame(reasons, RawTables.REJECT_REASON.structType())
                .coalesce(1),
            condition(batches));
    context
        .tables()
        .replaceWhere(
            RawTables.CONFORM_RESULT,
            context
                .spark()
                .createDataFrame(results, RawTables.CONFORM_RESULT.structType())
                .coalesce(1),
            condition(batches));
  }
}

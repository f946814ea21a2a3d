package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;

import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.conform.Pending.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/** The new rows of one entity, from all sources that feed it, on their way to silver. */
final class EntityBatch {

  private static final String RANK = "_rank";
  private static final String STALE = "_stale";

  private final JobContext context;
  private final Entity entity;
  private final List<Work> works;
  private final boolean rebuilt;
  private final Dataset<Row> rows;
  private final List<Row> counts;
  private final List<Row> reasons;
  private final List<Row> results = new ArrayList<>();

  private EntityBatch(
      JobContext context, Entity entity, List<Work> works, boolean rebuilt, Dataset<Row> rows) {
    this.context = context;
    this.entity = entity;
    this.works = works;
    this.rebuilt = rebuilt;
    this.rows = rows.persist(StorageLevel.DISK_ONLY());
    this.counts =
        this.rows
            .groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
            .agg(
                count(lit(1)),
                count_if(col(MapTransforms.BELONGS).equalTo(false)),
                count_if(MapTransforms.isRejected()))
            .collectAsList();
    this.reasons =
        this.rows
            .filter(col(MapTransforms.BELONGS))
            .select(
                col(Entity.SOURCE),
                col(Entity.BATCH_ID),
                explode(
                        concat(
                            outcome(MapTransforms.REASONS, "rejected"),
                            outcome(MapTransforms.EMPTIED, "emptied")))
                    .as("found"))
            .groupBy("source", "batch_id", "found.reason", "found.outcome")
            .agg(count(lit(1)))
            .collectAsList();
  }

  /** Reads and maps what is pending for an entity. */
  static EntityBatch read(JobContext context, Pending pending, Entity entity, KeyedHash hash) {
    List<Work> works = pending.of(entity);
    Dataset<Row> rows =
        works.stream()
            .map(
                work -> {
                  Dataset<Row> bronze =
                      context
                          .tables()
                          .read(RawTables.bronze(work.source().name()))
                          .filter(col(Entity.BATCH_ID).isin(work.batches().toArray()));
                  checkColumns(context, work);
                  return MapTransforms.conform(
                      MapTransforms.withRawColumns(
                          bronze,
                          work.source(),
                          work.columns(),
                          hash,
                          MapTransforms.usesRowId(work.source())),
                      work.source(),
                      work.map(),
                      entity,
                      context.catalogue().deployment(),
                      hash);
                })
            .reduce(Dataset::unionByName)
            .orElseThrow();
    return new EntityBatch(context, entity, works, pending.isRebuilt(entity), rows);
  }

  Entity entity() {
    return entity;
  }

  /**
   * Stops the job if a map rejects too much.
   *
   * @throws JobException naming source, entity, share and reasons
   */
  void checkRejectedShare() {
    for (Work work : works) {
      double limit =
          work.map().maxRejectedShare().orElse(context.catalogue().quality().maxRejectedShare());
      long in = 0;
      long rejected = 0;
      for (Row row : counts) {
        if (isOf(row, work)) {
          in += row.getLong(3) - row.getLong(4);
          rejected += row.getLong(5);
        }
      }
      if (rejected > limit * in) {
        String why =
            reasons.stream()
                .filter(r -> r.getString(0).equals(work.source().name()))
                .filter(r -> r.getString(3).equals("rejected"))
                .sorted((a, b) -> Long.compare(b.getLong(4), a.getLong(4)))
                .limit(5)
                .map(r -> String.format(Locale.ROOT, "%s (%,d rows)", r.getString(2), r.getLong(4)))
                .collect(Collectors.joining("; "));
        throw JobException.invalidData(
            "Source %s, entity %s (%s): %,d of %,d rows are rejected, more than max_rejected_share"
                + " %s allows. Reasons: %s. Correct the map, its formats or the delivered file, or"
                + " raise the share. Nothing was changed in silver.",
            work.source().name(), entity.name(), work.map().place(), rejected, in, limit, why);
      }
    }
  }

  /** Writes the refused rows, then the others to silver and vault, and checks the account. */
  void write() {
    writeRejected();
    Dataset<Row> ranked = ranked();
    boolean first = rebuilt || !context.tables().exists(entity.silver());
    Dataset<Row> judged =
        (first ? ranked.withColumn(STALE, lit(false)) : withStale(ranked))
            .persist(StorageLevel.DISK_ONLY());
    try {
      List<Row> fates =
          judged
              .groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
              .agg(
                  count_if(isBeaten()),
                  count_if(isBeaten().equalTo(false).and(col(MapTransforms.DELETED))),
                  count_if(
                      isBeaten().equalTo(false).and(col(MapTransforms.DELETED).equalTo(false))))
              .collectAsList();
      Dataset<Row> winners = judged.filter(isBeaten().equalTo(false));
      save(entity.silver(), winners, first);
      entity.vault().ifPresent(vault -> save(vault, winners, first));
      account(fates);
    } finally {
      judged.unpersist();
    }
  }

  /** Identifiers that the rows show. */
  Dataset<Row> identifiers() {
    return IdentifierTransforms.identifiers(rows, entity);
  }

  /** Lines of {@link RawTables#REJECT_REASON}. */
  List<Row> reasonRows() {
    return reasons.stream()
        .map(
            r ->
                RowFactory.create(
                    r.getString(0),
                    r.getLong(1),
                    entity.name(),
                    r.getString(2),
                    r.getString(3),
                    r.getLong(4)))
        .toList();
  }

  /** Lines of {@link RawTables#CONFORM_RESULT}. */
  List<Row> resultRows() {
    return List.copyOf(results);
  }

  /** The lines that these replace. */
  String resultCondition() {
    return "entity = '" + entity.name() + "'" + (rebuilt ? "" : " AND " + batchCondition());
  }

  void close() {
    rows.unpersist();
  }

  private void writeRejected() {
    Tables tables = context.tables();
    long rejected = counts.stream().mapToLong(r -> r.getLong(5)).sum();
    if (rejected == 0 && !tables.exists(RawTables.REJECTED)) {
      return;
    }
    Dataset<Row> refused =
        rows.filter(MapTransforms.isRejected())
            .select(
                col(Entity.SOURCE),
                lit(entity.name()).as("entity"),
                col(Entity.BATCH_ID),
                col(MapTransforms.ORIGIN).as("origin"),
                col(Entity.ROW_HASH),
                col(MapTransforms.REASONS).as("reasons"),
                col(MapTransforms.RAW).as("row"));
    tables.replaceWhere(RawTables.REJECTED, refused, resultCondition());
  }

  /** Adds each row's place among the rows of its key: the greatest version is 1. */
  private Dataset<Row> ranked() {
    Column[] key = entity.silver().key().stream().map(c -> col(c)).toArray(Column[]::new);
    return rows.filter(MapTransforms.isValid().or(MapTransforms.isDeleted()))
        .drop(
            MapTransforms.RAW,
            MapTransforms.REASONS,
            MapTransforms.EMPTIED,
            MapTransforms.IDENTIFIERS)
        .withColumn(
            RANK,
            row_number()
                .over(
                    Window.partitionBy(key)
                        .orderBy(
                            col(Entity.ROW_VERSION).desc(),
                            col(Entity.BATCH_ID).desc(),
                            col(Entity.ROW_HASH).desc())));
  }

  /** Marks rows that a stored row of their key beats. */
  private Dataset<Row> withStale(Dataset<Row> ranked) {
    TableSchema silver = entity.silver();
    List<Column> stored = new ArrayList<>();
    silver.key().forEach(k -> stored.add(col(k)));
    stored.add(order().as("_stored"));
    return ranked
        .join(
            context.tables().read(silver).select(stored.toArray(Column[]::new)),
            scala.jdk.javaapi.CollectionConverters.asScala(silver.key()).toSeq(),
            "left_outer")
        .withColumn(STALE, col("_stored").isNotNull().and(col("_stored").gt(order())))
        .drop("_stored");
  }

  private static Column order() {
    return struct(col(Entity.ROW_VERSION), col(Entity.BATCH_ID), col(Entity.ROW_HASH));
  }

  private static Column isBeaten() {
    return col(RANK).gt(1).or(col(STALE));
  }

  private void save(TableSchema table, Dataset<Row> winners, boolean first) {
    Dataset<Row> live = winners.filter(col(MapTransforms.DELETED).equalTo(false));
    if (first) {
      context.tables().overwrite(table, live);
      return;
    }
    context
        .tables()
        .merge(
            table,
            winners,
            "s." + MapTransforms.DELETED,
            "NOT s." + MapTransforms.DELETED,
            "NOT s." + MapTransforms.DELETED);
  }

  /** Keeps the account, and proves it: what was kept is counted again in silver itself. */
  private void account(List<Row> fates) {
    Map<String, Long> inSilver = new HashMap<>();
    context
        .tables()
        .read(entity.silver())
        .filter(batchCondition())
        .groupBy(Entity.SOURCE, Entity.BATCH_ID)
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(r -> inSilver.put(r.getString(0) + "/" + r.getLong(1), r.getLong(2)));
    Map<String, Long> keptByBatch = new HashMap<>();
    for (Row counted : counts) {
      Row fate =
          fates.stream()
              .filter(
                  f ->
                      f.getString(0).equals(counted.getString(0))
                          && f.getLong(1) == counted.getLong(1)
                          && f.getInt(2) == counted.getInt(2))
              .findFirst()
              .orElse(RowFactory.create(null, null, null, 0L, 0L, 0L));
      String fingerprint =
          works.stream()
              .filter(w -> isOf(counted, w))
              .map(Work::fingerprint)
              .findFirst()
              .orElseThrow();
      long in = counted.getLong(3);
      long accounted =
          counted.getLong(4)
              + counted.getLong(5)
              + fate.getLong(3)
              + fate.getLong(4)
              + fate.getLong(5);
      if (in != accounted) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "Source %s, batch %d, entity %s: %d rows in, but %d accounted for",
                counted.getString(0),
                counted.getLong(1),
                entity.name(),
                in,
                accounted));
      }
      keptByBatch.merge(
          counted.getString(0) + "/" + counted.getLong(1), fate.getLong(5), Long::sum);
      results.add(
          RowFactory.create(
              counted.getString(0),
              counted.getLong(1),
              entity.name(),
              counted.getInt(2),
              fingerprint,
              in,
              counted.getLong(4),
              fate.getLong(5),
              counted.getLong(5),
              fate.getLong(3),
              fate.getLong(4)));
      context.counts().addIn(in);
      context.counts().addOut(fate.getLong(5));
      context.counts().addRejected(counted.getLong(5));
      context.counts().addDuplicate(fate.getLong(3));
    }
    keptByBatch.values().removeIf(kept -> kept == 0);
    if (!keptByBatch.equals(inSilver)) {
      throw new IllegalStateException(
          "Entity "
              + entity.name()
              + ": rows to keep "
              + keptByBatch
              + ", rows in silver "
              + inSilver);
    }
  }

  private String batchCondition() {
    return works.stream()
        .map(
            w ->
                String.format(
                    "(source = '%s' AND batch_id IN (%s))",
                    w.source().name(),
                    w.batches().stream().map(String::valueOf).collect(Collectors.joining(", "))))
        .distinct()
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  private static boolean isOf(Row counted, Work work) {
    return counted.getString(0).equals(work.source().name())
        && counted.getInt(2) == work.source().maps().indexOf(work.map()) + 1;
  }

  private static Column outcome(String reasons, String outcome) {
    return transform(col(reasons), r -> struct(r.as("reason"), lit(outcome).as("outcome")));
  }

  private static void checkColumns(JobContext context, Work work) {
    List<io.portrait.common.error.Fault> faults =
        MapCheck.againstColumns(context.spark(), work.source(), work.columns());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }
}

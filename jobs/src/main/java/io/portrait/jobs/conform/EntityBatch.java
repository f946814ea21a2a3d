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
import static org.apache.spark.sql.functions.when;

import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.conform.Pending.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;
import scala.jdk.javaapi.CollectionConverters;

/** The new rows of one entity, from all sources that feed it, on their way to silver. */
final class EntityBatch {

  private static final String RANK = "_rank";
  private static final String STALE = "_stale";

  private final JobContext context;
  private final Entity entity;
  private final List<Work> works;
  private final boolean rebuilt;
  private final Dataset<Row> rows;
  private final List<Count> counts;
  private final List<Row> reasons;

  /** What became of the rows of one batch by one map; {@code in} is the sum of the others. */
  private record Count(
      String source,
      long batch,
      int map,
      long in,
      long elsewhere,
      long rejected,
      long duplicate,
      long deleted,
      long kept) {

    /** Without those that a stored row beats. */
    Count withStale(long staleDeleted, long staleKept) {
      return new Count(
          source,
          batch,
          map,
          in,
          elsewhere,
          rejected,
          duplicate + staleDeleted + staleKept,
          deleted - staleDeleted,
          kept - staleKept);
    }

    boolean isOf(Row row) {
      return source.equals(row.getString(0)) && batch == row.getLong(1) && map == row.getInt(2);
    }

    boolean isOf(Work work) {
      return source.equals(work.source().name())
          && map == work.source().maps().indexOf(work.map()) + 1;
    }
  }

  private EntityBatch(
      JobContext context, Entity entity, List<Work> works, boolean rebuilt, Dataset<Row> rows) {
    this.context = context;
    this.entity = entity;
    this.works = works;
    this.rebuilt = rebuilt;
    this.rows = rows.persist(StorageLevel.DISK_ONLY());
    Column isFirst = col(RANK).equalTo(1);
    this.counts =
        this.rows
            .groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
            .agg(
                count(lit(1)),
                count_if(col(MapTransforms.BELONGS).equalTo(false)),
                count_if(MapTransforms.isRejected()),
                count_if(col(RANK).gt(1)),
                count_if(isFirst.and(col(MapTransforms.DELETED))),
                count_if(isFirst.and(col(MapTransforms.DELETED).equalTo(false))))
            .collectAsList()
            .stream()
            .map(
                r ->
                    new Count(
                        r.getString(0),
                        r.getLong(1),
                        r.getInt(2),
                        r.getLong(3),
                        r.getLong(4),
                        r.getLong(5),
                        r.getLong(6),
                        r.getLong(7),
                        r.getLong(8)))
            .collect(Collectors.toCollection(ArrayList::new));
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
                          MapTransforms.usesRowId(work.map())),
                      work.source(),
                      work.map(),
                      entity,
                      context.catalogue().deployment(),
                      hash);
                })
            .reduce(Dataset::unionByName)
            .orElseThrow();
    return new EntityBatch(
        context, entity, works, pending.isRebuilt(entity), withRank(rows, entity));
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
      for (Count count : counts) {
        if (count.isOf(work)) {
          in += count.in() - count.elsewhere();
          rejected += count.rejected();
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
                + " %s allows. Reasons: %s. Correct the map or its formats; if the file itself is"
                + " wrong, have it delivered again and raise the share until it has passed. Nothing"
                + " was changed in silver.",
            work.source().name(), entity.name(), work.map().place(), rejected, in, limit, why);
      }
    }
  }

  /**
   * Writes the rows that nothing refused to silver and vault, and proves by what Delta committed
   * that every row is accounted for.
   */
  void write() {
    Dataset<Row> winners =
        rows.filter(col(RANK).equalTo(1))
            .drop(
                RANK,
                MapTransforms.RAW,
                MapTransforms.REASONS,
                MapTransforms.EMPTIED,
                MapTransforms.IDENTIFIERS);
    if (rebuilt || !context.tables().exists(entity.silver())) {
      Dataset<Row> live = winners.filter(col(MapTransforms.DELETED).equalTo(false));
      account(context.tables().overwrite(entity.silver(), live));
      entity.vault().ifPresent(vault -> context.tables().overwrite(vault, live));
    } else {
      merge(winners);
    }
  }

  /** Merges rows into silver and vault, but for those that a stored row of their key beats. */
  private void merge(Dataset<Row> winners) {
    Dataset<Row> judged = withStale(winners).persist(StorageLevel.DISK_ONLY());
    try {
      List<Row> stale =
          judged
              .filter(STALE)
              .groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
              .agg(
                  count_if(col(MapTransforms.DELETED)),
                  count_if(col(MapTransforms.DELETED).equalTo(false)))
              .collectAsList();
      counts.replaceAll(
          count ->
              stale.stream()
                  .filter(count::isOf)
                  .findFirst()
                  .map(row -> count.withStale(row.getLong(3), row.getLong(4)))
                  .orElse(count));
      Dataset<Row> fresh = judged.filter(col(STALE).equalTo(false));
      account(merge(entity.silver(), fresh));
      entity.vault().ifPresent(vault -> merge(vault, fresh));
    } finally {
      judged.unpersist();
    }
  }

  private long merge(TableSchema table, Dataset<Row> fresh) {
    return context
        .tables()
        .merge(
            table,
            fresh,
            "s." + MapTransforms.DELETED,
            "NOT s." + MapTransforms.DELETED,
            "NOT s." + MapTransforms.DELETED);
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
    return counts.stream().map(this::result).toList();
  }

  /** The lines that these replace. */
  String resultCondition() {
    return "entity = '" + entity.name() + "'" + (rebuilt ? "" : " AND " + batchCondition());
  }

  /** Whether the entity is made again from all of bronze. */
  boolean isRebuilt() {
    return rebuilt;
  }

  void close() {
    rows.unpersist();
  }

  boolean hasRejected() {
    return counts.stream().anyMatch(count -> count.rejected() > 0);
  }

  /** The refused rows, as {@link RawTables#REJECTED} keeps them. */
  Dataset<Row> rejected() {
    return rows.filter(MapTransforms.isRejected())
        .select(
            col(Entity.SOURCE),
            lit(entity.name()).as("entity"),
            col(Entity.BATCH_ID),
            col(MapTransforms.ORIGIN).as("origin"),
            col(Entity.ROW_HASH),
            col(MapTransforms.REASONS).as("reasons"),
            col(MapTransforms.RAW).as("row"));
  }

  /** Adds each usable row's place among those of its key: the greatest version is 1. */
  private static Dataset<Row> withRank(Dataset<Row> rows, Entity entity) {
    List<Column> key = new ArrayList<>();
    entity.silver().key().forEach(k -> key.add(col(k)));
    // Rows that cannot be used may have no key; their hash spreads them.
    key.add(when(MapTransforms.isUsable().equalTo(false), col(Entity.ROW_HASH)));
    Column place =
        row_number()
            .over(
                Window.partitionBy(key.toArray(Column[]::new))
                    .orderBy(
                        col(Entity.ROW_VERSION).desc(),
                        col(Entity.BATCH_ID).desc(),
                        col(Entity.ROW_HASH).desc()));
    return rows.withColumn(RANK, when(MapTransforms.isUsable(), place));
  }

  /** Marks rows that a stored row of their key beats. */
  private Dataset<Row> withStale(Dataset<Row> winners) {
    TableSchema silver = entity.silver();
    List<Column> stored = new ArrayList<>();
    silver.key().forEach(k -> stored.add(col(k)));
    stored.add(order().as("_stored"));
    return winners
        .join(
            context.tables().read(silver).select(stored.toArray(Column[]::new)),
            CollectionConverters.asScala(silver.key()).toSeq(),
            "left_outer")
        .withColumn(STALE, col("_stored").isNotNull().and(col("_stored").gt(order())))
        .drop("_stored");
  }

  private static Column order() {
    return struct(col(Entity.ROW_VERSION), col(Entity.BATCH_ID), col(Entity.ROW_HASH));
  }

  private void account(long written) {
    for (Count fate : counts) {
      long accounted =
          fate.elsewhere() + fate.rejected() + fate.duplicate() + fate.deleted() + fate.kept();
      if (fate.in() != accounted) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "Source %s, batch %d, entity %s: %d rows in, but %d accounted for",
                fate.source(),
                fate.batch(),
                entity.name(),
                fate.in(),
                accounted));
      }
      context.counts().addIn(fate.in());
      context.counts().addOut(fate.kept());
      context.counts().addRejected(fate.rejected());
      context.counts().addDuplicate(fate.duplicate());
    }
    long kept = counts.stream().mapToLong(Count::kept).sum();
    if (kept != written) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "Entity %s: %d rows to keep, but %d written to silver",
              entity.name(),
              kept,
              written));
    }
  }

  private Row result(Count fate) {
    String fingerprint =
        works.stream().filter(fate::isOf).map(Work::fingerprint).findFirst().orElseThrow();
    return RowFactory.create(
        fate.source(),
        fate.batch(),
        entity.name(),
        fate.map(),
        fingerprint,
        fate.in(),
        fate.elsewhere(),
        fate.kept(),
        fate.rejected(),
        fate.duplicate(),
        fate.deleted());
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

  private static Column outcome(String reasons, String outcome) {
    return transform(col(reasons), r -> struct(r.as("reason"), lit(outcome).as("outcome")));
  }

  private static void checkColumns(JobContext context, Work work) {
    List<Fault> faults = MapCheck.againstColumns(context.spark(), work.source(), work.columns());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }
}

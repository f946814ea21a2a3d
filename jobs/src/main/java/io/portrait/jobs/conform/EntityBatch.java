package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Batches;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.RawTransforms;
import io.portrait.jobs.conform.Pending.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The new rows of one entity, from all sources that feed it, on their way to silver. */
final class EntityBatch {

  static final String RANK = "_rank";
  private static final String STALE = "_stale";
  private static final String DELIVERED_AT = "_delivered_at";

  private final JobContext context;
  private final Entity entity;
  private final List<Work> works;
  private final boolean rebuilt;
  private final boolean followed;
  private final Batches kept;
  private final Dataset<Row> rows;
  private final RowAccount account;

  private EntityBatch(
      JobContext context, Pending pending, Entity entity, List<Part> parts, Dataset<Row> rows) {
    this.context = context;
    this.entity = entity;
    this.works = parts.stream().map(Part::work).toList();
    this.rebuilt = pending.isRebuilt(entity);
    this.followed = pending.isFollowed(entity);
    this.kept = pending.kept(entity);
    this.rows = rows.persist(StorageLevel.DISK_ONLY());
    this.account = RowAccount.of(entity, parts, this.rows);
  }

  /**
   * A map's raw rows.
   *
   * @param work the map
   * @param raw rows that stand in the source, as far as is known
   * @param elsewhere how many of them it leaves to other maps, by batch
   * @param beaten how many a later snapshot has replaced or lacks, by batch
   * @param gone how many tell that a row has gone from the source, by batch
   */
  record Part(
      Work work,
      Dataset<Row> raw,
      Map<Long, Long> elsewhere,
      Map<Long, Long> beaten,
      Map<Long, Long> gone) {}

  /** Reads and maps what is pending for an entity. */
  static EntityBatch read(JobContext context, Pending pending, Entity entity, KeyedHash hash) {
    List<Part> parts = pending.of(entity).stream().map(w -> part(context, w, hash)).toList();
    Optional<Suppressed> suppressed = suppressed(context, pending, entity);
    Dataset<Row> rows =
        parts.stream()
            .map(
                part ->
                    MapTransforms.conform(
                        part.raw(),
                        part.work().source(),
                        part.work().map(),
                        entity,
                        context.catalogue().deployment(),
                        context.catalogue().rejecting(entity.silver().path()),
                        suppressed,
                        hash))
            .reduce(Dataset::unionByName)
            .orElseThrow();
    boolean isKeyedByRowId =
        parts.stream().allMatch(p -> MapTransforms.isKeyedByRowId(p.work().map(), entity));
    List<Row> files = parts.stream().flatMap(part -> part.work().files().stream()).toList();
    return new EntityBatch(
        context,
        pending,
        entity,
        parts,
        withRank(withDelivery(context, rows, files), entity, isKeyedByRowId));
  }

  /**
   * Erased people whose rows are refused, where maps may have changed since ingest: what it let in
   * by the old ones may show more by the new ones.
   */
  private static Optional<Suppressed> suppressed(
      JobContext context, Pending pending, Entity entity) {
    boolean isFirst = !context.tables().exists(entity.silver());
    return entity.hasAccount() && (isFirst || pending.isRebuilt(entity))
        ? Optional.of(Suppressed.read(context.catalogue(), context.tables()))
            .filter(list -> !list.isEmpty())
        : Optional.empty();
  }

  private static Part part(JobContext context, Work work, KeyedHash hash) {
    Dataset<Row> bronze =
        context
            .tables()
            .read(RawTables.bronze(work.source().name()))
            .filter(col(Entity.BATCH_ID).isin(work.batches().keySet().toArray()));
    checkColumns(context, work);
    Map<Long, Long> beaten = new HashMap<>();
    Map<Long, Long> gone = new HashMap<>();
    Dataset<Row> standing = bronze;
    if (!work.source().key().isEmpty() && work.batches().size() > 1) {
      Dataset<Row> judged =
          SnapshotTransforms.withStanding(bronze, work.source().key(), work.discarded());
      SnapshotTransforms.summarizeFallen(judged)
          .collectAsList()
          .forEach(
              row -> {
                beaten.put(row.getLong(0), row.getLong(1));
                gone.put(row.getLong(0), row.getLong(2));
              });
      standing = SnapshotTransforms.filterStanding(judged);
    }
    Dataset<Row> raw =
        RawTransforms.withRawColumns(
            RawTransforms.withDiscarded(standing, work.discarded()),
            corrections(context, work),
            work.source(),
            work.columns(),
            hash,
            MapTransforms.usesRowId(work.map()));
    Map<Long, Long> elsewhere = new HashMap<>();
    if (work.map().where().isPresent()) {
      MapTransforms.elsewhere(raw, work.map())
          .collectAsList()
          .forEach(row -> elsewhere.put(row.getLong(1), row.getLong(2)));
    }
    return new Part(work, raw, elsewhere, beaten, gone);
  }

  /** Corrected rows of a source, if there are any; made by hand, so they are few. */
  private static Optional<Dataset<Row>> corrections(JobContext context, Work work) {
    if (!context.tables().exists(RawTables.CORRECTION)) {
      return Optional.empty();
    }
    return Optional.of(
        RawTransforms.selectCorrections(
            context.tables().read(RawTables.CORRECTION), work.source().name()));
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
    works.forEach(
        work ->
            account.checkRejectedShare(
                work,
                work.map()
                    .maxRejectedShare()
                    .orElse(context.catalogue().quality().maxRejectedShare())));
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
                DELIVERED_AT,
                MapTransforms.RAW,
                MapTransforms.REASONS,
                MapTransforms.EMPTIED,
                MapTransforms.IDENTIFIERS);
    boolean isThere = context.tables().exists(entity.silver());
    if (isThere && !rebuilt) {
      merge(winners);
    } else if (isThere && !kept.isEmpty()) {
      replaceBesideKept(winners);
    } else {
      Dataset<Row> live = live(winners);
      account.close(replace(entity.silver(), live), context.counts());
      entity.vault().ifPresent(vault -> replace(vault, encrypted(vault, live)));
    }
  }

  private static Dataset<Row> live(Dataset<Row> winners) {
    return winners.filter(col(MapTransforms.DELETED).equalTo(false));
  }

  /**
   * Makes silver and vault of these rows and of the stored ones of batches that bronze has no more;
   * of two of one key the greater stays. Both tables are read as they were before. Silver goes
   * first, and a row of the vault stays with its row of silver, so a killed run is done again with
   * the same result.
   */
  private void replaceBesideKept(Dataset<Row> winners) {
    Tables tables = context.tables();
    TableSchema silver = entity.silver();
    Dataset<Row> stored = tables.read(silver).filter(kept.condition());
    Dataset<Row> judged = withStale(winners, stored).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> fresh = judged.filter(col(STALE).equalTo(false));
    Dataset<Row> left =
        stored
            .join(select(fresh, silver.key()), sequence(silver.key()), "left_anti")
            .persist(StorageLevel.DISK_ONLY());
    try {
      account.addStale(judged.filter(STALE));
      long written = replace(silver, silver.conform(live(fresh)).unionByName(left));
      account.close(written - left.count(), context.counts());
      entity.vault().ifPresent(vault -> replaceBesideKept(vault, live(fresh), left));
    } finally {
      left.unpersist();
      judged.unpersist();
    }
  }

  private void replaceBesideKept(TableSchema vault, Dataset<Row> live, Dataset<Row> left) {
    Dataset<Row> stored =
        context
            .tables()
            .readOrEmpty(vault)
            .join(select(left, vault.key()), sequence(vault.key()), "left_semi");
    replace(vault, vault.conform(encrypted(vault, live)).unionByName(stored));
  }

  /**
   * Makes a table hold these rows and no others; where the maps are the same, most stay.
   *
   * @return how many rows there are now
   */
  private long replace(TableSchema table, Dataset<Row> all) {
    return followed && context.tables().exists(table)
        ? context.tables().change(table, all)
        : context.tables().overwrite(table, all);
  }

  /** Merges rows into silver and vault, but for those that a stored row of their key beats. */
  private void merge(Dataset<Row> winners) {
    Dataset<Row> judged =
        withStale(winners, context.tables().read(entity.silver()))
            .persist(StorageLevel.DISK_ONLY());
    try {
      account.addStale(judged.filter(STALE));
      Dataset<Row> fresh = judged.filter(col(STALE).equalTo(false));
      account.close(merge(entity.silver(), fresh), context.counts());
      entity.vault().ifPresent(vault -> merge(vault, encrypted(vault, fresh)));
    } finally {
      judged.unpersist();
    }
  }

  private Dataset<Row> encrypted(TableSchema vault, Dataset<Row> winners) {
    return Vault.of(context.catalogue()).encrypt(vault, winners);
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

  /** What became of the rows, and why. */
  RowAccount account() {
    return account;
  }

  /** The lines that these replace: not those of batches that bronze has no more. */
  String resultCondition() {
    String isOwn = "entity = '" + entity.name() + "'";
    if (!rebuilt) {
      return isOwn + " AND " + batchCondition();
    }
    return kept.isEmpty() ? isOwn : isOwn + " AND NOT " + kept.condition();
  }

  /** Whether the entity is made again from all of bronze. */
  boolean isRebuilt() {
    return rebuilt;
  }

  void close() {
    rows.unpersist();
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

  /** Adds when each row's file was delivered; null of a database. */
  private static Dataset<Row> withDelivery(JobContext context, Dataset<Row> rows, List<Row> files) {
    if (files.stream().distinct().count() < 2) {
      return rows.withColumn(DELIVERED_AT, lit(null).cast(TimestampType));
    }
    StructType schema =
        new StructType()
            .add(Entity.SOURCE, StringType)
            .add(Entity.BATCH_ID, LongType)
            .add(MapTransforms.ORIGIN, StringType)
            .add(DELIVERED_AT, TimestampType);
    Dataset<Row> deliveries =
        context.spark().createDataFrame(files.stream().distinct().toList(), schema);
    return rows.join(
        broadcast(deliveries),
        sequence(List.of(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.ORIGIN)),
        "left_outer");
  }

  /**
   * Adds each usable row's place among those of its key: the greatest version is 1; of equal ones
   * the last received, in a batch that of the file delivered last, so that reading files one by one
   * or all at once ends the same.
   */
  private static Dataset<Row> withRank(Dataset<Row> rows, Entity entity, boolean isKeyedByRowId) {
    List<Column> key = new ArrayList<>();
    entity.silver().key().forEach(k -> key.add(col(k)));
    Column hash = col(Entity.ROW_HASH);
    // Rows that cannot be used may have no key; their hash spreads them.
    key.add(isKeyedByRowId ? hash : when(MapTransforms.isUsable().equalTo(false), hash));
    Column place =
        row_number()
            .over(
                Window.partitionBy(key.toArray(Column[]::new))
                    .orderBy(
                        col(Entity.ROW_VERSION).desc(),
                        col(Entity.BATCH_ID).desc(),
                        col(DELIVERED_AT).desc_nulls_last(),
                        col(MapTransforms.ORIGIN).desc(),
                        col(Entity.ROW_HASH).desc()));
    return rows.withColumn(RANK, when(MapTransforms.isUsable(), place));
  }

  /** Marks rows that a stored row of their key beats. */
  private Dataset<Row> withStale(Dataset<Row> winners, Dataset<Row> stored) {
    List<String> key = entity.silver().key();
    List<Column> compared = new ArrayList<>();
    key.forEach(k -> compared.add(col(k)));
    compared.add(order().as("_stored"));
    return winners
        .join(stored.select(compared.toArray(Column[]::new)), sequence(key), "left_outer")
        .withColumn(STALE, col("_stored").isNotNull().and(col("_stored").gt(order())))
        .drop("_stored");
  }

  private static Dataset<Row> select(Dataset<Row> rows, List<String> columns) {
    return rows.select(columns.stream().map(c -> col(c)).toArray(Column[]::new));
  }

  private static Seq<String> sequence(List<String> columns) {
    return CollectionConverters.asScala(columns).toSeq();
  }

  private static Column order() {
    return struct(col(Entity.ROW_VERSION), col(Entity.BATCH_ID), col(Entity.ROW_HASH));
  }

  private String batchCondition() {
    return works.stream()
        .map(
            w ->
                String.format(
                    "(source = '%s' AND batch_id IN (%s))",
                    w.source().name(),
                    w.batches().keySet().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))))
        .distinct()
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  private static void checkColumns(JobContext context, Work work) {
    List<Fault> faults = MapCheck.againstColumns(context.spark(), work.source(), work.columns());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }
}

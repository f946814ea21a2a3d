package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.io.Batches;
import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.sql.Row;

/** Which batches of which maps have not been conformed as they are declared now. */
final class Pending {

  /**
   * A map with the batches that it has to conform.
   *
   * @param source the map's source
   * @param map the map
   * @param fingerprint of everything that its result depends on
   * @param batches number and rows, as they stand in bronze; empty only where all batches of an
   *     entity that is made again are {@link #kept}
   * @param columns raw columns of those batches, and of those that are kept
   * @param files files or queries of those batches: source, batch, origin, time of modification
   * @param discarded those of the batches whose rows are all refused, whatever the limit
   */
  record Work(
      Source source,
      EntityMap map,
      String fingerprint,
      SortedMap<Long, Long> batches,
      List<String> columns,
      List<Row> files,
      Set<Long> discarded) {

    /** The map's place in its source, from 1. */
    int number() {
      return source.maps().indexOf(map) + 1;
    }

    boolean isOf(String sourceName, int mapNumber) {
      return source.name().equals(sourceName) && number() == mapNumber;
    }
  }

  private final List<Work> works;
  private final Set<String> rebuilt;
  private final Set<String> followed;
  private final Set<String> abandonedSources;
  private final Map<String, Batches> kept;

  private Pending(
      List<Work> works,
      Set<String> rebuilt,
      Set<String> followed,
      Set<String> abandonedSources,
      Map<String, Batches> kept) {
    this.works = works;
    this.rebuilt = rebuilt;
    this.followed = followed;
    this.abandonedSources = abandonedSources;
    this.kept = kept;
  }

  /** Compares what has been ingested with what has been conformed. Both are small. */
  static Pending of(Tables tables, Catalogue catalogue) {
    List<Row> ingested =
        tables
            .readOrEmpty(RawTables.INGEST_FILE)
            .groupBy("source", "batch_id")
            .agg(
                flatten(collect_set("columns")),
                sum(col("rows").minus(coalesce(col("rows_erased"), lit(0L)))),
                collect_list(
                    struct(col("source"), col("batch_id"), col("origin"), col("modified_at"))))
            .collectAsList();
    List<Row> conformed =
        tables
            .readOrEmpty(RawTables.CONFORM_RESULT)
            .select("source", "batch_id", "entity", "map_fingerprint")
            .collectAsList();
    Batches allDiscarded = Batches.of(tables.readOrEmpty(RawTables.DISCARDED_BATCH));
    Map<String, Batches> kept = kept(catalogue, conformed, Batches.gone(tables), allDiscarded);
    Set<String> done = new HashSet<>();
    Set<String> current = new HashSet<>();
    Set<String> rebuilt = new TreeSet<>();
    conformed.forEach(row -> done.add(row.getString(3) + "/" + row.getLong(1)));
    for (Source source : catalogue.sources()) {
      source.maps().forEach(m -> current.add(fingerprint(catalogue, source, m)));
    }
    conformed.stream()
        .filter(row -> !current.contains(row.getString(3)))
        .filter(row -> !isKept(kept, row.getString(2), row.getString(0), row.getLong(1)))
        .forEach(row -> rebuilt.add(row.getString(2)));
    Set<String> followed = followed(catalogue, ingested, done);
    List<Work> works = new ArrayList<>();
    for (Source source : catalogue.sources()) {
      for (EntityMap map : source.maps()) {
        String fingerprint = fingerprint(catalogue, source, map);
        boolean isWhole = rebuilt.contains(map.entity()) || followed.contains(map.entity());
        boolean isAnyKept = false;
        SortedMap<Long, Long> batches = new TreeMap<>();
        Set<String> columns = new TreeSet<>(source.columns());
        List<Row> files = new ArrayList<>();
        for (Row row : ingested) {
          if (!row.getString(0).equals(source.name())) {
            continue;
          }
          boolean isKept = isKept(kept, map.entity(), source.name(), row.getLong(1));
          if (isWhole || !(isKept || isDone(catalogue, source, map, row.getLong(1), done))) {
            columns.addAll(row.getList(2));
            isAnyKept |= isKept;
            if (!isKept) {
              batches.put(row.getLong(1), row.getLong(3));
              files.addAll(row.getList(4));
            }
          }
        }
        if (!batches.isEmpty() || isAnyKept) {
          Set<Long> discarded = new TreeSet<>(batches.keySet());
          discarded.removeIf(batch -> !allDiscarded.contains(source.name(), batch));
          works.add(
              new Work(source, map, fingerprint, batches, List.copyOf(columns), files, discarded));
        }
      }
    }
    Set<String> abandoned = new TreeSet<>();
    conformed.forEach(row -> abandoned.add(row.getString(0)));
    catalogue.sources().forEach(source -> abandoned.remove(source.name()));
    return new Pending(works, rebuilt, followed, abandoned, kept);
  }

  /**
   * By entity the batches of {@link #kept}. Not those that a person discarded, nor those of a
   * source or map that is declared no more. Nor those of a source that is followed by snapshots:
   * what stands in it now decides, and retention leaves it whole.
   */
  private static Map<String, Batches> kept(
      Catalogue catalogue, List<Row> conformed, Batches gone, Batches discarded) {
    Set<String> declared = new HashSet<>();
    for (Source source : catalogue.sources()) {
      if (!source.isSnapshot()) {
        source.maps().forEach(map -> declared.add(map.entity() + "/" + source.name()));
      }
    }
    Map<String, Batches> kept = new HashMap<>();
    for (Row row : conformed) {
      String source = row.getString(0);
      long batch = row.getLong(1);
      String entity = row.getString(2);
      if (gone.contains(source, batch)
          && !discarded.contains(source, batch)
          && declared.contains(entity + "/" + source)) {
        kept.computeIfAbsent(entity, key -> new Batches()).add(source, batch);
      }
    }
    return kept;
  }

  private static boolean isKept(
      Map<String, Batches> kept, String entity, String source, long batch) {
    return kept.containsKey(entity) && kept.get(entity).contains(source, batch);
  }

  /**
   * Entities with news of a source that is followed by snapshots. What stands in such a source now
   * decides, not what stood there once: a row may have gone, belong to another entity, have become
   * unusable, or leave its key to another row. All of it is mapped again.
   */
  private static Set<String> followed(Catalogue catalogue, List<Row> ingested, Set<String> done) {
    Set<String> followed = new TreeSet<>();
    for (Source source : catalogue.sources()) {
      for (EntityMap map : source.maps()) {
        List<Boolean> areDone =
            ingested.stream()
                .filter(row -> row.getString(0).equals(source.name()))
                .map(row -> isDone(catalogue, source, map, row.getLong(1), done))
                .toList();
        if (source.isSnapshot() && areDone.contains(true) && areDone.contains(false)) {
          followed.add(map.entity());
        }
      }
    }
    return followed;
  }

  /** Maps of one source and entity share their lines of the account, so they go together. */
  private static boolean isDone(
      Catalogue catalogue, Source source, EntityMap map, long batch, Set<String> done) {
    return source.maps().stream()
        .filter(m -> m.entity().equals(map.entity()))
        .allMatch(m -> done.contains(fingerprint(catalogue, source, m) + "/" + batch));
  }

  /** Whether there is anything to do for an entity. */
  boolean isPending(Entity entity) {
    return !of(entity).isEmpty();
  }

  /**
   * Whether an entity is made again from all of bronze, since a map of it has changed or a snapshot
   * has.
   */
  boolean isRebuilt(Entity entity) {
    return rebuilt.contains(entity.name()) || followed.contains(entity.name());
  }

  /** Whether an entity is made again with the same maps, so that most of its rows stay. */
  boolean isFollowed(Entity entity) {
    return followed.contains(entity.name()) && !rebuilt.contains(entity.name());
  }

  /** Whether an entity had a map and has none any more: what it gave has to go. */
  boolean isAbandoned(Entity entity) {
    return rebuilt.contains(entity.name()) && !isPending(entity);
  }

  /**
   * Batches that an entity has conformed and that bronze has no more, since they went by age. They
   * cannot be mapped again, so what silver has of them stays as it is, and so do their lines in the
   * account, under the map of then.
   */
  Batches kept(Entity entity) {
    return kept.getOrDefault(entity.name(), new Batches());
  }

  /** Sources that gave rows to silver and are declared no more: what they gave has to go. */
  Set<String> abandonedSources() {
    return abandonedSources;
  }

  /** The maps of an entity that have something to do. */
  List<Work> of(Entity entity) {
    return works.stream().filter(w -> w.map().entity().equals(entity.name())).toList();
  }

  /** Everything that a map's result depends on, but for where it stands in the file. */
  private static String fingerprint(Catalogue catalogue, Source source, EntityMap map) {
    Deployment deployment = catalogue.deployment();
    List<String> expectations =
        Entities.named(map.entity()).stream()
            .flatMap(entity -> catalogue.rejecting(entity.silver().path()).stream())
            .map(rule -> rule.reason() + " " + rule.expected())
            .sorted()
            .toList();
    String declared =
        String.join(
            "\n",
            source.name(),
            source.format().toString(),
            source.timeZone().toString(),
            source.dateFormats().toString(),
            source.timestampFormats().toString(),
            source.pattern().toString(),
            map.entity(),
            map.realm(),
            map.where().toString(),
            new TreeMap<>(map.columns()).toString(),
            new TreeMap<>(map.identifiers()).toString(),
            map.orderBy().toString(),
            new TreeMap<>(map.rejectWhen()).toString(),
            expectations.toString(),
            deployment.timeZone().toString(),
            deployment.currency().toString(),
            deployment.country());
    return UUID.nameUUIDFromBytes(declared.getBytes(StandardCharsets.UTF_8)).toString();
  }
}

package io.portrait.jobs.erase;

import static io.portrait.common.transform.PersonTransforms.FOUND;
import static io.portrait.common.transform.PersonTransforms.SHOWN;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Source;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.StoredTable;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.Parallel;
import io.portrait.common.privacy.KeyLookup;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.TextSearch;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.ColumnKind;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import io.portrait.common.table.Layer;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.PersonTransforms;
import io.portrait.common.transform.RawTransforms;
import io.portrait.jobs.erase.Request.Kind;
import io.portrait.jobs.erase.Request.Line;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;

/** Rows as received: which are of the persons, and what they show of them. */
final class Bronze {

  /** Names and addresses, which others may have too. */
  static final Set<String> PERSONAL =
      Entities.CUSTOMER.columns().stream()
          .filter(c -> c.kind() == ColumnKind.PERSONAL)
          .map(EntityColumn::name)
          .collect(Collectors.toUnmodifiableSet());

  private static final String HASH = "hash";

  private final JobContext context;
  private final KeyedHash hash;
  private final List<Row> ingested;
  private final List<Source> sources;
  private final Set<Shown> shown = new HashSet<>();
  private final Map<String, Dataset<Row>> candidates = new ConcurrentHashMap<>();

  /** Sources with rows of the persons. */
  private final List<Source> holding = new ArrayList<>();

  /** Refused and corrected rows, and sources without a map. */
  private final List<Restricted> others = new ArrayList<>();

  /** What a row shows of a person. */
  private record Shown(String type, String text, String key) {}

  private Bronze(JobContext context, KeyedHash hash) {
    this.context = context;
    this.hash = hash;
    Tables tables = context.tables();
    this.ingested = tables.readOrEmpty(RawTables.INGEST_FILE).collectAsList();
    this.sources =
        context.catalogue().sources().stream()
            .filter(source -> tables.exists(RawTables.bronze(source.name())))
            .toList();
  }

  /**
   * Looks for the persons' rows. One pass over each source; rows that show nobody are kept aside,
   * to be searched for the texts that all sources together show.
   *
   * @param unknown lines whose key may be met here alone, in rows that were refused
   */
  static Bronze read(JobContext context, KeyedHash hash, Work work, List<Line> unknown) {
    Bronze bronze = new Bronze(context, hash);
    Map<String, String> keys = new HashMap<>(work.keys);
    unknown.forEach(line -> keys.put(line.key(), line.requestId()));
    KeyLookup lookup = new KeyLookup(keys);
    if (!lookup.isEmpty()) {
      Parallel.map(context.spark(), bronze.sources, source -> bronze.find(source, lookup))
          .forEach(bronze.shown::addAll);
      // What is looked at again is what was found, and little.
      QueryMode.interpret(context.spark());
    }
    return bronze;
  }

  private List<Shown> find(Source source, KeyLookup keys) {
    // Without lineage: it is read several times, and may be lost with an executor, as the run then.
    Dataset<Row> rows =
        PersonTransforms.withFound(withShown(source), keys)
            .filter(col(FOUND).isNotNull().or(size(col(SHOWN)).equalTo(0)))
            .localCheckpoint(true, StorageLevel.DISK_ONLY());
    if (!rows.isEmpty()) {
      candidates.put(source.name(), rows);
    }
    return rows
        .filter(col(FOUND).isNotNull())
        .select(explode(col(SHOWN)).as("s"))
        .filter(keys.find(col("s.key")).isNotNull())
        .select("s.type", "s.text", "s.key")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> new Shown(row.getString(0), row.getString(1), row.getString(2)))
        .toList();
  }

  private Dataset<Row> withShown(Source source) {
    return PersonTransforms.withShown(
        context.tables().read(RawTables.bronze(source.name())),
        context.tables().exists(RawTables.CORRECTION)
            ? Optional.of(
                RawTransforms.selectCorrections(
                    context.tables().read(RawTables.CORRECTION), source.name()))
            : Optional.empty(),
        source,
        PersonTransforms.columns(source, ingested),
        context.catalogue().deployment().country(),
        hash);
  }

  /** Whether any row shows the account, e-mail or phone of a line. */
  boolean shows(Line line) {
    return line.kind() != Kind.CUSTOMER
        && shown.stream().anyMatch(one -> one.key().equals(line.key()));
  }

  /** Adds what the rows and the vault show of the persons, and how many rows there are. */
  void addTo(Work work, List<Line> lines) {
    shown.addAll(inVault(work));
    Map<String, String> texts = new TreeMap<>();
    for (Shown one : shown) {
      if (work.keys.containsKey(one.key())) {
        texts.put(one.text(), one.type());
        work.textRequests.put(one.text(), work.keys.get(one.key()));
      }
    }
    for (Line line : lines) {
      if (line.kind() != Kind.CUSTOMER && work.keys.containsKey(line.key())) {
        texts.putIfAbsent(line.text(), line.type());
        work.textRequests.putIfAbsent(line.text(), line.requestId());
      }
    }
    Set<String> notTheirsAlone = textsOfOthers(work, texts);
    texts.keySet().removeAll(notTheirsAlone);
    work.textRequests.keySet().removeAll(notTheirsAlone);
    work.sharedTexts = Math.max(work.sharedTexts, notTheirsAlone.size());
    work.texts.putAll(texts);

    for (Source source : sources) {
      if (candidates.containsKey(source.name())) {
        Map<String, Long> byRequest = byRequest(found(work, source), FOUND);
        work.addRows(RawTables.bronze(source.name()).path(), byRequest);
        if (!byRequest.isEmpty()) {
          holding.add(source);
        }
      }
    }
    others.addAll(withoutMap(work));
    for (Restricted table : others) {
      work.addRows(
          table.table().path(),
          byRequest(table.table().rows().select(table.found().as(FOUND)), FOUND));
    }
  }

  /** What the vault keeps of the persons, also where the rows as received have gone by age. */
  private List<Shown> inVault(Work work) {
    List<Shown> found = new ArrayList<>();
    KeyLookup keys = new KeyLookup(work.keys);
    for (TableSchema table : Vault.schemas()) {
      Dataset<Row> theirs =
          context
              .tables()
              .readOrEmpty(table)
              .filter(keys.find(col(Entity.ACCOUNT_KEY)).isNotNull());
      for (Row row : Vault.of(context.catalogue()).decrypt(table, theirs).collectAsList()) {
        for (String type : Vault.identifiers(table)) {
          String text = row.getAs(type);
          if (text != null) {
            found.add(new Shown(type, text, row.getAs(Entity.ACCOUNT_KEY)));
          }
        }
      }
    }
    return found;
  }

  private static Map<String, Long> byRequest(Dataset<Row> rows, String column) {
    Map<String, Long> counts = new TreeMap<>();
    rows.filter(col(column).isNotNull())
        .groupBy(column)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  /** Texts that master data of others show too, such as a name that two people have. */
  private Set<String> textsOfOthers(Work work, Map<String, String> texts) {
    KeyLookup keys = new KeyLookup(work.keys);
    Map<String, String> byLower = new HashMap<>();
    texts.keySet().forEach(text -> byLower.put(text.toLowerCase(Locale.ROOT), text));
    KeyLookup sought = new KeyLookup(byLower);
    Set<String> found = new HashSet<>();
    for (Source source : sources) {
      if (source.maps().stream().anyMatch(m -> m.entity().equals(Entities.CUSTOMER.name()))) {
        withShown(source)
            .select(explode(col(SHOWN)).as("s"))
            .filter(keys.find(col("s.key")).isNull())
            .select(sought.find(lower(col("s.text"))).as("text"))
            .filter(col("text").isNotNull())
            .distinct()
            .collectAsList()
            .forEach(row -> found.add(row.getString(0)));
      }
    }
    return found;
  }

  /** Rows of the persons in a source. */
  private Dataset<Row> found(Work work, Source source) {
    return withFound(candidates.get(source.name()).drop(FOUND), work)
        .filter(col(FOUND).isNotNull());
  }

  private static Dataset<Row> withFound(Dataset<Row> rows, Work work) {
    return PersonTransforms.withFound(
        rows, new KeyLookup(work.keys), texts(work, false), texts(work, true));
  }

  private static TextSearch texts(Work work, boolean isPersonal) {
    Map<String, String> requests = new HashMap<>();
    work.texts.forEach(
        (text, type) -> {
          if (PERSONAL.contains(type) == isPersonal) {
            requests.put(text, work.textRequests.get(text));
          }
        });
    return new TextSearch(requests);
  }

  /**
   * Deletes the persons' rows, refused ones first: they are told by the fingerprints of those in
   * bronze; corrections last, since they may tell whose a row is. Then corrects how many rows of
   * each file there are.
   */
  void delete(Work work) {
    others.removeIf(table -> !work.rows.containsKey(table.table().path()));
    others.stream().filter(t -> !isCorrection(t.table())).forEach(Restricted::delete);
    for (Source source : holding) {
      Dataset<Row> kept =
          withFound(withShown(source), work)
              .filter(col(FOUND).isNull())
              .transform(PersonTransforms::asBronze);
      context.tables().overwrite(RawTables.bronze(source.name()), kept);
    }
    others.stream().filter(t -> isCorrection(t.table())).forEach(Restricted::delete);
    correctIngestFiles(work);
  }

  /** A table of received rows, and the column that tells whose a row is. */
  private record Restricted(StoredTable table, Column found) {
    void delete() {
      table.delete(found.isNotNull());
    }
  }

  private static boolean isCorrection(StoredTable table) {
    return table.path().equals(RawTables.CORRECTION.path());
  }

  /** Refused and corrected rows, and sources that are declared no more and have no map. */
  private List<Restricted> withoutMap(Work work) {
    List<String> declared =
        context.catalogue().sources().stream().map(source -> source.name()).toList();
    Column byText = texts(work, false).find(PersonTransforms.text(col("row")));
    List<Restricted> tables = new ArrayList<>();
    for (StoredTable table : StoredTable.all(context.spark(), context.tables().root())) {
      if (table.path().equals(RawTables.REJECTED.path())) {
        Column isUndeclared = not(col("source").isin(declared.toArray()));
        tables.add(
            new Restricted(
                table,
                coalesce(
                    byHash(work, RawTables.REJECTED).find(col("row_hash")),
                    when(isUndeclared, byText))));
      } else if (isCorrection(table)) {
        tables.add(
            new Restricted(
                table, coalesce(byHash(work, RawTables.CORRECTION).find(col("row_hash")), byText)));
      } else if (table.layer() == Layer.BRONZE
          && declared.stream().noneMatch(s -> table.path().equals(RawTables.bronze(s).path()))) {
        tables.add(new Restricted(table, byText));
      }
    }
    return tables;
  }

  /** Fingerprints of the persons' rows that another table speaks of. */
  private KeyLookup byHash(Work work, TableSchema table) {
    Map<String, String> hashes = new HashMap<>();
    for (Source source : holding) {
      Dataset<Row> spoken =
          context.tables().read(table).filter(col("source").equalTo(source.name()));
      found(work, source)
          .select(hash.column(lit("row"), to_json(col("__row"))).as(HASH), col(FOUND))
          .join(spoken, col(HASH).equalTo(col("row_hash")), "left_semi")
          .distinct()
          .collectAsList()
          .forEach(row -> hashes.put(row.getString(0), row.getString(1)));
    }
    return new KeyLookup(hashes);
  }

  /** Notes for each file how many of its rows bronze has no more. */
  private void correctIngestFiles(Work work) {
    Map<String, Long> present = new HashMap<>();
    List<String> changed = new ArrayList<>();
    for (Source source : sources) {
      if (work.rows.containsKey(RawTables.bronze(source.name()).path())) {
        changed.add(source.name());
        context
            .tables()
            .read(RawTables.bronze(source.name()))
            .groupBy("batch_id", "origin")
            .count()
            .collectAsList()
            .forEach(
                row ->
                    present.put(
                        key(source.name(), row.getLong(0), row.getString(1)), row.getLong(2)));
      }
    }
    List<Row> corrected =
        ingested.stream()
            .map(
                row ->
                    changed.contains(row.<String>getAs("source")) ? corrected(row, present) : row)
            .toList();
    if (!changed.isEmpty()) {
      context
          .tables()
          .overwrite(
              RawTables.INGEST_FILE,
              context
                  .spark()
                  .createDataFrame(corrected, RawTables.INGEST_FILE.structType())
                  .coalesce(1));
    }
  }

  private static Row corrected(Row row, Map<String, Long> present) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    long left =
        present.getOrDefault(
            key(row.getAs("source"), row.getAs("batch_id"), row.getAs("origin")), 0L);
    long gone = row.<Long>getAs("rows") - left;
    values[row.fieldIndex("rows_erased")] = gone == 0 ? null : gone;
    return RowFactory.create(values);
  }

  private static String key(String source, long batch, String origin) {
    return source + "\n" + batch + "\n" + origin;
  }
}

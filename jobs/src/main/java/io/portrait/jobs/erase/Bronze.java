package io.portrait.jobs.erase;

import static io.portrait.common.transform.PersonTransforms.FOUND;
import static io.portrait.common.transform.PersonTransforms.SHOWN;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
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

  /** Types of what tells no account. */
  private static final Set<String> NO_ACCOUNT =
      Entities.CUSTOMER.columns().stream()
          .filter(c -> c.kind().isDirectIdentifier())
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

  /** Tables of sources that are declared no more. */
  private final List<String> undeclared = new ArrayList<>();

  /** Accounts and other ids that rows show beside a key that silver does not know. */
  private final Map<String, Map<String, String>> beside = new TreeMap<>();

  /** What a row shows of a person. */
  private record Shown(String type, String text, String key) {}

  /** What the rows of one source show. */
  private record Found(List<Shown> shown, List<List<Shown>> besideUnknown) {}

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
   * @param known pseudonyms of the persons' accounts and identifiers, to request
   * @param unknown lines whose key may be met here alone, in rows that were refused
   */
  static Bronze read(
      JobContext context, KeyedHash hash, Map<String, String> known, List<Line> unknown) {
    Bronze bronze = new Bronze(context, hash);
    Map<String, String> keys = new HashMap<>(known);
    unknown.forEach(line -> keys.put(line.key(), line.requestId()));
    KeyLookup lookup = new KeyLookup(keys);
    Map<String, String> besides = new HashMap<>();
    unknown.stream()
        .filter(line -> line.kind() == Kind.EMAIL || line.kind() == Kind.PHONE)
        .forEach(line -> besides.put(line.key(), line.key()));
    if (!lookup.isEmpty()) {
      Parallel.map(
              context.spark(),
              bronze.sources,
              source -> bronze.find(source, lookup, new KeyLookup(besides)))
          .forEach(bronze::note);
      // What is looked at again is what was found, and little.
      QueryMode.interpret(context.spark());
    }
    return bronze;
  }

  private Found find(Source source, KeyLookup keys, KeyLookup besides) {
    // Without lineage: it is read several times, and may be lost with an executor, as the run then.
    Dataset<Row> rows =
        PersonTransforms.withFound(withShown(source), keys)
            .filter(col(FOUND).isNotNull().or(size(col(SHOWN)).equalTo(0)))
            .localCheckpoint(true, StorageLevel.DISK_ONLY());
    if (!rows.isEmpty()) {
      candidates.put(source.name(), rows);
    }
    Dataset<Row> theirs = rows.filter(col(FOUND).isNotNull());
    List<Shown> seen =
        theirs
            .select(explode(col(SHOWN)).as("s"))
            .filter(keys.find(col("s.key")).isNotNull())
            .select("s.type", "s.text", "s.key")
            .distinct()
            .collectAsList()
            .stream()
            .map(Bronze::shown)
            .toList();
    List<List<Shown>> besideUnknown = new ArrayList<>();
    if (seen.stream().anyMatch(one -> besides.find(one.key()).isPresent())) {
      theirs
          .filter(exists(col(SHOWN), s -> besides.find(s.getField("key")).isNotNull()))
          .select(col(SHOWN))
          .distinct()
          .collectAsList()
          .forEach(
              row -> besideUnknown.add(row.<Row>getList(0).stream().map(Bronze::shown).toList()));
    }
    return new Found(seen, besideUnknown);
  }

  private static Shown shown(Row row) {
    return new Shown(row.getString(0), row.getString(1), row.getString(2));
  }

  private void note(Found found) {
    shown.addAll(found.shown());
    for (List<Shown> row : found.besideUnknown()) {
      Map<String, String> ids = new TreeMap<>();
      row.stream()
          .filter(one -> !NO_ACCOUNT.contains(one.type()))
          .forEach(one -> ids.put(one.key(), one.type()));
      row.forEach(one -> beside.computeIfAbsent(one.key(), key -> new TreeMap<>()).putAll(ids));
    }
  }

  /**
   * Accounts and other ids, each with its type, that refused rows show beside the e-mail or phone
   * of a line, by the key of the line: silver knows these persons, but not by it.
   */
  Map<String, Map<String, String>> besideUnknown(List<Line> unknown) {
    Map<String, Map<String, String>> found = new TreeMap<>();
    for (Line line : unknown) {
      Map<String, String> ids = beside.getOrDefault(line.key(), Map.of());
      if (!ids.isEmpty() && (line.kind() == Kind.EMAIL || line.kind() == Kind.PHONE)) {
        found.put(line.key(), ids);
      }
    }
    return found;
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

  /**
   * Adds what the rows and the vault show of the persons, and how many rows there are.
   *
   * @throws JobException naming the lines whose request id tells a person
   */
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
    refuseTelling(lines, texts.keySet());
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

  /** A request's id stands in the certificate and is a file's name. */
  private static void refuseTelling(List<Line> lines, Set<String> texts) {
    Set<String> bare =
        texts.stream()
            .filter(TextSearch::isDistinctive)
            .map(Bronze::withoutSeparators)
            .collect(Collectors.toSet());
    Set<String> whole = texts.stream().map(Bronze::withoutSeparators).collect(Collectors.toSet());
    List<String> telling =
        lines.stream()
            .filter(
                line -> {
                  String id = withoutSeparators(line.requestId());
                  return whole.contains(id) || bare.stream().anyMatch(id::contains);
                })
            .map(line -> String.valueOf(line.number()))
            .toList();
    if (!telling.isEmpty()) {
      throw JobException.invalidData(
          "The request_id of line%s %s has a name or another identifier of a person who is to be"
              + " erased: the certificate would show it. Nothing was erased. Give the request an id"
              + " that tells nobody.",
          telling.size() == 1 ? "" : "s", String.join(", ", telling));
    }
  }

  private static String withoutSeparators(String text) {
    return text.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
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
    Column text = PersonTransforms.text(col("row"));
    Column byText = texts(work, false).find(text);
    List<Restricted> tables = new ArrayList<>();
    for (StoredTable table : StoredTable.all(context.spark(), context.tables().root())) {
      if (table.path().equals(RawTables.REJECTED.path())) {
        Column isUndeclared = not(col("source").isin(declared.toArray()));
        tables.add(
            new Restricted(
                table,
                coalesce(
                    byHash(work, RawTables.REJECTED).find(col("row_hash")),
                    when(isUndeclared, coalesce(byText, texts(work, true).find(text))))));
      } else if (isCorrection(table)) {
        tables.add(
            new Restricted(
                table, coalesce(byHash(work, RawTables.CORRECTION).find(col("row_hash")), byText)));
      } else if (isUndeclared(table, declared)) {
        undeclared.add(table.path());
        tables.add(new Restricted(table, byText));
      }
    }
    return tables;
  }

  private static boolean isUndeclared(StoredTable table, List<String> declared) {
    return table.layer() == Layer.BRONZE
        && !table.path().equals(RawTables.REJECTED.path())
        && !isCorrection(table)
        && declared.stream().noneMatch(s -> table.path().equals(RawTables.bronze(s).path()));
  }

  /**
   * Tables of sources that are declared no more. Nothing tells their columns, so a row of a person
   * is found by the texts that are theirs alone, and not by a name: a row with it may be another's.
   */
  List<String> undeclared() {
    return undeclared;
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

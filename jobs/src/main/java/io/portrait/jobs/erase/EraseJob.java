package io.portrait.jobs.erase;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.error.JobException;
import io.portrait.common.io.AnsiOff;
import io.portrait.common.io.FileSearch;
import io.portrait.common.io.PersonAccounts;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.Scratch;
import io.portrait.common.io.StoredTable;
import io.portrait.common.io.StoredTable.Purged;
import io.portrait.common.io.SummarizedState;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.Parallel;
import io.portrait.common.privacy.KeyLookup;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.privacy.TextSearch;
import io.portrait.common.table.Layer;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.PersonTransforms;
import io.portrait.jobs.erase.Request.Line;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes persons from every table and file below the warehouse.
 *
 * <p>Reads the request file, {@code silver/account_identifier}, {@code silver/customer_map} and
 * bronze. Deletes rows from every table that has a column of accounts, customers or identifiers,
 * and from bronze; adds to {@link PrivacyTables#SUPPRESSION}; removes all files but the latest of
 * each such table, its transaction log too; searches all files; and writes {@link
 * PrivacyTables#ERASURE} and a JSON file per request. Pages of the report that show one of the
 * persons go, too. Each table is passed over once, however many persons there are. Nobody else may
 * read or write the warehouse meanwhile.
 *
 * <p>What is to be done is written down first ({@link Work}); a run that is killed is finished by
 * the next one, with the same result.
 */
public final class EraseJob implements Job {

  private static final Logger LOG = LoggerFactory.getLogger(EraseJob.class);

  private static final String FOUND = "found";
  private static final String PSEUDONYM = "pseudonym";

  private final String requestFile;
  private final boolean isSharedAllowed;
  private final boolean isUnknownKeptOut;

  /**
   * Makes a job for one request file.
   *
   * @param requestFile CSV, on any Hadoop file system
   * @param isSharedAllowed whether an e-mail or phone of several persons means all of them
   * @param isUnknownKeptOut whether an account, e-mail or phone that nobody in the warehouse has is
   *     kept out of it from now on, instead of being a fault
   */
  public EraseJob(String requestFile, boolean isSharedAllowed, boolean isUnknownKeptOut) {
    this.requestFile = requestFile;
    this.isSharedAllowed = isSharedAllowed;
    this.isUnknownKeptOut = isUnknownKeptOut;
  }

  /**
   * Checks that no erasure has been begun and not ended: a step that makes tables again would bring
   * back rows that are half erased.
   *
   * @throws JobException if one has
   */
  public static void requireNoneBegun(Configuration hadoop, String root) {
    if (Work.read(hadoop, root).isPresent()) {
      throw JobException.invalidData(
          "An erasure in the warehouse %s was begun and has not ended. Run portrait erase again with"
              + " the same request file: it goes on where it stopped.",
          root);
    }
  }

  @Override
  public String name() {
    return "erase";
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
    KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
    Configuration hadoop = context.spark().sparkContext().hadoopConfiguration();
    Tables tables = context.tables();
    Request request =
        Request.read(
            hadoop,
            requestFile,
            context.catalogue().sources(),
            context.catalogue().deployment().country(),
            hash);
    Map<String, String> done = done(tables);
    PersonAccounts people = new PersonAccounts(tables);
    Persons persons = Persons.find(request.lines(), people, isSharedAllowed, Map.of());
    Work work = Work.read(hadoop, tables.root()).orElseGet(Work::new);
    Set<String> begun = Set.copyOf(work.persons.keySet());
    hash.register(context.spark());
    AnsiOff ansi = AnsiOff.in(context.spark());
    try {
      Bronze bronze = read(context, hash, work, persons);
      Map<String, Map<String, String>> beside = bronze.besideUnknown(persons.unknown());
      if (!beside.isEmpty()) {
        persons = Persons.find(request.lines(), people, isSharedAllowed, beside);
        bronze = read(context, hash, work, persons);
      }
      work.add(persons);
      List<Line> notFound = notFound(context, persons, work, begun, bronze, done);
      refuseSecondUse(work, begun, done);
      if (!work.keys.isEmpty()) {
        bronze.addTo(work, request.lines());
      }
      if (isUnknownKeptOut) {
        keepOut(context, hash, notFound);
      }
      if (work.keys.isEmpty()) {
        context.console().say("nobody to erase");
      } else {
        erase(context, hash, work, bronze);
      }
      refuseUnknown(notFound);
    } finally {
      ansi.close();
    }
  }

  /** Looks for the rows of persons, of those too whose erasure a killed run has begun. */
  private static Bronze read(JobContext context, KeyedHash hash, Work work, Persons persons) {
    Map<String, String> known = new HashMap<>(work.keys);
    known.putAll(persons.accounts());
    known.putAll(persons.identifiers());
    return Bronze.read(context, hash, known, persons.unknown());
  }

  /** Requests that have been carried out, with their time. */
  private static Map<String, String> done(Tables tables) {
    Map<String, String> done = new HashMap<>();
    tables
        .readOrEmpty(PrivacyTables.ERASURE)
        .select(col("request_id"), col("erased_at").cast("string"))
        .collectAsList()
        .forEach(row -> done.put(row.getString(0), row.getString(1)));
    return done;
  }

  /** Lines that name nobody; those of requests carried out before name nobody any more. */
  private static List<Line> notFound(
      JobContext context,
      Persons persons,
      Work work,
      Set<String> begun,
      Bronze bronze,
      Map<String, String> done) {
    List<Line> notFound = new ArrayList<>();
    for (Line line : persons.unknown()) {
      if (bronze.shows(line)) {
        work.keys.put(line.key(), line.requestId());
        work.types.put(line.key(), line.type());
        if (line.kind() == Request.Kind.ACCOUNT) {
          work.accounts.add(line.key());
        }
        if (!begun.contains(line.requestId())) {
          work.persons.merge(line.requestId(), 1L, Long::sum);
        }
      } else if (done.containsKey(line.requestId())) {
        context
            .console()
            .say(
                String.format(
                    "line %d: request %s was carried out at %s UTC",
                    line.number(), line.requestId(), done.get(line.requestId())));
      } else if (!begun.contains(line.requestId())) {
        notFound.add(line);
      }
    }
    return notFound;
  }

  private static void refuseSecondUse(Work work, Set<String> begun, Map<String, String> done) {
    List<String> again =
        work.persons.keySet().stream()
            .filter(done::containsKey)
            .filter(id -> !begun.contains(id))
            .toList();
    if (!again.isEmpty()) {
      throw JobException.invalidData(
          "These requests were carried out before, and now name persons who are there: %s. Give the"
              + " new request an id of its own. Nothing was erased.",
          String.join(", ", again));
    }
  }

  /**
   * Keeps those out whom the warehouse does not know, and takes them off the list. A customer's id
   * is the warehouse's own, so nobody can be told by one that it does not know.
   */
  private static void keepOut(JobContext context, KeyedHash hash, List<Line> unknown) {
    Map<String, Row> rows = new TreeMap<>();
    unknown.stream()
        .filter(line -> line.kind() != Request.Kind.CUSTOMER)
        .forEach(
            line ->
                rows.putIfAbsent(
                    line.key(), suppressed(hash, line.key(), line.type(), line.requestId())));
    if (!rows.isEmpty()) {
      writeSuppression(context, List.copyOf(rows.values()));
      unknown.removeIf(line -> line.kind() != Request.Kind.CUSTOMER);
      context
          .console()
          .say(
              String.format(
                  Locale.ROOT,
                  "kept out: %,d accounts, e-mails and phones that nobody in the warehouse has",
                  rows.size()));
    }
  }

  private static void refuseUnknown(List<Line> notFound) {
    if (!notFound.isEmpty()) {
      throw JobException.invalidData(
          "Not found: line%s %s of the request file name%s nobody in the warehouse. All others are"
              + " erased. Look the persons up in their source, and name them by another"
              + " identifier.",
          notFound.size() == 1 ? "" : "s",
          notFound.stream().map(l -> String.valueOf(l.number())).collect(Collectors.joining(", ")),
          notFound.size() == 1 ? "s" : "");
    }
  }

  private static void erase(JobContext context, KeyedHash hash, Work work, Bronze bronze) {
    Tables tables = context.tables();
    Configuration hadoop = context.spark().sparkContext().hadoopConfiguration();
    List<StoredTable> all = StoredTable.all(context.spark(), tables.root());
    List<Holder> holders =
        all.stream().map(table -> Holder.of(table, work)).flatMap(Optional::stream).toList();
    Parallel.map(context.spark(), holders, Holder::count)
        .forEach(counted -> work.addRows(counted.table(), counted.byRequest()));
    work.isSummarized = work.isSummarized && SummarizedState.isCurrent(tables);
    work.write(hadoop, tables.root());
    writeSuppression(context, hash, work);

    Parallel.map(
        context.spark(),
        holders.stream().filter(Holder::hasRows).toList(),
        holder -> {
          holder.delete();
          return holder.table().path();
        });
    bronze.delete(work);
    long pages = ReportPages.delete(hadoop, tables.root(), work.customers());
    if (pages > 0) {
      context
          .console()
          .say(
              String.format(
                  Locale.ROOT,
                  "report: %,d pages that showed one of them in their sample are removed; portrait"
                      + " report makes them again",
                  pages));
    }
    Scratch.deleteAll(context.spark(), tables.root());
    // From here on it is the tables' logs that are read, and they are small.
    QueryMode.interpret(context.spark());
    // A table without history that had no row of them has none in its log either.
    List<StoredTable> holding =
        all.stream()
            .filter(
                table ->
                    table.layer() == Layer.BRONZE
                        || holders.stream().anyMatch(h -> h.table().path().equals(table.path())))
            .filter(table -> work.rows.containsKey(table.path()) || !table.hasNoHistory())
            .toList();
    Purged purged =
        Parallel.map(context.spark(), holding, StoredTable::purge).stream()
            .reduce(new Purged(0, 0), Purged::and);
    SummarizedState.write(context.spark(), tables, work.isSummarized);
    LOG.info("job=erase files_purged={} bytes_purged={}", purged.files(), purged.bytes());

    Certificate certificate = prove(context, work, purged, bronze.undeclared());
    certificate.write(context);
    Work.delete(hadoop, tables.root());
    certificate.tell(context);
  }

  /** Notes what no later extract may bring back. */
  private static void writeSuppression(JobContext context, KeyedHash hash, Work work) {
    writeSuppression(
        context,
        work.keys.entrySet().stream()
            .map(
                key ->
                    suppressed(
                        hash,
                        key.getKey(),
                        work.types.getOrDefault(key.getKey(), "account"),
                        key.getValue()))
            .toList());
  }

  /** A row of {@link PrivacyTables#SUPPRESSION}: a keyed hash of the pseudonym. */
  private static Row suppressed(KeyedHash hash, String key, String type, String requestId) {
    return RowFactory.create(Suppressed.key(hash, key), type, requestId);
  }

  private static void writeSuppression(JobContext context, List<Row> rows) {
    TableSchema table = PrivacyTables.SUPPRESSION;
    context
        .tables()
        .merge(
            table,
            context.spark().createDataFrame(rows, table.structType()).coalesce(1),
            null,
            null,
            null);
  }

  private static Certificate prove(
      JobContext context, Work work, Purged purged, List<String> undeclared) {
    Map<String, String> sought = new HashMap<>(work.texts);
    work.keys.keySet().forEach(key -> sought.put(key, PSEUDONYM));
    TextSearch texts = new TextSearch(sought);
    FileSearch.Result result =
        FileSearch.search(context.spark(), context.tables().root(), texts, Work.FILE);
    long notSearched = sought.size() - texts.size() + work.sharedIdentifiers + work.sharedTexts;
    return new Certificate(work, purged, result, texts.size(), notSearched, undeclared);
  }

  /** A table that may hold rows of persons. */
  private static final class Holder {
    private final StoredTable table;
    private final Column found;
    private long rows;

    private Holder(StoredTable table, Column found) {
      this.table = table;
      this.found = found;
    }

    /** Rows of persons in a table, by request. */
    record Counted(String table, Map<String, Long> byRequest) {}

    /** A holder, if the table has a column of accounts, customers or identifiers. */
    static Optional<Holder> of(StoredTable table, Work work) {
      if (table.path().equals(PrivacyTables.SUPPRESSION.path())) {
        return Optional.empty();
      }
      return PersonTransforms.findIn(
              table.structType(), new KeyLookup(work.keys), new KeyLookup(work.standings))
          .map(found -> new Holder(table, found));
    }

    StoredTable table() {
      return table;
    }

    Counted count() {
      Map<String, Long> byRequest = new TreeMap<>();
      table
          .rows()
          .select(found.as(FOUND))
          .filter(col(FOUND).isNotNull())
          .groupBy(FOUND)
          .count()
          .collectAsList()
          .forEach(row -> byRequest.put(row.getString(0), row.getLong(1)));
      rows = byRequest.values().stream().mapToLong(Long::longValue).sum();
      return new Counted(table.path(), byRequest);
    }

    boolean hasRows() {
      return rows > 0;
    }

    void delete() {
      table.delete(found.isNotNull());
      LOG.info(String.format(Locale.ROOT, "job=erase table=%s rows=%d", table.path(), rows));
    }
  }
}

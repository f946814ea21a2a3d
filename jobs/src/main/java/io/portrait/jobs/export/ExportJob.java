package io.portrait.jobs.export;

import static io.portrait.common.transform.PersonTransforms.SHOWN;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment.Retention;
import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import io.portrait.common.io.AnsiOff;
import io.portrait.common.io.PersonAccounts;
import io.portrait.common.io.PersonAccounts.Identifier;
import io.portrait.common.io.StoredTable;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyLookup;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Layer;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.PersonTransforms;
import io.portrait.common.transform.RawTransforms;
import io.portrait.jobs.export.ExportPage.Column;
import io.portrait.jobs.export.ExportPage.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Writes everything that the warehouse holds of one person: {@code export.json} for machines, and
 * {@code index.html} to read, with titles in English and Chinese and, of each table, what it is
 * for, where its rows come from and how long they are kept.
 *
 * <p>Rows of nobody else: of received rows those of the person's own accounts; of tables by
 * customer and date those of dates at which the id meant the person alone. Accounts that likeness
 * alone has joined to the person's are exported, named in both files, and warned of.
 */
public final class ExportJob implements Job {

  private static final String LIKELY = "accounts_joined_by_likeness_alone";

  /** Rows of a table on the page; the JSON file has all. */
  private static final int MOST_ROWS = 100;

  private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};

  private static final TableSchema DICTIONARY =
      TableSchema.table(Layer.GOLD, "data_dictionary", "").build();

  private final Optional<String> customer;
  private final Optional<String> account;
  private final String out;

  /**
   * Makes a job for one person.
   *
   * @param customer customer id; or
   * @param account {@code realm:id}
   * @param out folder to make
   */
  public ExportJob(Optional<String> customer, Optional<String> account, String out) {
    this.customer = customer;
    this.account = account;
    this.out = out;
  }

  @Override
  public String name() {
    return "export";
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
    hash.register(context.spark());
    PersonAccounts people = new PersonAccounts(context.tables());
    Set<String> accounts = accounts(people, hash);
    Set<String> standings = new TreeSet<>(people.standings(accounts).keySet());
    Set<String> mixed = people.mixedStandings(standings, accounts);
    standings.removeAll(mixed);
    List<LikelyAccount> likely =
        LikelyAccount.find(
            people,
            asked(accounts, hash),
            accounts,
            context.catalogue().linking().overrides(),
            hash);
    AnsiOff ansi = AnsiOff.in(context.spark());
    try {
      write(context, hash, accounts, likely, standings, mixed.size());
    } finally {
      ansi.close();
    }
    warnOf(context, likely, accounts.size());
  }

  /** The account that was asked for; of a customer the one seen first, whose key is its id. */
  private String asked(Set<String> accounts, KeyedHash hash) {
    String key = customer.orElseGet(() -> key(hash));
    return accounts.contains(key) ? key : accounts.iterator().next();
  }

  private static void warnOf(JobContext context, List<LikelyAccount> likely, int accounts) {
    if (!likely.isEmpty()) {
      context
          .console()
          .warn(
              String.format(
                  "likeness alone joins %d of the %d accounts to the person, so they may be somebody"
                      + " else's. export.json names them under %s, and index.html at its top. Have"
                      + " them compared by somebody before the files are handed over; an account of"
                      + " another person is parted by must_not_link in the overrides.",
                  likely.size(), accounts, LIKELY));
    }
  }

  private Set<String> accounts(PersonAccounts people, KeyedHash hash) {
    Set<String> accounts = new TreeSet<>();
    if (customer.isPresent()) {
      accounts.addAll(people.accounts(List.of(customer.get())).keySet());
    } else {
      String key = key(hash);
      Optional<String> person = Optional.ofNullable(people.customers(List.of(key)).get(key));
      if (person.isPresent()) {
        accounts.addAll(people.accounts(List.of(person.get())).keySet());
      } else if (people.identifiers(List.of(key)).stream()
          .map(Identifier::account)
          .anyMatch(key::equals)) {
        accounts.add(key);
      }
    }
    if (accounts.isEmpty()) {
      throw JobException.invalidData(
          "The warehouse knows no such %s. Look the person up in the source, and mind the realm;"
              + " after an erasure nothing is left to export.",
          customer.isPresent() ? "customer in its latest customer map" : "account");
    }
    return accounts;
  }

  /** Pseudonym of the account that was asked for. */
  private String key(KeyedHash hash) {
    String[] parts = account.orElseThrow().split(":", 2);
    if (parts.length < 2) {
      throw JobException.invalidConfig(
          "--account is not realm:id. Pass the realm as sources.yaml names it, as crm:1234.");
    }
    return hash.hash(parts[0], parts[1]);
  }

  private void write(
      JobContext context,
      KeyedHash hash,
      Set<String> accounts,
      List<LikelyAccount> likely,
      Set<String> standings,
      int mixed) {
    Path folder = new Path(out);
    try {
      FileSystem files = folder.getFileSystem(context.spark().sparkContext().hadoopConfiguration());
      if (files.exists(folder) && files.listStatus(folder).length > 0) {
        throw JobException.invalidConfig(
            "The folder of --out is not empty. Pass a new one, so that nobody else's data is mixed"
                + " with the person's.");
      }
      Titles titles = Titles.of(context.tables());
      List<Section> sections = new ArrayList<>();
      try (OutputStream stream = files.create(new Path(folder, "export.json"), false);
          JsonGenerator json =
              new ObjectMapper().getFactory().createGenerator(stream).useDefaultPrettyPrinter()) {
        json.writeStartObject();
        json.writeStringField("deployment", context.catalogue().deployment().deployment());
        json.writeNumberField("accounts", accounts.size());
        write(json, likely);
        json.writeNumberField("dates_left_out_since_others_share_the_id", mixed);
        json.writeArrayFieldStart("tables");
        for (StoredTable table : StoredTable.all(context.spark(), context.tables().root())) {
          Optional<Dataset<Row>> rows = rows(context, hash, table, accounts, standings);
          if (rows.isPresent()) {
            section(context.catalogue(), json, table, rows.get(), titles).ifPresent(sections::add);
          }
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      try (OutputStream page = files.create(new Path(folder, "index.html"), false)) {
        page.write(
            ExportPage.render(
                    context.catalogue().deployment().deployment(), sections, likely, mixed)
                .getBytes(StandardCharsets.UTF_8));
      }
      long rows = sections.stream().mapToLong(Section::rowCount).sum();
      context.counts().addIn(rows);
      context.counts().addOut(rows);
      context.console().say(String.format("exported: %d rows of %d tables", rows, sections.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(JsonGenerator json, List<LikelyAccount> likely) throws IOException {
    json.writeArrayFieldStart(LIKELY);
    for (LikelyAccount one : likely) {
      json.writeStartObject();
      json.writeStringField("account_key", one.account());
      if (one.probability().isPresent()) {
        json.writeNumberField("match_probability", one.probability().get());
      } else {
        json.writeNullField("match_probability");
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The person's rows of a table; nothing if the table has none of anybody. */
  private static Optional<Dataset<Row>> rows(
      JobContext context,
      KeyedHash hash,
      StoredTable table,
      Set<String> accounts,
      Set<String> standings) {
    KeyLookup own = lookup(accounts);
    if (table.layer() == Layer.BRONZE) {
      return context.catalogue().sources().stream()
          .filter(source -> RawTables.bronze(source.name()).path().equals(table.path()))
          .findFirst()
          .map(source -> received(context, hash, source, own));
    }
    List<String> columns = List.of(table.structType().fieldNames());
    if (table.layer() == Layer.OPS) {
      return Optional.empty();
    }
    if (columns.contains(Entity.ACCOUNT_KEY)) {
      Dataset<Row> rows = table.rows();
      for (String column : columns) {
        if (column.contains(Entity.ACCOUNT_KEY)) {
          // A pair of accounts is the person's if both are.
          rows = rows.filter(own.find(col(column)).isNotNull());
        }
      }
      Dataset<Row> theirs = rows;
      return Optional.of(
          Vault.schemas().stream()
              .filter(vault -> vault.path().equals(table.path()))
              .findFirst()
              .map(vault -> Vault.of(context.catalogue()).decrypt(vault, theirs))
              .orElse(theirs));
    }
    if (columns.contains("customer_id") && columns.contains("as_of")) {
      return PersonTransforms.findIn(
              new StructType().add("as_of", "date").add("customer_id", "string"),
              new KeyLookup(Map.of()),
              lookup(standings))
          .map(found -> table.rows().filter(found.isNotNull()));
    }
    return Optional.empty();
  }

  /** Received rows of the person's own accounts; the account is the first that a row shows. */
  private static Dataset<Row> received(
      JobContext context, KeyedHash hash, Source source, KeyLookup accounts) {
    Tables tables = context.tables();
    List<Row> ingested = tables.readOrEmpty(RawTables.INGEST_FILE).collectAsList();
    return PersonTransforms.asBronze(
        PersonTransforms.withShown(
                tables.read(RawTables.bronze(source.name())),
                tables.exists(RawTables.CORRECTION)
                    ? Optional.of(
                        RawTransforms.selectCorrections(
                            tables.read(RawTables.CORRECTION), source.name()))
                    : Optional.empty(),
                source,
                PersonTransforms.columns(source, ingested),
                context.catalogue().deployment().country(),
                hash)
            .filter(accounts.find(get(col(SHOWN), lit(0)).getField("key")).isNotNull()));
  }

  /** Writes the rows of a table, and keeps what the page shows; nothing if there are none. */
  private static Optional<Section> section(
      Catalogue catalogue, JsonGenerator json, StoredTable table, Dataset<Row> rows, Titles titles)
      throws IOException {
    Iterator<String> lines = rows.toJSON().toLocalIterator();
    if (!lines.hasNext()) {
      return Optional.empty();
    }
    List<Column> columns = titles.columns(table);
    Optional<Integer> days = keptDays(catalogue, table);
    String sources = sources(catalogue, table);
    json.writeStartObject();
    json.writeStringField("table", table.path());
    json.writeStringField("meaning", table.comment());
    json.writeStringField("purpose_en", Purpose.of(table.layer()).english());
    json.writeStringField("purpose_zh", Purpose.of(table.layer()).chinese());
    json.writeStringField("sources", sources);
    if (days.isPresent()) {
      json.writeNumberField("kept_days", days.get());
    } else {
      json.writeNullField("kept_days");
    }
    json.writeArrayFieldStart("columns");
    for (Column column : columns) {
      json.writeStartObject();
      json.writeStringField("name", column.name());
      json.writeStringField("title_en", column.titleEn());
      json.writeStringField("title_zh", column.titleZh());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rows");
    ObjectMapper mapper = new ObjectMapper();
    List<Map<String, Object>> shown = new ArrayList<>();
    long count = 0;
    while (lines.hasNext()) {
      String line = lines.next();
      json.writeTree(mapper.readTree(line));
      if (count++ < MOST_ROWS) {
        shown.add(mapper.readValue(line, ROW));
      }
    }
    json.writeEndArray();
    json.writeEndObject();
    return Optional.of(
        new Section(
            table.path(),
            table.comment(),
            Purpose.of(table.layer()),
            sources,
            days,
            columns,
            shown,
            count));
  }

  /** Age at which rows of a table go; none of a table that retention leaves whole. */
  private static Optional<Integer> keptDays(Catalogue catalogue, StoredTable table) {
    boolean isSnapshot =
        catalogue.sources().stream()
            .filter(Source::isSnapshot)
            .anyMatch(source -> RawTables.bronze(source.name()).path().equals(table.path()));
    return isSnapshot
        ? Optional.empty()
        : catalogue.retention().of(table.path()).map(Retention.Rule::keepDays);
  }

  /** Where the rows of a table come from. */
  private static String sources(Catalogue catalogue, StoredTable table) {
    Set<String> names = new TreeSet<>();
    for (Source source : catalogue.sources()) {
      boolean isOwn = RawTables.bronze(source.name()).path().equals(table.path());
      boolean feeds =
          source.maps().stream()
              .flatMap(map -> Entities.ALL.stream().filter(e -> e.name().equals(map.entity())))
              .anyMatch(
                  entity ->
                      entity.silver().path().equals(table.path())
                          || entity.vault().filter(v -> v.path().equals(table.path())).isPresent());
      if (isOwn || feeds) {
        names.add(source.name());
      }
    }
    return names.isEmpty() ? "computed from the tables above; 由上述資料計算" : String.join(", ", names);
  }

  private static KeyLookup lookup(Set<String> keys) {
    return new KeyLookup(keys.stream().collect(Collectors.toMap(k -> k, k -> k)));
  }

  /** What a layer's tables are kept for. */
  record Purpose(String english, String chinese) {
    static Purpose of(Layer layer) {
      return switch (layer) {
        case BRONZE ->
            new Purpose(
                "As received from the source, so that everything else can be checked and made"
                    + " again.",
                "自來源原樣接收，供查核與重新計算。");
        case VAULT ->
            new Purpose(
                "Name and contact, kept apart from everything else, to tell who is who.",
                "姓名與聯絡方式，與其他資料分開保存，用於辨識身分。");
        case SILVER ->
            new Purpose(
                "Cleaned and put under a pseudonym, to compute the profile from.",
                "清理並以代號保存，用於計算客戶畫像。");
        case OPS -> new Purpose("Records of the operation.", "營運紀錄。");
        default ->
            new Purpose(
                "The profile: what analysis, service and marketing work with.",
                "客戶畫像：供分析、服務與行銷使用。");
      };
    }
  }

  /** Titles of columns, from the published dictionary and the contracts of vault and bronze. */
  private record Titles(Map<String, Column> byColumn) {
    static Titles of(Tables tables) {
      Map<String, Column> titles = new HashMap<>();
      for (Entity entity : Entities.ALL) {
        add(titles, entity.silver());
        entity.vault().ifPresent(vault -> add(titles, vault));
      }
      if (tables.exists(DICTIONARY)) {
        tables
            .readAsStored(DICTIONARY)
            .select("table_name", "column_name", "title_en", "title_zh")
            .collectAsList()
            .forEach(
                row ->
                    titles.put(
                        row.getString(0) + "." + row.getString(1),
                        new Column(row.getString(1), row.getString(2), row.getString(3))));
      }
      return new Titles(titles);
    }

    private static void add(Map<String, Column> titles, TableSchema table) {
      for (TableColumn column : table.columns()) {
        titles.put(
            table.path() + "." + column.name(),
            new Column(column.name(), column.titleEn(), column.titleZh()));
      }
    }

    List<Column> columns(StoredTable table) {
      TableSchema bronze = RawTables.bronze("any");
      List<Column> columns = new ArrayList<>();
      for (String name : table.structType().fieldNames()) {
        Column named = new Column(name, name, name);
        columns.add(
            table.layer() == Layer.BRONZE && bronze.has(name)
                ? new Column(name, bronze.column(name).titleEn(), bronze.column(name).titleZh())
                : byColumn.getOrDefault(table.path() + "." + name, named));
      }
      return columns;
    }
  }
}

package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entities;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.conform.ConformJob;
import io.portrait.jobs.identify.IdentifyJob;
import io.portrait.jobs.ingest.IngestJob;
import io.portrait.jobs.match.MatchJob;
import io.portrait.jobs.testing.RealData;
import io.portrait.jobs.testing.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is one person in Febrl's registers, found without labels and held against the truth. */
@ExtendWith(SparkExtension.class)
class RealMatchingTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 1);
  private static final String KEY = "a key for tests only";

  @TempDir private Path dir;

  private static Catalogue catalogue;
  private static Path raw;

  /** Every set is a register, or two; all are read at once, and matched one by one. */
  @BeforeAll
  static void conformAll(SparkSession spark, @TempDir Path shared) throws IOException {
    catalogue = catalogue(RealData.of("febrl"), shared);
    raw = shared.resolve("warehouse");
    Steps.run(spark, new IngestJob(), catalogue, raw.toString(), AS_OF);
    Steps.run(spark, new ConformJob(), catalogue, raw.toString(), AS_OF);
  }

  /**
   * Pairs of the final groups, as customer_map has them, against those of one {@code rec_id}.
   *
   * @param set number of the data set
   * @param pairs true pairs, as its documentation says
   * @param goal least F1
   */
  @ParameterizedTest
  @CsvSource({"1, 500, 0.97", "2, 1934, 0.95", "3, 6538, 0.90", "4, 5000, 0.95"})
  void findsWhoIsOnePerson(int set, long pairs, double goal, SparkSession spark) {
    String warehouse = dir.resolve("warehouse").toString();
    copy(spark, set, warehouse);

    String printed = Steps.run(spark, new MatchJob(), catalogue, warehouse, AS_OF);
    printed += Steps.run(spark, new IdentifyJob(), catalogue, warehouse, AS_OF);

    Tables tables = new Tables(spark, warehouse);
    Map<String, String> persons = persons(spark, set);
    List<List<String>> customers = customers(tables);
    long found = customers.stream().mapToLong(group -> pairs(group.size())).sum();
    long right =
        customers.stream()
            .flatMap(group -> counts(group.stream().map(persons::get).toList()).stream())
            .mapToLong(RealMatchingTest::pairs)
            .sum();
    double precision = right / (double) found;
    double recall = right / (double) pairs;
    double f1 = 2 * precision * recall / (precision + recall);
    System.out.printf(
        Locale.ROOT,
        "febrl%d: precision %.4f, recall %.4f, F1 %.4f; %,d links, %,d pairs compared%n",
        set,
        precision,
        recall,
        f1,
        tables.read(MatchTables.ACCOUNT_LINK).filter("is_link").count(),
        tables
            .read(MatchTables.MATCH_MODEL)
            .filter("level_number = 0")
            .head()
            .<Long>getAs("pairs"));
    assertThat(counts(persons.values()).stream().mapToLong(RealMatchingTest::pairs).sum())
        .isEqualTo(pairs);
    assertThat(customers.stream().mapToInt(List::size).sum()).isEqualTo(persons.size());
    assertThat(f1).isGreaterThanOrEqualTo(goal);
    assertThat(printed).isEmpty();
  }

  /** The shipped deployment with more registers: sets 1 to 3 are one with repeated persons each. */
  private static Catalogue catalogue(Path data, Path dir) throws IOException {
    Path shipped = Path.of("../conf/febrl");
    Path conf = Files.createDirectories(dir.resolve("conf"));
    for (String file : List.of("portrait.yaml", "matching.yaml")) {
      Files.copy(shipped.resolve(file), conf.resolve(file));
    }
    String sources = Files.readString(shipped.resolve("sources.yaml"));
    String register =
        sources.substring(
            sources.indexOf("  - name: register_a"), sources.indexOf("  - name: register_b"));
    StringBuilder all = new StringBuilder(sources);
    for (int set = 1; set < 4; set++) {
      all.append(
          register.replace("register_a", "set_" + set).replace("dataset4a", "dataset" + set));
    }
    Files.writeString(conf.resolve("sources.yaml"), all);
    Map<String, String> environment = Map.of("PORTRAIT_KEY", KEY, "FEBRL_DATA", data.toString());
    return new CatalogueLoader(new Configuration(), environment::get).load(conf.toString());
  }

  /** The sources of a set, each its own realm. */
  private static List<String> registers(int set) {
    return set == 4 ? List.of("register_a", "register_b") : List.of("set_" + set);
  }

  /** Gives a set a warehouse of its own. */
  private static void copy(SparkSession spark, int set, String warehouse) {
    Tables from = new Tables(spark, raw.toString());
    Tables to = new Tables(spark, warehouse);
    Object[] registers = registers(set).toArray();
    Dataset<Row> accounts =
        from.read(Entities.CUSTOMER.silver()).filter(col("source").isin(registers));
    TableSchema vault = Entities.CUSTOMER.vault().orElseThrow();
    to.append(Entities.CUSTOMER.silver(), accounts);
    to.append(vault, from.read(vault).join(accounts.select("account_key"), "account_key"));
    to.append(
        SilverTables.ACCOUNT_IDENTIFIER,
        from.read(SilverTables.ACCOUNT_IDENTIFIER).filter(col("realm").isin(registers)));
  }

  /** The true person of each account. */
  private static Map<String, String> persons(SparkSession spark, int set) {
    KeyedHash hash = new KeyedHash(KEY);
    Map<String, String> persons = new HashMap<>();
    for (String register : registers(set)) {
      new Tables(spark, raw.toString())
          .read(RawTables.bronze(register))
          .selectExpr("trim(row['rec_id'])")
          .collectAsList()
          .forEach(
              row ->
                  persons.put(
                      hash.hash(register, row.getString(0)),
                      row.getString(0).replaceFirst("-(org|dup-\\d+)$", "")));
    }
    return persons;
  }

  /** The accounts of each customer. */
  private static List<List<String>> customers(Tables tables) {
    Map<String, List<String>> customers = new HashMap<>();
    for (Row row :
        tables
            .readAsOf(SilverTables.CUSTOMER_MAP, AS_OF)
            .select("customer_id", "account_key")
            .collectAsList()) {
      customers.computeIfAbsent(row.getString(0), key -> new ArrayList<>()).add(row.getString(1));
    }
    return List.copyOf(customers.values());
  }

  private static Collection<Long> counts(Collection<String> values) {
    return values.stream()
        .collect(Collectors.groupingBy(value -> value, Collectors.counting()))
        .values();
  }

  private static long pairs(long size) {
    return size * (size - 1) / 2;
  }
}

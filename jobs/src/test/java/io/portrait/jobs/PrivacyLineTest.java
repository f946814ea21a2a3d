package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Layer;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.EventLoggingListener;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole line by the command line on a few people, once, with all logs on: nothing that
 * identifies them is found where it must not be, what they refuse is not done, and of one who is
 * erased nothing is left.
 */
@ExtendWith(SparkExtension.class)
@Order(6)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrivacyLineTest {

  private static final String SOURCES =
      """
      sources:
        - name: crm
          format: csv
          path: $DATA/crm.csv
          date_formats: [yyyy-MM-dd]
          maps:
            - entity: customer
              realm: crm
              max_rejected_share: 0.5
              columns:
                account_id: id
                full_name: name
                email: mail
                phone: phone
                address: address
                birth_date: born
                city: city
                annual_income: income
              reject_when:
                no_name: name LIKE 'Rejecta%'
        - name: shop
          format: csv
          path: $DATA/orders.csv
          timestamp_formats: [yyyy-MM-dd]
          maps:
            - entity: order_item
              realm: crm
              columns:
                account_id: customer
                order_id: pseudonym(concat(customer, number))
                line_id: "'1'"
                ordered_at: day
                line_type: "'sale'"
                quantity: "'1'"
                amount: total
                channel: "'store'"
        - name: consents
          format: csv
          path: $DATA/consents.csv
          timestamp_formats: [yyyy-MM-dd]
          maps:
            - entity: consent
              realm: crm
              columns:
                account_id: customer
                consent_id: pseudonym(concat(customer, purpose))
                decided_at: day
                purpose: purpose
                is_granted: granted
      """;

  private static final int PEOPLE = 30;
  private static final String KEY = "a-key-for-tests-only";

  /** Names of those who refuse profiling, refuse marketing, and grant credit. */
  private static final int NO_PROFILING = 0;

  private static final int NO_MARKETING = 1;
  private static final int CREDIT = 2;

  @TempDir private static Path dir;
  private static SparkSession spark;
  private static SmallWorld world;
  private static Path logs;
  private static Tables tables;
  private static Map<String, String> customers;

  /** What was planted in the raw files, in the forms that it may have further on. */
  private static final List<String> SECRETS = new ArrayList<>();

  @BeforeAll
  static void runOnce(SparkSession session) throws IOException, TimeoutException {
    spark = session;
    world =
        new SmallWorld(dir.resolve("world"))
            .sources(SOURCES)
            .write(
                "conf/scores.yaml",
                """
segments:
  - {code: buyers, title: {en: Buyers, zh: 買家}, description: All., rule: order_count > 0,
     action: {en: Thank, zh: 感謝}}
""");
    writePeople();
    logs = Files.createDirectories(dir.resolve("logs"));
    FileAppender appender = startLog();
    SparkConf settings = spark.sparkContext().getConf();
    settings.set("spark.eventLog.compress", "false").set("spark.eventLog.rolling.enabled", "false");
    EventLoggingListener events =
        new EventLoggingListener(
            "planted",
            scala.Option.empty(),
            Files.createDirectories(logs.resolve("events")).toUri(),
            settings,
            spark.sparkContext().hadoopConfiguration());
    events.start();
    spark.sparkContext().addSparkListener(events);
    Cli.Result result;
    try {
      result = world.run("run");
    } finally {
      spark.sparkContext().listenerBus().waitUntilEmpty();
      spark.sparkContext().removeSparkListener(events);
      events.stop();
      stopLog(appender);
    }
    assertThat(result.err()).isEmpty();
    Files.writeString(logs.resolve("console.txt"), result.out());
    tables = world.tables(spark);
    customers = customersByName();
  }

  @AfterAll
  static void forget() {
    SECRETS.clear();
  }

  /** The summary is one of the files that are searched; here it is looked at. */
  @Test
  void aWholeRunLeavesItsSummary() throws IOException {
    JsonNode summary =
        new ObjectMapper().readTree(world.warehouse().resolve("ops/run-summary.json").toFile());

    assertThat(summary.get("outcome").asText()).isEqualTo("done");
    assertThat(summary.get("exit_code").asInt()).isZero();
    assertThat(summary.get("error").isNull()).isTrue();
    assertThat(summary.get("as_of").asText()).matches("\\d{4}-\\d\\d-\\d\\d");
    assertThat(summary.get("steps"))
        .extracting(step -> step.get("step").asText() + " " + step.get("outcome").asText())
        .startsWith("ingest done", "conform done")
        .endsWith("profile done", "segment done", "report done");
    assertThat(summary.at("/checks/passed").asLong()).isPositive();
    assertThat(summary.at("/checks/failures")).hasSize(summary.at("/checks/failed").asInt());
  }

  @Test
  void nothingThatIdentifiesAPersonIsFoundOutsideBronzeAndVault() throws IOException {
    List<String> hits = new ArrayList<>();
    for (Path file : files(world.warehouse())) {
      String layer = world.warehouse().relativize(file).getName(0).toString();
      if (!layer.equals("bronze")) {
        // The vault too: there it is encrypted.
        hits.addAll(hits(file));
      }
    }
    for (Path file : files(logs)) {
      hits.addAll(hits(file));
    }

    assertThat(hits).isEmpty();
    assertThat(files(logs).stream().mapToLong(file -> file.toFile().length()).sum())
        .as("bytes of logs")
        .isGreaterThan(1_000_000);
    // The search finds what is there: every secret but the key stands in bronze.
    List<String> bronze =
        files(world.warehouse().resolve("bronze")).stream()
            .flatMap(file -> hits(file).stream())
            .toList();
    for (int secret = 1; secret < SECRETS.size(); secret++) {
      int number = secret;
      assertThat(bronze)
          .as("secret %d", secret)
          .anyMatch(hit -> hit.endsWith("secret " + number) && hit.contains(".parquet: value: "));
    }
    assertThat(
            Vault.of(world.catalogue())
                .read(tables)
                .filter("full_name LIKE 'Zyxander%' AND address LIKE '%Quokka Lane'")
                .count())
        .isEqualTo(PEOPLE);
  }

  @Test
  void whoRefusesProfilingIsNotEvaluated() {
    String refuser = customers.get(name(NO_PROFILING));
    String other = customers.get(name(5));

    for (String table :
        List.of(
            "gold/customer_rfm",
            "gold/customer_lifecycle",
            "gold/customer_value",
            "gold/customer_prediction",
            "gold/customer_cluster",
            "gold/customer_habit",
            "gold_sensitive/customer_score",
            "gold_sensitive/customer_credit")) {
      assertThat(rows(table, refuser)).as(table).isZero();
    }
    assertThat(rows("gold/customer_rfm", other)).isEqualTo(1);
    assertThat(rows("gold_sensitive/customer_score", other)).isGreaterThan(3);
    Row profile = profile(refuser);
    for (String column :
        List.of("segment", "lifecycle_state", "purchasing_power", "p_alive", "cluster_id")) {
      assertThat(profile.<Object>getAs(column)).as(column).isNull();
    }
    // What happened is no evaluation, and marketing is another purpose.
    assertThat(profile.<Long>getAs("order_count")).isEqualTo(6);
    assertThat(profile.<Boolean>getAs("tag_never_bought")).isFalse();
    assertThat(rows("gold/customer_segment", refuser)).isEqualTo(1);
  }

  @Test
  void aTagIsNullAndASegmentEmptyForWhoRefusesItsPurpose() {
    String refuser = customers.get(name(NO_MARKETING));

    Row profile = profile(refuser);
    assertThat(profile.<Boolean>getAs("tag_active_customer")).isNull();
    assertThat(profile.<Boolean>getAs("tag_senior")).isTrue();
    assertThat(profile.<Object>getAs("purchasing_power")).isNotNull();
    assertThat(rows("gold/customer_segment", refuser)).isZero();
    assertThat(rows("gold/customer_segment", customers.get(name(5)))).isPositive();
  }

  @Test
  void creditIsForThoseAloneWhoHaveGrantedItAndStandsApart() throws IOException {
    assertThat(
            read("gold_sensitive/customer_credit").select("customer_id").collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactly(customers.get(name(CREDIT)));
    assertThat(
            read("gold/purpose")
                .filter("purpose IN ('profiling', 'credit')")
                .orderBy("purpose")
                .selectExpr("concat_ws(' ', purpose, customers, granted, refused, allowed)")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly(
            "credit " + PEOPLE + " 1 0 1", "profiling " + PEOPLE + " 0 1 " + (PEOPLE - 1));

    List<Row> columns =
        read("gold/data_dictionary")
            .select("table_name", "column_name", "data_class")
            .collectAsList();
    assertThat(columns)
        .filteredOn(row -> row.getString(0).startsWith("gold/"))
        .extracting(row -> row.getString(2))
        .doesNotContain("sensitive");
    assertThat(columns)
        .filteredOn(row -> row.getString(2).equals("sensitive"))
        .extracting(row -> row.getString(0) + "." + row.getString(1))
        .contains(
            "silver/customer.birth_date",
            "silver/credit_report.credit_score",
            "gold_sensitive/customer_profile.annual_income",
            "gold_sensitive/customer_profile.purchasing_power_reasons_en",
            "gold_sensitive/customer_profile.tag_good_credit",
            "gold_sensitive/customer_credit.grade");
    // As stored, whatever the dictionary says.
    assertThat(List.of(read("gold/customer_profile_latest").columns()))
        .contains("age_band", "order_amount", "purchasing_power", "tag_high_value")
        .doesNotContain(
            "annual_income",
            "credit_score",
            "credit_grade",
            "suggested_limit",
            "tag_good_credit",
            "credit",
            "credit_level",
            "purchasing_power_reasons_en");
    // What is open of the reasons is there, and tells of nothing that is not.
    List<String> open =
        read("gold/customer_profile_latest")
            .select("purchasing_power_open_reasons_en")
            .na()
            .drop()
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(open)
        .isNotEmpty()
        .allSatisfy(
            text ->
                assertThat(text)
                    .containsPattern("[+-][0-9.]+ [A-Z]")
                    .doesNotContain("Income", "Assets", "Credit report"));
    assertThat(
            read("gold_sensitive/customer_profile")
                .filter("purchasing_power_reasons_en LIKE '%Income%'")
                .isEmpty())
        .isFalse();
  }

  /** The last of all: it takes somebody out of the warehouse that the others look at. */
  @Test
  @Order(Integer.MAX_VALUE)
  void anErasedPersonIsFoundInNoFileOfTheWholeLine() throws IOException {
    // An older as-of date, too.
    for (String step : List.of("identify", "features")) {
      assertThat(world.run(step, "--as-of", "2024-08-01").err()).isEmpty();
    }
    String id = String.format(Locale.ROOT, "Z1%08d", 77_000_000 + CREDIT * 13);
    List<String> theirs = new ArrayList<>(SECRETS.subList(1 + CREDIT * 5, 6 + CREDIT * 5));
    assertThat(theirs).startsWith(id, name(CREDIT)).hasSize(5);
    KeyedHash hash = new KeyedHash(KEY);
    theirs.add(hash.hash("crm", id));
    theirs.add(hash.hash("email", theirs.get(2)));
    theirs.add(hash.hash("phone", "+886" + theirs.get(3)));
    for (int order = 0; order < 6; order++) {
      theirs.add(hash.hash("pseudonym", id + order));
    }
    assertThat(layersWith(theirs)).contains("bronze", "vault", "silver", "gold", "gold_sensitive");
    assertThat(rows("gold_sensitive/customer_feature", theirs.get(5))).isEqualTo(2);

    world.write("request.csv", "request_id,email\nP-1," + theirs.get(2) + "\n");
    Cli.Result result = world.run("erase", "--request", world.file("request.csv").toString());

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("erased: 1 persons with 1 accounts").contains("none found");
    assertThat(layersWith(theirs)).isEmpty();
    assertThat(read("gold/customer_profile").count()).isEqualTo(PEOPLE - 1);
  }

  /** Folders of the warehouse with a file that has one of some texts; one such file is enough. */
  private static Set<String> layersWith(List<String> texts) throws IOException {
    Set<String> layers = new TreeSet<>();
    for (Path file : files(world.warehouse())) {
      String layer = world.warehouse().relativize(file).getName(0).toString();
      if (!layers.contains(layer) && !hits(file, texts).isEmpty()) {
        layers.add(layer);
      }
    }
    return layers;
  }

  private static void writePeople() throws IOException {
    SECRETS.add(KEY);
    StringBuilder crm = new StringBuilder("id,name,mail,phone,address,born,city,income\n");
    StringBuilder orders = new StringBuilder("number,customer,day,total\n");
    for (int i = 0; i < PEOPLE; i++) {
      String id = String.format(Locale.ROOT, "Z1%08d", 77_000_000 + i * 13);
      String mail = "zyxander." + letters(i) + "@planted.example";
      String phone = String.format(Locale.ROOT, "09%08d", 81_234_567 + i * 7);
      String address = (700 + i) + " " + letters(i) + " Quokka Lane";
      crm.append(String.join(",", id, name(i), mail, phone, address))
          .append(",19")
          .append(50 + i)
          .append("-04-0")
          .append(1 + i % 9)
          .append(",Taipei,")
          .append(400_000 + i * 10_000)
          .append('\n');
      for (int order = 0; order < 6; order++) {
        orders
            .append(order)
            .append(',')
            .append(id)
            .append(",2024-")
            .append(String.format(Locale.ROOT, "%02d-%02d", 2 + order * 2 - i % 2, 1 + i % 28))
            .append(',')
            .append(100 + i * 10 + order)
            .append('\n');
      }
      if (i < 3) {
        SECRETS.addAll(List.of(id, name(i), mail, phone.substring(1), address));
      }
    }
    crm.append("Z199999999,Rejecta Nullman,,,,,,\n,陳歐陽紫霞,,,,,,\n");
    SECRETS.addAll(List.of("Rejecta Nullman", "Z199999999", "陳歐陽紫霞"));
    world.write("crm.csv", crm.toString()).write("orders.csv", orders.toString());
    world.write(
        "consents.csv",
        "customer,purpose,granted,day\n"
            + "Z177000000,profiling,no,2024-03-01\n"
            + "Z177000013,marketing,yes,2024-03-01\n"
            + "Z177000013,Marketing ,no,2024-04-01\n"
            + "Z177000026,credit,yes,2024-03-01\n");
  }

  private static String name(int person) {
    return "Zyxander " + letters(person) + " Quillfeather";
  }

  /** Three letters that no other person has. */
  private static String letters(int person) {
    return "qx" + (char) ('a' + person % 26) + (char) ('k' + person / 26);
  }

  private static FileAppender startLog() {
    LoggerContext logging = (LoggerContext) LogManager.getContext(false);
    FileAppender appender =
        FileAppender.newBuilder()
            .setName("planted")
            .withFileName(logs.resolve("spark.log").toString())
            .setLayout(PatternLayout.newBuilder().withPattern("%p %c %m%n%ex").build())
            .build();
    appender.start();
    LoggerConfig root = logging.getConfiguration().getRootLogger();
    // The tests' own output stays as it is.
    for (Appender own : List.copyOf(root.getAppenders().values())) {
      root.removeAppender(own.getName());
      root.addAppender(own, Level.ERROR, null);
    }
    root.addAppender(appender, Level.INFO, null);
    root.setLevel(Level.INFO);
    logging.updateLoggers();
    return appender;
  }

  private static void stopLog(FileAppender appender) {
    LoggerContext logging = (LoggerContext) LogManager.getContext(false);
    LoggerConfig root = logging.getConfiguration().getRootLogger();
    root.removeAppender("planted");
    root.setLevel(Level.ERROR);
    logging.updateLoggers();
    appender.stop();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<String> hits(Path file) {
    return hits(file, SECRETS);
  }

  /** Where a file has a secret, which is told by its number: as bytes, and unpacked if Parquet. */
  private static List<String> hits(Path file, List<String> secrets) {
    try {
      List<String> texts =
          new ArrayList<>(
              List.of("bytes: " + new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
      if (file.toString().endsWith(".parquet")) {
        texts.addAll(ParquetText.values(file));
      }
      List<String> hits = new ArrayList<>();
      for (String text : texts) {
        String searched = text.toLowerCase(Locale.ROOT);
        for (int i = 0; i < secrets.size(); i++) {
          if (searched.contains(secrets.get(i).toLowerCase(Locale.ROOT))) {
            hits.add(file + ": " + text.substring(0, text.indexOf(':') + 1) + " secret " + i);
          }
        }
      }
      return hits;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, String> customersByName() {
    return Vault.of(world.catalogue())
        .read(tables)
        .join(tables.read(SilverTables.CUSTOMER_MAP), "account_key")
        .select("full_name", "customer_id")
        .collectAsList()
        .stream()
        .collect(
            Collectors.toMap(
                row -> row.getString(0), row -> row.getString(1), (a, b) -> a, TreeMap::new));
  }

  private static org.apache.spark.sql.Dataset<Row> read(String path) {
    Layer layer = Layer.valueOf(path.substring(0, path.indexOf('/')).toUpperCase(Locale.ROOT));
    return tables.readAsStored(
        TableSchema.table(layer, path.substring(path.indexOf('/') + 1), "").build());
  }

  private static long rows(String table, String customer) {
    return read(table).filter("customer_id = '" + customer + "'").count();
  }

  private static Row profile(String customer) {
    Row row =
        read("gold_sensitive/customer_profile").filter("customer_id = '" + customer + "'").head();
    assertThat(row.<Date>getAs("as_of")).isNotNull();
    return row;
  }
}

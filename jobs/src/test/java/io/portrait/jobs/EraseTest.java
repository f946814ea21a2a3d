package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.io.FileSearch;
import io.portrait.common.io.StoredTable;
import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.TextSearch;
import io.portrait.common.table.Layer;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SummarizeStateTable;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Amy has two accounts, a cookie, refused and broken rows, and an older as-of date; Zoe's master
 * data are refused, and her orders are not.
 */
@ExtendWith(SparkExtension.class)
@Order(1)
class EraseTest {

  private static final String SOURCES =
      """
      sources:
        - name: crm
          format: csv
          path: $DATA/crm/*.csv
          delimiter: ";"
          maps:
            - entity: customer
              realm: crm
              max_rejected_share: 0.9
              columns: {account_id: id, full_name: name, email: mail, phone: phone, registered_at: since}
              reject_when: {on_hold: mail LIKE 'z%'}
        - name: club
          format: json
          path: $DATA/club/*.json
          columns: [member, name, mail]
          maps:
            - entity: customer
              realm: club
              columns: {account_id: member, full_name: name, email: mail}
        - name: shop
          format: json
          path: $DATA/orders/*.json
          columns: [id, who, at, total]
          maps:
            - entity: order
              realm: crm
              columns: {order_id: id, account_id: who, ordered_at: at, amount: total}
        - name: web
          format: json
          path: $DATA/web/*.json
          columns: [id, cookie, user, at]
          maps:
            - entity: web_event
              realm: visitor
              columns: {event_id: id, account_id: cookie, occurred_at: at, event_type: "'page_view'"}
              identifiers: {crm: user}
      """;

  private static final List<String> AMYS =
      List.of(
          "C000001",
          "M000001",
          "cookie-amy-1",
          "AMY@Example.com",
          "0912-345-678",
          "+886912345678",
          "Amy Chen");

  private static final List<String> ZOES = List.of("C000009", "zoe@example.com", "Zoe Lin");

  @Test
  void leavesNothingOfAPersonAndAllOfOthers(SparkSession spark, @TempDir Path dir)
      throws IOException {
    SmallWorld world = world(dir.resolve("full"), true);
    run(world);
    TextSearch amy = amy();
    TextSearch zoe =
        new TextSearch(ZOES.stream().collect(Collectors.toMap(text -> text, text -> text)));
    assertThat(search(spark, world, amy).findings()).isNotEmpty();
    givesAPersonTheirOwnDataAlone(world, dir.resolve("export"));
    refusesAnEmailOfSeveral(spark, world);
    KeyedHash hash = new KeyedHash("a-key-for-tests-only");
    world.write("warehouse/report/as_of=2025-01-01.html", sample(hash.hash("crm", "C000001")));
    world.write("warehouse/report/as_of=2024-06-01.html", sample(hash.hash("crm", "C000002")));
    Path killed = dir.resolve("killed");
    copy(world.warehouse(), killed);

    world.write(
        "request.csv",
        "request_id,realm,account_id,email\n"
            + "R-1,crm,C000001,\nR-9,,,nobody@x.org\nR-2,,,zoe@example.com\n");
    Cli.Result result = erase(world, world.warehouse(), "request.csv");

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("Not found: line 3 of the request file names nobody");
    assertThat(result.out()).contains("erased: 2 persons with 4 accounts").contains("none found");
    assertThat(result.out() + result.err()).doesNotContain("C000001").doesNotContain("nobody@");
    assertThat(search(spark, world, amy).findings()).isEmpty();
    // Silver knows her account, but not the e-mail of the row that was refused.
    assertThat(search(spark, world, zoe).findings()).isEmpty();
    assertThat(result.out()).contains("report: 1 pages that showed one of them");
    assertThat(world.file("warehouse/report/as_of=2025-01-01.html")).doesNotExist();
    assertThat(world.file("warehouse/report/as_of=2024-06-01.html")).exists();
    Row certificate = certificate(spark, world.warehouse(), "R-1");
    assertThat(certificate.<String, Long>getJavaMap(0))
        .containsEntry("bronze/crm", 3L)
        .containsEntry("bronze/rejected", 2L)
        .containsEntry("silver/order", 2L)
        .containsEntry("bronze/web", 1L)
        .containsEntry("vault/account", 2L)
        .containsEntry("silver/customer_map", 6L);
    assertThat(certificate.getBoolean(1)).isTrue();
    assertThat(certificate(spark, world.warehouse(), "R-2").<String, Long>getJavaMap(0))
        .containsEntry("bronze/crm", 1L)
        .containsEntry("bronze/rejected", 1L)
        .containsEntry("bronze/shop", 1L)
        .containsEntry("silver/order", 1L)
        .containsEntry("silver/customer_map", 2L);
    assertThat(Files.readString(world.file("warehouse/ops/certificate/R-1.json")))
        .contains("\"is_proven\" : true")
        .contains("backups");

    Cli.Result again = erase(world, world.warehouse(), "request.csv");
    assertThat(again.out()).contains("line 2: request R-1 was carried out at").contains("nobody");

    killAndFinish(spark, world, killed);

    // A later extract does not bring her back, and every row is accounted for.
    world.write(
        "orders/2.json",
        order("C000001", "o8", "2024-12-01") + order("C000002", "o9", "2024-12-01"));
    SmallWorld clean = world(dir.resolve("clean"), false);
    assertThat(clean.run("ingest").err()).isEmpty();
    clean.write("orders/2.json", order("C000002", "o9", "2024-12-01"));
    Cli.Result ingest = world.run("ingest");
    assertThat(ingest.out()).contains("source shop: 1 rows of erased people were not let in.");
    runFromConform(world);
    run(clean);
    assertThat(search(spark, world, amy).findings()).isEmpty();
    assertSameRows(
        spark,
        world,
        clean,
        List.of(Layer.BRONZE, Layer.VAULT, Layer.SILVER, Layer.GOLD_SENSITIVE));
    Tables tables = world.tables(spark);
    assertThat(
            tables
                .read(RawTables.INGEST_FILE)
                .filter("source = 'shop'")
                .orderBy("batch_id")
                .select("rows", "rows_erased")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[6,3]", "[2,1]");
    // A changed map makes the entity again from what bronze has.
    world.sources(SOURCES.replace("amount: total", "amount: total + 0"));
    assertThat(world.run("conform").err()).isEmpty();
    assertThat(
            world
                .tables(spark)
                .read(RawTables.CONFORM_RESULT)
                .filter("entity = 'order'")
                .orderBy("batch_id")
                .select("rows_in", "rows_kept", "rows_rejected")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[3,3,0]", "[1,1,0]");
    keepsWhatTheRulesDoNotName(spark, clean);
  }

  /**
   * The pseudonyms of a new warehouse are others, so its list has to be made anew. It holds for
   * rows that cannot be read, rows that no map takes, maps that change and corrections, too.
   */
  @Test
  void keepsOutWhomAnEarlierWarehouseHasErased(SparkSession spark, @TempDir Path dir) {
    SmallWorld world = world(dir, true);
    world.sources(
        SOURCES
            .replace(", phone: phone", "")
            .replace("- entity: order\n", "- entity: order\n        where: total <> '0'\n"));
    world.write("orders/2.json", order("C000001", "o10", "2024-05-01").replace("100", "0"));
    world.write(
        "crm/2.csv",
        "id;name;mail;phone;since\n"
            + "call +886 912 345 678;2024-01-01\n"
            + "C000001;Amy Chen\n"
            + "C000002;Bob Lin\n"
            + "C000010;Hal Yu;;0933-222-111;2024-01-10\n");
    world.write(
        "former.csv",
        "request_id,realm,account_id,email,phone,customer_id\n"
            + "R-1,crm,C000001,,,\n"
            + "R-1,club,M000001,,,\n"
            + "R-1,,,amy@example.com,,\n"
            + "R-1,,,,0912345678,\n"
            + "R-2,,,Amy@Example.com,,\n"
            + "R-3,,,,,0123456789abcdef0123456789abcdef\n"
            + "R-4,,,,0933222111,\n");

    Cli.Result slip = erase(world, world.warehouse(), "former.csv");
    Cli.Result kept = erase(world, world.warehouse(), "former.csv", "--keep-out-unknown");

    assertThat(slip.code()).isEqualTo(3);
    assertThat(slip.err()).contains("Not found: lines 2, 3, 4, 5, 6, 7, 8 of the request file");
    assertThat(kept.out()).contains("kept out: 5 accounts, e-mails and phones that nobody");
    assertThat(kept.err()).contains("Not found: line 7 of the request file names nobody");
    Cli.Result ingest = world.run("ingest");
    assertThat(ingest.err()).isEmpty();
    assertThat(ingest.out())
        .contains("source crm: 5 rows of erased people were not let in.")
        .contains("source club: 1 rows of erased people were not let in.")
        .contains("source shop: 3 rows of erased people were not let in.")
        .contains("source web: 1 rows of erased people were not let in.");

    // By the changed map a row shows a phone of which ingest was not told.
    world.sources(SOURCES);
    assertThat(world.run("conform").err()).isEmpty();
    List<Row> rejected =
        world
            .tables(spark)
            .read(RawTables.REJECTED)
            .filter("row.id = 'C000010' OR row.name = 'Nobody'")
            .orderBy("row.id")
            .select("row_hash", "reasons")
            .collectAsList();
    assertThat(rejected.get(1).getList(1).toString())
        .isEqualTo("[row: of an erased person, erase it too]");
    assertThat(rows(spark, world.warehouse(), List.of(Layer.BRONZE)))
        .contains("C000002", "M000002", "C000002;Bob Lin")
        .doesNotContainIgnoringCase(AMYS.toArray(String[]::new))
        .doesNotContain("886 912");

    world.write(
        "rows.jsonl",
        "{\"source\":\"crm\",\"row_hash\":\"%s\",\"row\":{\"id\":\"C000001\"}}\n"
            .formatted(rejected.get(0).getString(0)));
    Cli.Result corrected =
        world.run("replay", "--corrections", world.file("rows.jsonl").toString());
    assertThat(corrected.code()).isEqualTo(2);
    assertThat(corrected.err())
        .contains("rows.jsonl:1: row: is of an erased person")
        .doesNotContain("C000001");
    assertThat(world.tables(spark).exists(RawTables.CORRECTION)).isFalse();
  }

  /** A page of the report with one customer in its sample. */
  private static String sample(String customer) {
    return "<script>{\"sample\":{\"customers\":[{\"id\":\"" + customer + "\"}]}}</script>";
  }

  private static void refusesAnEmailOfSeveral(SparkSession spark, SmallWorld world) {
    world.write("shared.csv", "request_id,email\nR-1,shared@example.com\n");

    Cli.Result shared = erase(world, world.warehouse(), "shared.csv");

    assertThat(shared.code()).isEqualTo(3);
    assertThat(shared.err())
        .contains("line 2: the email of 3 persons")
        .contains("--all-who-share")
        .doesNotContain("shared@");

    // Nor one that stands in refused rows of two.
    world.write("shared.csv", "request_id,email\nR-1,zed@example.com\n");
    assertThat(erase(world, world.warehouse(), "shared.csv").err())
        .contains("line 2: the email of 2 persons")
        .doesNotContain("zed@");

    // A request's id is no place for a name, which the request itself does not give.
    world.write("named.csv", "request_id,realm,account_id\n2024_amyChen.1,crm,C000001\n");
    Cli.Result named = erase(world, world.warehouse(), "named.csv");
    assertThat(named.code()).isEqualTo(3);
    assertThat(named.err())
        .contains("The request_id of line 2 has a name or another identifier")
        .doesNotContainIgnoringCase("amy");
    assertThat(world.tables(spark).exists(PrivacyTables.SUPPRESSION)).isFalse();
    assertThat(world.file("warehouse/bronze/_erasure")).doesNotExist();
  }

  private static void givesAPersonTheirOwnDataAlone(SmallWorld world, Path out) throws IOException {
    Cli.Result result =
        Cli.run(
            "export", "--conf", world.conf(), "--account", "club:M000001", "--out", out.toString());

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).doesNotContain("M000001");
    JsonNode export = new ObjectMapper().readTree(out.resolve("export.json").toFile());
    Map<String, Integer> rows = new TreeMap<>();
    export
        .get("tables")
        .forEach(table -> rows.put(table.get("table").asText(), table.get("rows").size()));
    assertThat(rows)
        .containsEntry("bronze/crm", 1)
        .containsEntry("bronze/club", 1)
        .containsEntry("bronze/shop", 2)
        .containsEntry("bronze/web", 1)
        .containsEntry("vault/account", 2)
        .containsEntry("silver/order", 2)
        .containsEntry("silver/customer_map", 6)
        .containsEntry("gold_sensitive/customer_feature", 1);
    assertThat(export.toString())
        .contains("AMY@Example.com", "姓名", "\"kept_days\":730")
        .doesNotContain("C000002", "Bob", "shared@");
    assertThat(Files.readString(out.resolve("index.html")))
        .contains("Full name<br>姓名", "Amy Chen", "Kept 保存期限", "730 days 天")
        .doesNotContain("Bob");
    assertThat(world.run("export", "--account", "crm:X", "--out", out + "2").err())
        .contains("The warehouse knows no such account.");
  }

  /** Orders before November go; what was summed up of them stays, whatever comes late. */
  private static void keepsWhatTheRulesDoNotName(SparkSession spark, SmallWorld world)
      throws IOException {
    Path portrait = Path.of(world.conf(), "portrait.yaml");
    Files.writeString(
        portrait,
        Files.readString(portrait)
            + "retention: {unreferenced_file_days: 7, rules: [{tables: silver/order, keep_days: 60},"
            + " {tables: gold/*, keep_days: 30}, {tables: silver/customer, keep_days: 30}]}\n");
    String before = rows(spark, world.warehouse(), "silver/account_day");
    String bronze = rows(spark, world.warehouse(), "bronze/shop");

    Cli.Result result = world.run("maintain", "--as-of", "2025-01-10");

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("silver/order: 3 rows before 2024-11-01 deleted")
        .contains("silver/customer: 4 rows before 2024-12-11 deleted");
    assertThat(rows(spark, world.warehouse(), "silver/account_day")).isEqualTo(before);
    assertThat(rows(spark, world.warehouse(), "bronze/shop")).isEqualTo(bronze);
    assertThat(rows(spark, world.warehouse(), "silver/customer_map")).contains("2024-06-01");
    assertThat(rows(spark, world.warehouse(), "gold_sensitive/customer_feature"))
        .contains("2025-01-01");

    world.write("orders/3.json", order("C000002", "o10", "2024-03-01"));
    for (String step : List.of("ingest", "conform", "summarize")) {
      assertThat(world.run(step).err()).isEmpty();
    }
    String incremental = rows(spark, world.warehouse(), "silver/account_day");
    world.tables(spark).delete(SummarizeStateTable.SCHEMA, "true");
    assertThat(world.run("summarize").err()).isEmpty();

    assertThat(incremental).isEqualTo(before);
    assertThat(rows(spark, world.warehouse(), "silver/account_day")).isEqualTo(before);

    Files.writeString(
        portrait,
        Files.readString(portrait)
            .replaceFirst("rules: .*", "rules: [{tables: bronze/club, keep_days: 1}]}"));
    Cli.Result old = world.run("maintain", "--as-of", "2100-01-01");
    assertThat(old.out()).contains("bronze/club: 1 rows before 2099-12-31 deleted");
    List<String> kept = List.of("silver/account", "vault/account", "silver/account_identifier");
    List<String> rows = kept.stream().map(t -> rows(spark, world.warehouse(), t)).toList();
    world.sources(SOURCES.replace("account_id: member", "account_id: trim(member)"));
    assertThat(world.run("ingest").err()).isEmpty();
    assertThat(world.run("conform").err()).isEmpty();
    assertThat(kept.stream().map(t -> rows(spark, world.warehouse(), t)).toList()).isEqualTo(rows);
  }

  private static String rows(SparkSession spark, Path warehouse, String table) {
    return StoredTable.all(spark, warehouse.toString()).stream()
        .filter(stored -> stored.path().equals(table))
        .flatMap(stored -> stored.rows().toJSON().collectAsList().stream())
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** Ends an erasure in the middle, finishes it, and compares it with an undisturbed one. */
  private static void killAndFinish(SparkSession spark, SmallWorld world, Path killed)
      throws IOException {
    AtomicInteger jobs = new AtomicInteger();
    SparkListener killer =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            // Nobody else erases meanwhile.
            if ("erase".equals(start.properties().getProperty("spark.jobGroup.id"))
                && Files.exists(killed.resolve("bronze/_erasure/work.json"))
                && jobs.incrementAndGet() == 40) {
              spark.sparkContext().cancelJobGroup("erase");
            }
          }
        };
    spark.sparkContext().addSparkListener(killer);
    try {
      assertThat(erase(world, killed, "request.csv").code()).isEqualTo(1);
    } finally {
      spark.sparkContext().removeSparkListener(killer);
    }
    assertThat(killed.resolve("bronze/_erasure/work.json")).exists();
    Cli.Result other = world.run("summarize", "--warehouse", killed.toString());
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.err()).contains("was begun and has not ended. Run portrait erase again");
    assertThat(world.run("doctor", "--warehouse", killed.toString()).out())
        .contains("fault    erasure    An erasure in the warehouse");

    Cli.Result finished = erase(world, killed, "request.csv");

    assertThat(finished.out()).contains("erased: 2 persons with 4 accounts").contains("none found");
    assertThat(killed.resolve("bronze/_erasure")).doesNotExist();
    assertThat(certificate(spark, killed, "R-1").getJavaMap(0))
        .isEqualTo(certificate(spark, world.warehouse(), "R-1").getJavaMap(0));
    assertThat(
            rows(
                spark,
                killed,
                List.of(Layer.BRONZE, Layer.VAULT, Layer.SILVER, Layer.GOLD_SENSITIVE)))
        .isEqualTo(
            rows(
                spark,
                world.warehouse(),
                List.of(Layer.BRONZE, Layer.VAULT, Layer.SILVER, Layer.GOLD_SENSITIVE)));
  }

  private static SmallWorld world(Path dir, boolean withAmy) {
    SmallWorld world = new SmallWorld(dir).sources(SOURCES);
    String header = "id;name;mail;phone;since\n";
    String others =
        "C000002;Bob Lin;bob@example.com;0922-000-111;2024-01-02\n"
            + "C000003;Cara Wu;shared@example.com;;2024-01-03\n"
            + "C000004;Dan Ho;shared@example.com;;2024-01-04\n"
            + "C000005;Eve Su;shared@example.com;;2024-01-05\n"
            + "C000006;Finn Ma;zed@example.com;;2024-01-06\n"
            + "C000007;Gina Ko;zed@example.com;;2024-01-07\n"
            + ";Nobody;;;\n";
    String amy =
        "C000001;Amy Chen;AMY@Example.com ;0912-345-678;2024-01-01\n"
            + ";Amy Chen;amy@example.com;;\n"
            + "broken;AMY@Example.com\n"
            + "C000009;Zoe Lin;zoe@example.com;;2024-01-09\n";
    world.write("crm/1.csv", header + (withAmy ? amy : "") + others);
    world.write(
        "club/1.json",
        (withAmy
                ? "{\"member\":\"M000001\",\"name\":\"Amy Chen\",\"mail\":\"amy@example.com\"}\n"
                : "")
            + "{\"member\":\"M000002\",\"name\":\"Bob Lin\",\"mail\":\"bob@example.com\"}\n");
    world.write(
        "orders/1.json",
        (withAmy
                ? order("C000001", "o1", "2024-03-01")
                    + order("C000001", "o2", "2024-09-01")
                    + order("C000009", "o0", "2024-03-04")
                : "")
            + order("C000002", "o3", "2024-03-01")
            + order("C000002", "o4", "2024-09-02")
            + order("C000003", "o5", "2024-03-05"));
    world.write(
        "web/1.json",
        (withAmy ? visit("cookie-amy-1", "e1", "C000001") : "")
            + visit("cookie-bob-1", "e2", "C000002"));
    Path portrait = Path.of(world.conf(), "portrait.yaml");
    try {
      Files.writeString(
          portrait,
          Files.readString(portrait)
              + "identity: {max_accounts_per_identifier: 2, anonymous_realms: [visitor]}\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return world;
  }

  private static String order(String who, String id, String day) {
    return "{\"id\":\"%s\",\"who\":\"%s\",\"at\":\"%sT10:00:00+08:00\",\"total\":\"100\"}\n"
        .formatted(id, who, day);
  }

  private static String visit(String cookie, String id, String user) {
    return "{\"id\":\"%s\",\"cookie\":\"%s\",\"user\":\"%s\",\"at\":\"2024-04-01T10:00:00+08:00\"}\n"
        .formatted(id, cookie, user);
  }

  private static void run(SmallWorld world) {
    world.runAll("ingest");
    runFromConform(world);
  }

  private static void runFromConform(SmallWorld world) {
    world.runAll("conform", "summarize");
    for (String asOf : List.of("2024-06-01", "2025-01-01")) {
      assertThat(world.run("identify", "--as-of", asOf).err()).isEmpty();
    }
    assertThat(world.run("features", "--as-of", "2025-01-01").err()).isEmpty();
  }

  private static Cli.Result erase(
      SmallWorld world, Path warehouse, String request, String... options) {
    List<String> arguments =
        List.of(
            "erase",
            "--conf",
            world.conf(),
            "--warehouse",
            warehouse.toString(),
            "--request",
            world.file(request).toString());
    return Cli.run(Stream.concat(arguments.stream(), Stream.of(options)).toArray(String[]::new));
  }

  /** Amy's identifiers, and the pseudonyms that silver had for them. */
  private static TextSearch amy() {
    KeyedHash hash = new KeyedHash("a-key-for-tests-only");
    Map<String, String> texts = new TreeMap<>();
    AMYS.forEach(text -> texts.put(text, text));
    texts.put(hash.hash("crm", "C000001"), "crm key");
    texts.put(hash.hash("club", "M000001"), "club key");
    texts.put(hash.hash("visitor", "cookie-amy-1"), "visitor key");
    texts.put(hash.hash("email", "amy@example.com"), "e-mail key");
    texts.put(hash.hash("phone", "+886912345678"), "phone key");
    return new TextSearch(texts);
  }

  private static FileSearch.Result search(SparkSession spark, SmallWorld world, TextSearch texts) {
    return FileSearch.search(spark, world.warehouse().toString(), texts, "none");
  }

  private static Row certificate(SparkSession spark, Path warehouse, String request) {
    return new Tables(spark, warehouse.toString())
        .read(PrivacyTables.ERASURE)
        .filter("request_id = '" + request + "'")
        .select("rows_by_table", "is_proven")
        .head();
  }

  private static void assertSameRows(
      SparkSession spark, SmallWorld world, SmallWorld clean, List<Layer> layers) {
    assertThat(
            rows(spark, world.warehouse(), layers)
                .replace(world.file("").toString(), clean.file("").toString()))
        .isEqualTo(rows(spark, clean.warehouse(), layers));
  }

  private static String rows(SparkSession spark, Path warehouse, List<Layer> layers) {
    return StoredTable.all(spark, warehouse.toString()).stream()
        .filter(table -> layers.contains(table.layer()))
        .map(
            table ->
                table.path()
                    + table.rows().drop("run_id").toJSON().collectAsList().stream()
                        .sorted()
                        .collect(Collectors.joining("\n  ", "\n  ", "\n")))
        .collect(Collectors.joining());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}

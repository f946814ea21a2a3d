package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Retention has deleted raw rows: what silver has of them stays, whatever makes it again. */
@ExtendWith(SparkExtension.class)
@Order(3)
class ExpiredBatchTest {

  private static final KeyedHash HASH = new KeyedHash("a-key-for-tests-only");

  private static final String SOURCES =
      """
      sources:
        - name: crm
          format: csv
          path: $DATA/crm*.csv
          maps:
            - entity: customer
              realm: crm
              order_by: updated
              columns: {account_id: id, full_name: name, email: mail, city: city}
        - name: members
          format: jdbc
          url: $URL
          query: MEMBERS
          key: [ID]
          maps:
            - {entity: customer, realm: crm, columns: {account_id: ID, city: CITY}}
        - name: shop
          format: csv
          path: $DATA/shop*.csv
          maps:
            - entity: order
              realm: crm
              max_rejected_share: 0.6
              columns: {order_id: id, account_id: who, ordered_at: at, amount: total, channel: channel}
        - name: kiosk
          format: csv
          path: $DATA/kiosk*.csv
          maps:
            - entity: order
              realm: crm
              columns: {order_id: id, account_id: who, ordered_at: at, amount: total, channel: channel}
      """;

  private static final String PEOPLE = "id,name,mail,city,updated\n";
  private static final String ORDERS = "id,who,at,total,channel\n";

  private SparkSession spark;
  private SmallWorld world;

  @Test
  void keepsWhatSilverHasOfBatchesThatAreGoneByAge(SparkSession session, @TempDir Path dir)
      throws IOException, SQLException {
    spark = session;
    String url = "jdbc:hsqldb:mem:expired" + dir.getFileName();
    String sources = SOURCES.replace("$URL", url);
    sources = sources.substring(0, sources.indexOf("  - name: shop"));
    world =
        new SmallWorld(dir)
            .sources(sources)
            .write(
                "crm1.csv",
                PEOPLE
                    + "A,Amy,amy@example.com,Taipei,2024-01-01\n"
                    + "B,Bob,bob@example.com,Tainan,2024-01-01\n"
                    + "C,Cara,cara@example.com,Hualien,2024-01-01\n");
    try (Connection connection = DriverManager.getConnection(url);
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE TABLE MEMBERS (ID VARCHAR(9), CITY VARCHAR(20))");
      sql.execute("INSERT INTO MEMBERS VALUES ('C', 'Yilan'), ('M', 'Miaoli'), ('N', 'Nantou')");
      world.runAll("ingest", "conform");
      assertThat(cities())
          .containsExactly("A Taipei", "B Tainan", "C Hualien", "M Miaoli", "N Nantou");
      String accounts = rows(RawTables.CONFORM_RESULT, "source <> 'members'");
      expire();
      assertThat(raw("crm")).isZero();
      assertThat(raw("members")).isEqualTo(3);

      // A snapshot makes the customers again, and brings a newer row of Bob.
      sql.execute("UPDATE MEMBERS SET CITY = 'Keelung' WHERE ID = 'M'");
      sql.execute("DELETE FROM MEMBERS WHERE ID = 'N'");
      world.write("crm2.csv", PEOPLE + "B,Bob,bob@example.org,Taichung,2025-01-01\n");
      world.runAll("ingest", "conform");
      assertThat(cities()).containsExactly("A Taipei", "B Taichung", "C Hualien", "M Keelung");
      assertThat(mails())
          .containsExactly("amy@example.com", "bob@example.org", "cara@example.com", "null");
      assertThat(identifiers())
          .contains(
              "A " + HASH.hash("email", "amy@example.com") + " 1",
              "B " + HASH.hash("email", "bob@example.com") + " 1",
              "B " + HASH.hash("email", "bob@example.org") + " 2",
              "C " + HASH.hash("email", "cara@example.com") + " 1");
      assertThat(rows(RawTables.CONFORM_RESULT, "source <> 'members' AND batch_id = 1"))
          .isEqualTo(accounts);
      assertThat(lines("members"))
          .containsExactly(
              "1: 3 in, 0 kept, 3 beaten, 0 deleted", "2: 2 in, 1 kept, 0 beaten, 1 deleted");
      changesNothing();

      // As if that run had been killed before its account was written.
      Map<String, String> before = state();
      tables().delete(RawTables.CONFORM_RESULT, "batch_id = 2");
      world.runAll("conform");
      assertThat(state()).isEqualTo(before);

      // A changed map reaches what bronze still has.
      sources =
          sources
              .replace("city: city", "city: upper(city)")
              .replace("city: CITY", "city: upper(CITY)");
      world.sources(sources);
      world.runAll("conform");
      assertThat(cities()).containsExactly("A Taipei", "B TAICHUNG", "C Hualien", "M KEELUNG");
      changesNothing();

      // Bob's new row was wrong. That of before is gone for good, and his old ties are not.
      replay("--source", "crm", "--discard-batch", "2", "--reason", "wrong");
      assertThat(cities()).containsExactly("A Taipei", "C Hualien", "M KEELUNG");
      assertThat(identifiers())
          .contains("B " + HASH.hash("email", "bob@example.com") + " 1")
          .noneMatch(line -> line.contains(HASH.hash("email", "bob@example.org")));
      changesNothing();
    }
  }

  @Test
  void keepsItBesideDiscardedBatchesAndSourcesThatAreGone(SparkSession session, @TempDir Path dir)
      throws IOException {
    spark = session;
    String sources = "sources:\n" + SOURCES.substring(SOURCES.indexOf("  - name: shop"));
    world =
        new SmallWorld(dir)
            .sources(sources)
            .write(
                "shop1.csv",
                ORDERS + "1,A,2024-03-01,10,web\n2,B,2024-03-02,20,web\n3,C,nonsense,30,web\n")
            .write("kiosk1.csv", ORDERS + "9,A,2024-03-03,90,kiosk\n");
    world.runAll("ingest", "conform", "summarize");
    String summarized = rows(SilverTables.ACCOUNT_DAY);
    String refused = rows(RawTables.REJECTED);
    assertThat(maintain().out()).contains("bronze/shop: 3 rows before 2099-12-31 deleted");

    // A changed map reaches what bronze still has: nothing.
    sources = sources.replace("channel: channel", "channel: \"concat(channel, '_2')\"");
    world.sources(sources);
    world.runAll("conform");
    assertThat(orders()).containsExactly("1 10 web", "2 20 web", "9 90 kiosk");
    changesNothing();
    assertThat(rows(RawTables.REJECTED)).isEqualTo(refused);
    world.write("shop2.csv", ORDERS + "2,B,2024-03-02,21,web\n4,B,2024-03-04,40,web\n");
    world.runAll("ingest");
    // Over age, but silver has not seen it yet.
    assertThat(world.run("maintain", "--as-of", "2100-01-01").out())
        .contains(
            "warning: bronze/shop is over age in batches that silver has not seen yet (2); they"
                + " stay until portrait conform has run");
    assertThat(raw("shop")).isEqualTo(2);
    world.runAll("conform");
    assertThat(orders()).containsExactly("1 10 web", "2 21 web_2", "4 40 web_2", "9 90 kiosk");
    world.write("shop3.csv", ORDERS + "5,A,2024-03-05,50,web\n");
    world.runAll("ingest", "conform");
    replay("--source", "shop", "--discard-batch", "3", "--reason", "a test");
    assertThat(orders()).containsExactly("1 10 web", "2 21 web_2", "4 40 web_2", "9 90 kiosk");
    changesNothing();
    Cli.Result template =
        Cli.run(
            "replay",
            "--conf",
            world.conf(),
            "--template",
            dir.resolve("rows.jsonl").toString(),
            "--reason",
            "ordered_at: not a timestamp in the declared format");
    assertThat(template.err()).contains("No row is refused of those asked for that bronze still");
    assertThat(replay("--source", "shop", "--discard-batch", "1", "--reason", "a test"))
        .contains("warning: bronze has no row of batch 1 of source shop any more.");
    assertThat(orders()).containsExactly("2 21 web_2", "4 40 web_2", "9 90 kiosk");
    changesNothing();

    // A source that is declared no more takes its rows along, and those alone.
    world.sources(sources.replaceFirst("(?s)  - name: shop.*?(?=  - name: kiosk)", ""));
    world.runAll("conform", "summarize");
    assertThat(orders()).containsExactly("9 90 kiosk");
    changesNothing();
    assertThat(rows(SilverTables.ACCOUNT_DAY))
        .isEqualTo(
            summarized
                .lines()
                .filter(line -> line.contains("\"2024-03-03\""))
                .findFirst()
                .orElseThrow());
  }

  /** Such a warehouse did not note which batch shows an identifier. */
  @Test
  void keepsIdentifiersOfAWarehouseThatAnEarlierVersionMade(SparkSession session, @TempDir Path dir)
      throws IOException {
    spark = session;
    String sources = SOURCES.substring(0, SOURCES.indexOf("  - name: members"));
    world =
        new SmallWorld(dir)
            .sources(sources)
            .write("crm1.csv", PEOPLE + "A,Amy,amy@example.com,Taipei,2024-01-01\n");
    world.runAll("ingest", "conform");
    String path = tables().path(SilverTables.ACCOUNT_IDENTIFIER);
    spark
        .read()
        .format("delta")
        .load(path)
        .drop("source", "batch_id")
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .save(path);
    maintain();
    world
        .sources(sources.replace("city: city", "city: upper(city)"))
        .write("crm2.csv", PEOPLE + "B,Bob,bob@example.com,Tainan,2024-01-01\n");
    world.runAll("ingest", "conform");

    assertThat(cities()).containsExactly("A Taipei", "B TAINAN");
    assertThat(identifiers())
        .containsExactlyInAnyOrder(
            "A " + HASH.hash("crm", "A"),
            "A " + HASH.hash("email", "amy@example.com"),
            "B " + HASH.hash("crm", "B") + " 2",
            "B " + HASH.hash("email", "bob@example.com") + " 2");
    world.sources(sources);
    world.runAll("conform");
    assertThat(cities()).containsExactly("A Taipei", "B Tainan");
    assertThat(identifiers()).hasSize(4);
  }

  /** Deletes all raw rows but those that refused, and those of the database. */
  private void expire() throws IOException {
    Cli.Result maintained = maintain();
    assertThat(maintained.err()).isEmpty();
    assertThat(maintained.out())
        .contains("bronze/crm: 3 rows before 2099-12-31 deleted")
        .containsOnlyOnce("warning: retention names bronze/members, of which rows are over age");
  }

  private Cli.Result maintain() throws IOException {
    Path portrait = Path.of(world.conf(), "portrait.yaml");
    Files.writeString(
        portrait,
        Files.readString(portrait)
            + "retention: {unreferenced_file_days: 7, rules: [{tables: bronze/rejected,"
            + " keep_days: 100000}, {tables: bronze/*, keep_days: 1}]}\n");
    return world.run("maintain", "--as-of", "2100-01-01");
  }

  private String replay(String... options) {
    Cli.Result result = world.run("replay", options);
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  /** Another run finds nothing to do, and every row is accounted for. */
  private void changesNothing() {
    Map<TableSchema, Long> versions = new HashMap<>();
    List<TableSchema> written =
        List.of(
            Entities.CUSTOMER.silver(),
            Entities.CUSTOMER.vault().orElseThrow(),
            Entities.ORDER.silver(),
            SilverTables.ACCOUNT_IDENTIFIER,
            RawTables.CONFORM_RESULT);
    written.forEach(table -> versions.put(table, tables().version(table)));
    world.runAll("conform");
    written.forEach(
        table ->
            assertThat(tables().version(table)).as(table.path()).isEqualTo(versions.get(table)));
    assertThat(
            tables()
                .read(RawTables.CONFORM_RESULT)
                .filter(
                    "rows_in <> rows_elsewhere + rows_kept + rows_rejected + rows_duplicate +"
                        + " rows_deleted")
                .collectAsList())
        .isEmpty();
  }

  private Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    for (TableSchema table :
        List.of(
            Entities.CUSTOMER.silver(),
            Entities.CUSTOMER.vault().orElseThrow(),
            SilverTables.ACCOUNT_IDENTIFIER,
            RawTables.CONFORM_RESULT,
            RawTables.REJECTED,
            RawTables.REJECT_REASON)) {
      state.put(table.path(), rows(table));
    }
    return state;
  }

  private Tables tables() {
    return world.tables(spark);
  }

  private long raw(String source) {
    return tables().read(RawTables.bronze(source)).count();
  }

  private String rows(TableSchema table) {
    return rows(table, "true");
  }

  private String rows(TableSchema table, String condition) {
    return String.join(
        "\n", sorted(tables().readOrEmpty(table).filter(condition).toJSON().toDF("row"), "row"));
  }

  private List<String> cities() {
    return named(tables().read(Entities.CUSTOMER.silver()), "city");
  }

  private List<String> identifiers() {
    return named(
        tables().read(SilverTables.ACCOUNT_IDENTIFIER).filter("entity = 'customer'"),
        "concat_ws(' ', identifier_key, batch_id)");
  }

  /** What rows say after the raw id of their account. */
  private static List<String> named(Dataset<Row> rows, String text) {
    Map<String, String> ids = new TreeMap<>();
    List.of("A", "B", "C", "M", "N").forEach(id -> ids.put(HASH.hash("crm", id), id));
    return rows.selectExpr("account_key", text).collectAsList().stream()
        .map(row -> ids.get(row.getString(0)) + " " + row.getString(1))
        .sorted()
        .toList();
  }

  private List<String> mails() {
    return sorted(Vault.of(world.catalogue()).read(tables()), "coalesce(email, 'null')");
  }

  private List<String> orders() {
    return sorted(
        tables().read(Entities.ORDER.silver()), "concat_ws(' ', order_id, amount_minor, channel)");
  }

  private List<String> lines(String source) {
    return sorted(
        tables().read(RawTables.CONFORM_RESULT).filter("source = '" + source + "'"),
        "concat(batch_id, ': ', rows_in, ' in, ', rows_kept, ' kept, ', rows_duplicate,"
            + " ' beaten, ', rows_deleted, ' deleted')");
  }

  private static List<String> sorted(Dataset<Row> rows, String text) {
    return rows.selectExpr(text).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}

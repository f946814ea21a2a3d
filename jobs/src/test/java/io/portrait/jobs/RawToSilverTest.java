package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
@Order(4)
class RawToSilverTest {

  private static final String CUSTOMERS =
      """
        - name: crm
          format: csv
          path: $DATA/crm*.csv
          delimiter: ";"
          date_formats: [dd/MM/yyyy]
          maps:
            - entity: customer
              realm: crm
              order_by: updated
              columns:
                account_id: id
                full_name: name
                email: mail
                phone: phone
                gender: sex
                birth_date: born
                country: country
                annual_income: income
                currency: income_currency
                is_home_owner: owner
      """;

  private static final String HEADER =
      "id;name;mail;phone;sex;born;country;income;income_currency;owner;updated\n";

  @Test
  void unifiesFormatsAndKeepsDirectIdentifiersInTheVault(SparkSession spark, @TempDir Path dir) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources("sources:\n" + CUSTOMERS)
            .write(
                "crm.csv",
                HEADER
                    + "1;\"Chen; \"\"Amy\"\"\nLee\";AMY@Example.com ;0912-345-678;女;31/12/1980;台灣;"
                    + "\"1,000\";USD;是;2024-01-01\n"
                    + "1;Amy Old;old@example.com;;F;31/12/1980;Taiwan;900;USD;yes;2023-01-01\n"
                    + "2;Bob;not-a-mail;12;m;1980-12-31;Atlantis;50.4;TWD;maybe;2024-01-01\n"
                    + ";Nobody;;;;;;;TWD;;2024-01-01\n"
                    + "3;Cara;;;unknown;;TWN;7;EUR;0;2024-01-01\n"
                    + "4;too;few\n");

    Cli.Result ingest = world.run("ingest");
    Cli.Result conform = world.run("conform");

    assertThat(ingest.err() + conform.err()).contains("max_rejected_share");
    assertThat(conform.code()).isEqualTo(3);
    assertThat(conform.err())
        .contains("3 of 6 rows are rejected")
        .contains("account_id: missing (1 rows)")
        .contains("currency: no rate is declared for it (1 rows)")
        .contains("row: not 11 columns (1 rows)");
    Tables before = world.tables(spark);
    assertThat(before.exists(Entities.CUSTOMER.silver())).isFalse();

    world.sources(
        "sources:\n"
            + CUSTOMERS.replace("realm: crm", "realm: crm\n        max_rejected_share: 0.5"));
    assertThat(world.run("conform").err()).isEmpty();

    Tables tables = world.tables(spark);
    List<Row> accounts =
        tables
            .read(Entities.CUSTOMER.silver())
            .orderBy("annual_income_minor")
            .select(
                "gender", "birth_date", "country", "annual_income_minor", "is_home_owner", "source")
            .collectAsList();
    assertThat(accounts)
        .extracting(Row::toString)
        .containsExactly("[male,null,null,50,null,crm]", "[female,1980-12-31,TW,32500,true,crm]");
    List<Row> vault =
        Vault.of(world.catalogue())
            .read(tables)
            .orderBy(col("email").desc_nulls_last())
            .select("full_name", "email", "phone")
            .collectAsList();
    assertThat(vault)
        .extracting(Row::toString)
        .containsExactly("[Chen; \"Amy\"\nLee,amy@example.com,+886912345678]", "[Bob,null,null]");
    assertThat(
            tables
                .read(RawTables.REJECT_REASON)
                .filter("outcome = 'emptied'")
                .orderBy("reason")
                .select("reason", "rows")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[birth_date: not a date in the declared format,1]",
            "[country: not a country,1]",
            "[email: not a mail address,1]",
            "[is_home_owner: not a yes or no,1]",
            "[phone: not a phone number,1]");
    assertThat(
            tables
                .read(RawTables.CONFORM_RESULT)
                .select(
                    "rows_in",
                    "rows_elsewhere",
                    "rows_kept",
                    "rows_rejected",
                    "rows_duplicate",
                    "rows_deleted")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[6,0,2,3,1,0]");
    assertThat(tables.read(RawTables.REJECTED).count()).isEqualTo(3);
    assertThat(
            tables
                .read(SilverTables.ACCOUNT_IDENTIFIER)
                .groupBy("identifier_type")
                .count()
                .orderBy("identifier_type")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[crm,2]", "[email,2]", "[phone,1]");
  }

  @Test
  void readsAFileOnceAndTellsARewrittenOne(SparkSession spark, @TempDir Path dir)
      throws IOException {
    SmallWorld world =
        new SmallWorld(dir)
            .sources("sources:\n" + ORDERS)
            .write("orders/a b.json", order("1", "2024-03-01T10:00:00+08:00", 100));
    assertThat(world.run("ingest").err()).isEmpty();
    assertThat(world.run("conform").err()).isEmpty();
    Tables tables = world.tables(spark);
    long bronze = tables.version(RawTables.bronze("shop"));
    long silver = tables.version(Entities.ORDER.silver());

    Cli.Result again = world.run("ingest");
    world.run("conform");

    assertThat(again.out()).doesNotContain("warning");
    assertThat(tables.version(RawTables.bronze("shop"))).isEqualTo(bronze);
    assertThat(tables.version(Entities.ORDER.silver())).isEqualTo(silver);

    world.write(
        "orders/a b.json",
        order("1", "2024-03-01T10:00:00+08:00", 100)
            + order("1", "2024-03-01T10:00:00+08:00", 120)
            + order("2", "2024-03-01T23:30:00+08:00", 50)
            + "{broken\n");
    Files.setLastModifiedTime(
        world.file("orders/a b.json"), FileTime.fromMillis(1_700_000_000_000L));
    Cli.Result rewritten = world.run("ingest");
    assertThat(rewritten.out()).contains("warning: source shop: the file").contains("rewritten");
    assertThat(world.run("conform").err()).isEmpty();

    assertThat(
            world
                .tables(spark)
                .read(Entities.ORDER.silver())
                .orderBy("order_id")
                .selectExpr(
                    "order_id", "amount_minor", "event_day", "date_format(ordered_at, 'HH:mm')")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,120,2024-03-01,02:00]", "[2,50,2024-03-01,15:30]");
    assertThat(
            world
                .tables(spark)
                .read(RawTables.CONFORM_RESULT)
                .orderBy("batch_id")
                .select("rows_in", "rows_kept", "rows_rejected", "rows_duplicate")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,1,0,0]", "[4,2,1,1]");
  }

  @Test
  void readsAccessLogsAndTiesASignedInVisitor(SparkSession spark, @TempDir Path dir)
      throws IOException {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
                sources:
                  - name: web
                    format: access_log
                    path: $DATA/web/*.log.gz
                    timestamp_formats: ["dd/MMM/yyyy:HH:mm:ss Z"]
                    maps:
                      - entity: web_event
                        realm: visitor
                        max_rejected_share: 0.9
                        where: status < '400'
                        reject_when:
                          bot: agent LIKE '%bot%'
                        identifiers:
                          crm: nullif(regexp_extract(cookie, 'user=([0-9]+)', 1), '')
                        columns:
                          event_id: _row_id
                          account_id: nullif(regexp_extract(cookie, 'visitor=([a-z0-9]+)', 1), '')
                          occurred_at: time
                          event_type: "'page_view'"
                          page: path
                          category: nullif(regexp_extract(path, '^/category/([^/]+)', 1), '')
                """);
    gzip(
        world.file("web/1.log.gz"),
        """
10.0.0.1 - - [01/Mar/2024:23:59:59 +0800] "GET /category/tea?x=1 HTTP/1.1" 200 512 "-" "Mozilla" "visitor=v1; user=7"
10.0.0.1 - - [01/Mar/2024:23:59:59 +0800] "GET /category/tea?x=1 HTTP/1.1" 200 512 "-" "Mozilla" "visitor=v1; user=7"
10.0.0.1 - - [02/Mar/2024:00:00:01 +0800] "GET / HTTP/1.1" 200 - "-" "Mozilla \\"x\\"" "visitor=v1; user=-"
10.0.0.2 - - [02/Mar/2024:00:00:01 +0800] "GET / HTTP/1.1" 200 1 "-" "Googlebot" "visitor=v2"
10.0.0.3 - - [02/Mar/2024:00:00:01 +0800] "GET /gone HTTP/1.1" 404 1 "-" "Mozilla" "visitor=v3"
garbage
""");

    gzip(world.file("web/2.log.gz"), "");

    assertThat(world.run("ingest").out())
        .contains("warning: source web: there is no row in the file");
    assertThat(world.run("conform").err()).isEmpty();

    Tables tables = world.tables(spark);
    assertThat(
            tables
                .read(Entities.WEB_EVENT.silver())
                .orderBy("occurred_at", "event_id")
                .select("event_day", "page", "category")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[2024-03-01,/category/tea,tea]",
            "[2024-03-01,/category/tea,tea]",
            "[2024-03-02,/,null]");
    assertThat(
            tables
                .read(RawTables.CONFORM_RESULT)
                .select("rows_in", "rows_elsewhere", "rows_kept", "rows_rejected")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[6,1,3,2]");
    assertThat(
            tables
                .read(SilverTables.ACCOUNT_IDENTIFIER)
                .orderBy("identifier_type")
                .select("identifier_type", "realm")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[crm,visitor]", "[visitor,visitor]");
  }

  @Test
  void followsADatabaseBySnapshotAndByWatermark(SparkSession spark, @TempDir Path dir)
      throws SQLException {
    String url = "jdbc:hsqldb:mem:" + dir.getFileName();
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
sources:
  - name: customers
    format: jdbc
    url: %1$s
    query: SELECT ID, CITY FROM CUSTOMERS
    key: [ID]
    maps:
      - {entity: customer, realm: crm, columns: {account_id: ID, city: CITY, full_name: "concat('Resident of ', CITY)"}}
  - name: orders
    format: jdbc
    url: %1$s
    query: ORDERS
    watermark: ID
    maps:
      - {entity: order, realm: crm, columns: {order_id: ID, account_id: CUSTOMER, ordered_at: PLACED, amount: AMOUNT}}
  - name: tickets
    format: jdbc
    url: %1$s
    query: TICKETS
    watermark: OPENED
    maps:
      - {entity: service_ticket, realm: crm, columns: {ticket_id: _row_id, account_id: CUSTOMER, opened_at: OPENED, topic: TOPIC}}
"""
                    .formatted(url));
    try (Connection connection = DriverManager.getConnection(url);
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE TABLE CUSTOMERS (ID INT, CITY VARCHAR(20))");
      sql.execute(
          "CREATE TABLE ORDERS (ID INT, CUSTOMER INT, PLACED TIMESTAMP, AMOUNT DECIMAL(10,2))");
      sql.execute("INSERT INTO CUSTOMERS VALUES (1, 'Taipei'), (2, 'Tainan'), (3, 'Hualien')");
      sql.execute("INSERT INTO ORDERS VALUES (1, 1, '2024-03-01 08:00:00', 100)");
      sql.execute("CREATE TABLE TICKETS (OPENED DATE, CUSTOMER INT, TOPIC VARCHAR(20))");
      sql.execute(
          "INSERT INTO TICKETS VALUES ('2024-03-01', 1, 'late'), ('2024-03-02', 1, 'late'),"
              + " ('2024-03-02', 2, NULL)");
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(world.run("conform").err()).isEmpty();
      Tables tables = world.tables(spark);
      long version = tables.version(RawTables.bronze("customers"));
      world.run("ingest");
      assertThat(tables.version(RawTables.bronze("customers"))).isEqualTo(version);
      assertThat(ticketBatches(world.tables(spark))).containsExactly("[1,3,3,2024-03-02]");

      sql.execute("UPDATE CUSTOMERS SET CITY = 'Keelung' WHERE ID = 2");
      sql.execute("DELETE FROM CUSTOMERS WHERE ID = 3");
      sql.execute("INSERT INTO ORDERS VALUES (2, 2, '2024-03-02 08:00:00', 50)");
      // The day was not over: two more of it, one of them like another, and one of the next day.
      sql.execute(
          "INSERT INTO TICKETS VALUES ('2024-03-02', 1, 'late'), ('2024-03-02', 3, 'broken'),"
              + " ('2024-03-03', 3, 'broken')");
      assertThat(world.run("ingest").err()).isEmpty();
      // As if the run had ended before the batches counted: their rows are in bronze, and the same
      // changes have to be found again.
      world.tables(spark).delete(RawTables.INGEST_FILE, "batch_id = 2");
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(world.run("conform").err()).isEmpty();
      assertThat(ticketBatches(world.tables(spark)))
          .containsExactly("[1,3,3,2024-03-02]", "[2,3,3,2024-03-03]");

      // The batch that reached the watermark stays when it is over age, or its rows would come
      // again.
      // What the query has gained in between makes no row another one.
      assertThat(world.run("maintain", "--as-of", "2050-01-01").out())
          .contains("bronze/tickets is over age in batch 2, but what this database sends next");
      sql.execute("ALTER TABLE TICKETS ADD COLUMN DESK INT DEFAULT 7");
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(ticketBatches(world.tables(spark)))
          .containsExactly("[1,3,0,2024-03-02]", "[2,3,3,2024-03-03]");
      sql.execute("INSERT INTO TICKETS VALUES ('2024-03-03', 3, 'broken', 7)");
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(ticketBatches(world.tables(spark)))
          .containsExactly("[1,3,0,2024-03-02]", "[2,3,3,2024-03-03]", "[3,1,1,2024-03-03]");
      sql.execute("INSERT INTO TICKETS VALUES ('2024-03-03', 4, 'broken', 7)");
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(world.run("ingest").err()).isEmpty();
      assertThat(ticketBatches(world.tables(spark))).hasSize(4).contains("[4,1,1,2024-03-03]");
    }

    Tables tables = world.tables(spark);
    // The one like another of an earlier batch has its row id.
    assertThat(tables.read(Entities.SERVICE_TICKET.silver()).count()).isEqualTo(5);
    assertThat(
            tables
                .read(Entities.CUSTOMER.silver())
                .orderBy("city")
                .select("city", "batch_id")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[Keelung,2]", "[Taipei,1]");
    // What came with a later snapshot is encrypted like the rest.
    assertThat(
            tables
                .read(Entities.CUSTOMER.vault().orElseThrow())
                .select("full_name")
                .collectAsList())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.getString(0)).startsWith("v1."));
    assertThat(
            tables
                .read(Entities.ORDER.silver())
                .orderBy("order_id")
                .selectExpr(
                    "order_id", "date_format(ordered_at, 'yyyy-MM-dd HH:mm')", "amount_minor")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,2024-03-01 00:00,100]", "[2,2024-03-02 00:00,50]");
    assertThat(
            tables
                .read(RawTables.CONFORM_RESULT)
                .filter("source = 'customers'")
                .orderBy("batch_id")
                .select("rows_in", "rows_kept", "rows_deleted")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[3,1,0]", "[2,1,1]");
  }

  /** Of each batch of tickets: number, rows read, rows in bronze, watermark. */
  private static List<String> ticketBatches(Tables tables) {
    Dataset<Row> bronze =
        tables.read(RawTables.bronze("tickets")).groupBy("batch_id").count().as("b");
    return tables
        .read(RawTables.INGEST_FILE)
        .filter("source = 'tickets'")
        .join(bronze, "batch_id", "left")
        .orderBy("batch_id")
        .selectExpr("batch_id", "rows", "coalesce(count, 0)", "watermark")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void rebuildsAnEntityWhoseMapHasChanged(SparkSession spark, @TempDir Path dir) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                "sources:\n"
                    + ORDERS.replace(
                        "realm: crm", "realm: crm\n        identifiers: {card: total}"))
            .write(
                "orders/1.json",
                order("1", "2024-03-01T10:00:00Z", 100) + order("2", "2024-03-01T10:00:00Z", 10));
    world.run("ingest");
    world.run("conform");
    assertThat(identifierTypes(spark, world)).containsExactly("card", "card", "crm", "crm");

    world.sources(
        "sources:\n" + ORDERS.replace("realm: crm", "realm: crm\n        where: total > 50"));
    assertThat(world.run("conform").err()).isEmpty();

    Tables tables = world.tables(spark);
    assertThat(tables.read(Entities.ORDER.silver()).select("order_id").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1]");
    assertThat(identifierTypes(spark, world)).containsExactly("crm");
    assertThat(accounts(spark, world)).containsExactly("[1,2,1,1]");

    // A second map of the same source and entity leaves the first one's account alone.
    String more =
        ORDERS
            .substring(ORDERS.indexOf("      - entity: order"))
            .replace("realm: crm", "realm: crm\n        where: total <= 50");
    String both =
        "sources:\n" + ORDERS.replace("realm: crm", "realm: crm\n        where: total > 50") + more;
    world.sources(both);
    assertThat(world.run("conform").err()).isEmpty();
    assertThat(accounts(spark, world)).containsExactly("[1,2,1,1]", "[2,2,1,1]");
    long version = world.tables(spark).version(RawTables.CONFORM_RESULT);
    world.sources(both + "\n");
    assertThat(world.run("conform").err()).isEmpty();
    assertThat(world.tables(spark).version(RawTables.CONFORM_RESULT)).isEqualTo(version);

    // Without any map its rows and ties go.
    world.sources("sources:\n" + CUSTOMERS);
    Cli.Result gone = world.run("conform");
    assertThat(gone.err()).isEmpty();
    assertThat(gone.out()).contains("warning: source shop is declared no more");
    tables = world.tables(spark);
    assertThat(tables.read(Entities.ORDER.silver()).collectAsList()).isEmpty();
    assertThat(identifierTypes(spark, world)).isEmpty();
    assertThat(accounts(spark, world)).isEmpty();
  }

  @Test
  void keepsTheStoredRowWhenAWholeBatchIsOlder(SparkSession spark, @TempDir Path dir) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                "sources:\n" + ORDERS.replace("realm: crm", "realm: crm\n        order_by: at"))
            .write("orders/1.json", order("1", "2024-03-02T10:00:00Z", 100));
    world.run("ingest");
    world.run("conform");
    long version = world.tables(spark).version(Entities.ORDER.silver());

    world.write("orders/2.json", order("1", "2024-03-01T10:00:00Z", 90));
    world.run("ingest");
    assertThat(world.run("conform").err()).isEmpty();

    Tables tables = world.tables(spark);
    assertThat(tables.version(Entities.ORDER.silver())).isEqualTo(version);
    assertThat(
            tables
                .read(RawTables.CONFORM_RESULT)
                .orderBy("batch_id")
                .select("rows_in", "rows_kept", "rows_duplicate")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[1,1,0]", "[1,0,1]");
  }

  @Test
  void readsLinesInTheirOwnEncodingAndDelimiter(SparkSession spark, @TempDir Path dir) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
                sources:
                  - name: guests
                    format: csv
                    path: $DATA/guests.txt
                    delimiter: "\\u0001"
                    maps:
                      - {entity: customer, realm: crm, columns: {account_id: id, city: city}}
                  - name: members
                    format: text
                    path: $DATA/members.txt
                    encoding: Big5
                    pattern: '(?<id>\\S+) (?<city>\\S+)'
                    maps:
                      - {entity: customer, realm: crm, columns: {account_id: id, city: city}}
                """)
            .write("members.txt", "1 臺北\n2 高雄\n", Charset.forName("Big5"))
            .write("guests.txt", "id\u0001city\n3\u0001Hualien\n");

    assertThat(world.run("ingest").err()).isEmpty();
    assertThat(world.run("conform").err()).isEmpty();

    assertThat(
            world
                .tables(spark)
                .read(Entities.CUSTOMER.silver())
                .orderBy("city")
                .select("city")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("Hualien", "臺北", "高雄");
  }

  private static List<String> identifierTypes(SparkSession spark, SmallWorld world) {
    return world
        .tables(spark)
        .read(SilverTables.ACCOUNT_IDENTIFIER)
        .orderBy("identifier_type")
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs("identifier_type"))
        .toList();
  }

  private static List<String> accounts(SparkSession spark, SmallWorld world) {
    return world
        .tables(spark)
        .read(RawTables.CONFORM_RESULT)
        .orderBy("map_number")
        .select("map_number", "rows_in", "rows_elsewhere", "rows_kept")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  private static final String ORDERS =
      """
        - name: shop
          format: json
          path: $DATA/orders/*.json
          maps:
            - entity: order
              realm: crm
              max_rejected_share: 0.5
              columns:
                order_id: id
                account_id: who
                ordered_at: at
                amount: total
      """;

  private static String order(String id, String at, int total) {
    return "{\"id\":\"%s\",\"who\":\"c%s\",\"at\":\"%s\",\"total\":%d,\"more\":{\"a\":[1]}}\n"
        .formatted(id, id, at, total);
  }

  private static void gzip(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}

package io.portrait.jobs.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Contexts;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class IdentifyJobTest {

  private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");
  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 2);
  private static final String BEFORE = "2026-01-05T00:00:00Z";

  @TempDir private Path warehouse;

  @Test
  void givesEmptyTablesWithoutAccounts(SparkSession spark) {
    run(spark, AS_OF);

    assertThat(map(spark, AS_OF)).isEmpty();
    assertThat(events(spark, AS_OF)).isEmpty();
    assertThat(read(spark, SilverTables.CUSTOMER, "customer_id")).isEmpty();
    assertThat(read(spark, SilverTables.JUNK_IDENTIFIER, "identifier_key")).isEmpty();
  }

  @Test
  void takesTheKeyOfTheEarliestAccountAsCustomer(SparkSession spark) {
    write(
        spark,
        // Tied by an e-mail; c2 is older by a sighting of its e-mail, not of itself.
        account("c1", "crm", "2026-01-02T00:00:00Z"),
        identifier("c1", "mail", "email", "crm", "2026-01-02T00:00:00Z"),
        account("c2", "crm", "2026-01-03T00:00:00Z"),
        identifier("c2", "mail", "email", "crm", "2026-01-01T00:00:00Z"),
        // A tie in time: the smaller key.
        account("d2", "crm", BEFORE),
        identifier("d2", "phone", "phone", "crm", BEFORE),
        account("d1", "shop", BEFORE),
        identifier("d1", "phone", "phone", "shop", BEFORE),
        // Without a time: after all others.
        account("e1", "crm", null),
        identifier("e1", "mail2", "email", "crm", null),
        account("e2", "crm", BEFORE),
        identifier("e2", "mail2", "email", "crm", BEFORE),
        // A visitor who signed in to crm account f2 later, and one who did not.
        account("f1", "visitor", "2026-01-01T00:00:00Z"),
        identifier("f1", "f2", "crm", "visitor", BEFORE),
        account("f2", "crm", BEFORE),
        account("v1", "visitor", BEFORE));

    run(spark, AS_OF);

    assertThat(map(spark, AS_OF))
        .containsExactlyInAnyOrder(
            RowFactory.create("c1", "c2", "crm", true),
            RowFactory.create("c2", "c2", "crm", true),
            RowFactory.create("d1", "d1", "shop", true),
            RowFactory.create("d2", "d1", "crm", true),
            RowFactory.create("e1", "e2", "crm", true),
            RowFactory.create("e2", "e2", "crm", true),
            RowFactory.create("f1", "f1", "visitor", true),
            RowFactory.create("f2", "f1", "crm", true),
            RowFactory.create("v1", "v1", "visitor", false));
  }

  @Test
  void knowsOnlyWhatWasSeenBeforeTheDayBeganInTheBusinessTimeZone(SparkSession spark) {
    write(
        spark,
        account("last", "crm", "2026-03-01T15:59:59.999Z"),
        identifier("last", "mail", "email", "crm", "2026-03-01T15:59:59.999Z"),
        account("first", "crm", "2026-03-01T16:00:00Z"),
        account("early", "crm", BEFORE),
        // Known account, identifier of the next day.
        identifier("early", "mail", "email", "crm", "2026-03-01T16:00:00Z"));

    run(spark, AS_OF);
    run(spark, AS_OF.plusDays(1));

    assertThat(map(spark, AS_OF))
        .containsExactlyInAnyOrder(
            RowFactory.create("last", "last", "crm", true),
            RowFactory.create("early", "early", "crm", true));
    assertThat(map(spark, AS_OF.plusDays(1)))
        .containsExactlyInAnyOrder(
            RowFactory.create("last", "early", "crm", true),
            RowFactory.create("early", "early", "crm", true),
            RowFactory.create("first", "first", "crm", true));
  }

  @Test
  void tiesNothingByAnIdentifierOfTooManyAccounts(SparkSession spark) {
    List<String> rows = new ArrayList<>();
    for (String account : List.of("a1", "a2", "a3", "a4")) {
      rows.add(account(account, "crm", BEFORE));
      rows.add(identifier(account, "secret-junk", "email", "crm", BEFORE));
    }
    for (String account : List.of("b1", "b2", "b3")) {
      rows.add(account(account, "crm", BEFORE));
      rows.add(identifier(account, "good", "phone", "crm", BEFORE));
    }
    write(spark, rows.toArray(String[]::new));

    String console = run(spark, AS_OF);

    assertThat(map(spark, AS_OF))
        .containsExactlyInAnyOrder(
            RowFactory.create("a1", "a1", "crm", true),
            RowFactory.create("a2", "a2", "crm", true),
            RowFactory.create("a3", "a3", "crm", true),
            RowFactory.create("a4", "a4", "crm", true),
            RowFactory.create("b1", "b1", "crm", true),
            RowFactory.create("b2", "b1", "crm", true),
            RowFactory.create("b3", "b1", "crm", true));
    assertThat(
            read(
                spark,
                SilverTables.JUNK_IDENTIFIER,
                "identifier_key",
                "identifier_type",
                "accounts"))
        .containsExactly(RowFactory.create("secret-junk", "email", 4L));
    assertThat(console)
        .isEqualTo(
            "warning: 1 identifiers of type email are shared by more than 3 accounts each, the most"
                + " common by 4; they tie none. See silver/junk_identifier.\n");
  }

  @Test
  void recordsMergesAndSplits(SparkSession spark) {
    write(
        spark,
        account("a1", "crm", "2026-01-01T00:00:00Z"),
        account("a2", "crm", "2026-01-02T00:00:00Z"),
        identifier("a2", "phone-a", "phone", "crm", BEFORE),
        account("a3", "crm", "2026-01-03T00:00:00Z"),
        identifier("a3", "phone-a", "phone", "crm", BEFORE),
        account("b1", "crm", "2026-01-01T00:00:00Z"),
        identifier("b1", "mail-b", "email", "crm", BEFORE),
        account("b2", "crm", "2026-01-02T00:00:00Z"),
        identifier("b2", "mail-b", "email", "crm", BEFORE),
        account("gone", "crm", "2025-12-01T00:00:00Z"),
        identifier("gone", "mail-g", "email", "crm", BEFORE),
        account("g2", "crm", BEFORE),
        identifier("g2", "mail-g", "email", "crm", BEFORE));
    run(spark, AS_OF);
    assertThat(events(spark, AS_OF)).isEmpty();

    // a1 and the person of a2 and a3 turn out to be one; b2 gives its e-mail back; one is erased.
    write(
        spark,
        identifier("a1", "link", "email", "crm", "2026-03-05T00:00:00Z"),
        identifier("a3", "link", "email", "crm", "2026-03-05T00:00:00Z"));
    Tables tables = new Tables(spark, warehouse.toString());
    tables.delete(
        SilverTables.ACCOUNT_IDENTIFIER,
        "account_key = 'gone' OR (account_key = 'b2' AND identifier_key = 'mail-b')");
    LocalDate next = AS_OF.plusDays(7);
    run(spark, next);

    List<Row> expected =
        List.of(
            RowFactory.create("a2", "merge", "a2", "a1"),
            RowFactory.create("a3", "merge", "a2", "a1"),
            RowFactory.create("b2", "split", "b1", "b2"),
            RowFactory.create("g2", "split", "gone", "g2"));
    assertThat(events(spark, next)).containsExactlyInAnyOrderElementsOf(expected);

    // Again, and again for the first date: neither looks at a later map.
    run(spark, next);
    assertThat(events(spark, next)).containsExactlyInAnyOrderElementsOf(expected);
    run(spark, AS_OF);
    assertThat(events(spark, AS_OF)).isEmpty();
  }

  @Test
  void makesTheGoldenRecordOfKnownCustomers(SparkSession spark) {
    write(
        spark,
        account("a1", "crm", "2026-01-01T00:00:00Z"),
        identifier("a1", "mail", "email", "crm", "2026-01-01T00:00:00Z"),
        account("a2", "shop", "2025-12-31T16:00:00Z"),
        identifier("a2", "mail", "email", "shop", "2025-12-31T16:00:00Z"),
        account("bare", "crm", null),
        account("v1", "visitor", BEFORE),
        account("later", "crm", "2026-03-01T16:00:00Z"));
    new Tables(spark, warehouse.toString())
        .append(
            Entities.CUSTOMER.silver(),
            Rows.of(
                spark,
                Entities.CUSTOMER.silver(),
                """
                {"account_key":"a1","registered_at":"2025-12-31T17:00:00Z","gender":"female","city":"Taipei",
                 "annual_income_minor":5,"source":"crm","row_version":1,"batch_id":1,"row_hash":"h"}"""
                    .replace("\n", ""),
                """
                {"account_key":"a2","registered_at":"2026-03-01T16:00:00Z","city":"Tainan","occupation":"cook",
                 "is_home_owner":true,"source":"shop","row_version":2,"batch_id":1,"row_hash":"h"}"""
                    .replace("\n", ""),
                """
                {"account_key":"v1","city":"Nowhere","source":"web","row_version":9,"batch_id":1,"row_hash":"h"}""",
                """
                {"account_key":"later","city":"Nowhere","source":"crm","row_version":9,"batch_id":1,"row_hash":"h"}"""));

    run(spark, AS_OF);

    assertThat(
            new Tables(spark, warehouse.toString())
                .read(SilverTables.CUSTOMER)
                .toJSON()
                .collectAsList())
        .containsExactlyInAnyOrder(
            "{\"as_of\":\"2026-03-02\",\"customer_id\":\"a2\",\"accounts\":2,"
                + "\"first_seen_on\":\"2026-01-01\",\"registered_on\":\"2026-01-01\","
                + "\"gender\":\"female\",\"city\":\"Tainan\",\"occupation\":\"cook\","
                + "\"annual_income_minor\":5,\"is_home_owner\":true}",
            "{\"as_of\":\"2026-03-02\",\"customer_id\":\"bare\",\"accounts\":1}");
  }

  @Test
  void breaksTiesInTheGoldenRecordBySourceAndAccount(SparkSession spark) {
    write(
        spark,
        account("a1", "crm", BEFORE),
        identifier("a1", "mail", "email", "crm", BEFORE),
        account("a2", "crm", BEFORE),
        identifier("a2", "mail", "email", "crm", BEFORE),
        account("a3", "crm", BEFORE),
        identifier("a3", "mail", "email", "crm", BEFORE));
    new Tables(spark, warehouse.toString())
        .append(
            Entities.CUSTOMER.silver(),
            Rows.of(
                spark,
                Entities.CUSTOMER.silver(),
                """
                {"account_key":"a1","city":"X","region":"R1","source":"b","row_version":1,"batch_id":1,"row_hash":"h"}""",
                """
                {"account_key":"a2","city":"Y","region":"R2","source":"b","row_version":1,"batch_id":1,"row_hash":"h"}""",
                """
                {"account_key":"a3","city":"Z","source":"a","row_version":1,"batch_id":1,"row_hash":"h"}"""));

    run(spark, AS_OF);

    assertThat(read(spark, SilverTables.CUSTOMER, "customer_id", "accounts", "city", "region"))
        .containsExactly(RowFactory.create("a1", 3L, "Y", "R2"));
  }

  @Test
  void leavesNoScratchBehind(SparkSession spark) {
    write(spark, account("a1", "crm", BEFORE));

    run(spark, AS_OF);

    assertThat(warehouse.resolve("ops/scratch"))
        .satisfiesAnyOf(
            path -> assertThat(path).doesNotExist(), path -> assertThat(path).isEmptyDirectory());
  }

  private String run(SparkSession spark, LocalDate asOf) {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    JobContext context = Contexts.of(spark, warehouse, TAIPEI, Optional.of(asOf), console);
    new IdentifyJob().run(context);
    return console.toString(StandardCharsets.UTF_8);
  }

  private void write(SparkSession spark, String... rows) {
    new Tables(spark, warehouse.toString())
        .append(
            SilverTables.ACCOUNT_IDENTIFIER, Rows.of(spark, SilverTables.ACCOUNT_IDENTIFIER, rows));
  }

  private static String account(String key, String realm, String firstSeenAt) {
    return identifier(key, key, realm, realm, firstSeenAt);
  }

  private static String identifier(
      String account, String key, String type, String realm, String firstSeenAt) {
    return String.format(
        "{\"account_key\":\"%s\",\"identifier_key\":\"%s\",\"identifier_type\":\"%s\","
            + "\"realm\":\"%s\",\"first_seen_at\":%s}",
        account, key, type, realm, firstSeenAt == null ? "null" : "\"" + firstSeenAt + "\"");
  }

  private List<Row> map(SparkSession spark, LocalDate asOf) {
    return new Tables(spark, warehouse.toString())
        .readAsOf(SilverTables.CUSTOMER_MAP, asOf)
        .select("account_key", "customer_id", "realm", "is_known")
        .collectAsList();
  }

  private List<Row> events(SparkSession spark, LocalDate asOf) {
    return new Tables(spark, warehouse.toString())
        .readAsOf(SilverTables.CUSTOMER_MAP_EVENT, asOf)
        .select("account_key", "event", "old_customer_id", "new_customer_id")
        .collectAsList();
  }

  private List<Row> read(SparkSession spark, TableSchema table, String... columns) {
    return new Tables(spark, warehouse.toString()).read(table).selectExpr(columns).collectAsList();
  }
}

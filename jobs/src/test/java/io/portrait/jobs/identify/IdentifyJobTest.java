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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The step on accounts of all kinds at once, on two as-of dates, and on none. */
@ExtendWith(SparkExtension.class)
class IdentifyJobTest {

  private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");
  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 2);
  private static final LocalDate NEXT = AS_OF.plusDays(1);
  private static final String BEFORE = "2026-01-05T00:00:00Z";

  /** The accounts of each case; those of different cases have nothing in common. */
  private static final List<String> EARLIEST =
      List.of(
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

  private static final List<String> DAYS =
      List.of(
          account("last", "crm", "2026-03-01T15:59:59.999Z"),
          identifier("last", "mail-day", "email", "crm", "2026-03-01T15:59:59.999Z"),
          account("first", "crm", "2026-03-01T16:00:00Z"),
          account("early", "crm", BEFORE),
          // Known account, identifier of the next day.
          identifier("early", "mail-day", "email", "crm", "2026-03-01T16:00:00Z"));

  private static final List<String> JUNK =
      List.of(
          account("j1", "crm", BEFORE),
          identifier("j1", "secret-junk", "email", "crm", BEFORE),
          account("j2", "crm", BEFORE),
          identifier("j2", "secret-junk", "email", "crm", BEFORE),
          account("j3", "crm", BEFORE),
          identifier("j3", "secret-junk", "email", "crm", BEFORE),
          account("j4", "crm", BEFORE),
          identifier("j4", "secret-junk", "email", "crm", BEFORE),
          // One less is no junk.
          account("k1", "crm", BEFORE),
          identifier("k1", "good", "phone", "crm", BEFORE),
          account("k2", "crm", BEFORE),
          identifier("k2", "good", "phone", "crm", BEFORE),
          account("k3", "crm", BEFORE),
          identifier("k3", "good", "phone", "crm", BEFORE));

  private static final List<String> GOLDEN =
      List.of(
          account("a1", "crm", "2026-01-01T00:00:00Z"),
          identifier("a1", "mail-golden", "email", "crm", "2026-01-01T00:00:00Z"),
          account("a2", "shop", "2025-12-31T16:00:00Z"),
          identifier("a2", "mail-golden", "email", "shop", "2025-12-31T16:00:00Z"),
          account("bare", "crm", null),
          account("v9", "visitor", BEFORE),
          account("later", "crm", "2026-03-01T16:00:00Z"),
          // Versions that tie: the source decides, then the account.
          account("t1", "crm", BEFORE),
          identifier("t1", "mail-tied", "email", "crm", BEFORE),
          account("t2", "crm", BEFORE),
          identifier("t2", "mail-tied", "email", "crm", BEFORE),
          account("t3", "crm", BEFORE),
          identifier("t3", "mail-tied", "email", "crm", BEFORE));

  private static final List<String> CHANGES =
      List.of(
          account("m1", "crm", "2026-01-01T00:00:00Z"),
          account("m2", "crm", "2026-01-02T00:00:00Z"),
          identifier("m2", "phone-m", "phone", "crm", BEFORE),
          account("m3", "crm", "2026-01-03T00:00:00Z"),
          identifier("m3", "phone-m", "phone", "crm", BEFORE),
          // On the next day m1 and the person of m2 and m3 turn out to be one.
          identifier("m1", "link", "email", "crm", "2026-03-02T00:00:00Z"),
          identifier("m3", "link", "email", "crm", "2026-03-02T00:00:00Z"),
          // These are deleted in between: b2 gives its e-mail back, one account is erased.
          account("b1", "crm", "2026-01-01T00:00:00Z"),
          identifier("b1", "mail-b", "email", "crm", BEFORE),
          account("b2", "crm", "2026-01-02T00:00:00Z"),
          identifier("b2", "mail-b", "email", "crm", BEFORE),
          account("gone", "crm", "2025-12-01T00:00:00Z"),
          identifier("gone", "mail-g", "email", "crm", BEFORE),
          account("g2", "crm", BEFORE),
          identifier("g2", "mail-g", "email", "crm", BEFORE));

  private static final List<String> MASTER_DATA =
      List.of(
          master("a1", "crm", 1)
              + "\"registered_at\":\"2025-12-31T17:00:00Z\",\"gender\":\"female\","
              + "\"city\":\"Taipei\",\"annual_income_minor\":5}",
          master("a2", "shop", 2)
              + "\"registered_at\":\"2026-03-01T16:00:00Z\",\"city\":\"Tainan\","
              + "\"occupation\":\"cook\",\"is_home_owner\":true}",
          master("v9", "web", 9) + "\"city\":\"Nowhere\"}",
          master("later", "crm", 9) + "\"city\":\"Nowhere\"}",
          master("t1", "b", 1) + "\"city\":\"X\",\"region\":\"R1\"}",
          master("t2", "b", 1) + "\"city\":\"Y\",\"region\":\"R2\"}",
          master("t3", "a", 1) + "\"city\":\"Z\"}");

  /** Holds all cases, identified on two days. */
  @TempDir private static Path shared;

  private static List<Row> eventsWithoutAnotherMap;
  private static String console;

  @TempDir private Path warehouse;

  /** Runs the later date first: the earlier one then finds a later map, and the later its own. */
  @BeforeAll
  static void identifyAllCases(SparkSession spark) {
    String[] rows =
        Stream.of(EARLIEST, DAYS, JUNK, GOLDEN, CHANGES)
            .flatMap(List::stream)
            .toArray(String[]::new);
    Tables tables = new Tables(spark, shared.toString());
    tables.append(
        SilverTables.ACCOUNT_IDENTIFIER, Rows.of(spark, SilverTables.ACCOUNT_IDENTIFIER, rows));
    tables.append(
        Entities.CUSTOMER.silver(),
        Rows.of(spark, Entities.CUSTOMER.silver(), MASTER_DATA.toArray(String[]::new)));
    run(spark, shared, NEXT);
    eventsWithoutAnotherMap = events(spark, shared, NEXT);
    console = run(spark, shared, AS_OF);
    tables.delete(
        SilverTables.ACCOUNT_IDENTIFIER,
        "account_key = 'gone' OR (account_key = 'b2' AND identifier_key = 'mail-b')");
    run(spark, shared, NEXT);
  }

  @Test
  void givesEmptyTablesWithoutAccounts(SparkSession spark) {
    run(spark, warehouse, AS_OF);

    assertThat(map(spark, warehouse, AS_OF)).isEmpty();
    assertThat(events(spark, warehouse, AS_OF)).isEmpty();
    assertThat(read(spark, warehouse, SilverTables.CUSTOMER, "customer_id")).isEmpty();
    assertThat(read(spark, warehouse, SilverTables.JUNK_IDENTIFIER, "identifier_key")).isEmpty();
  }

  @Test
  void takesTheKeyOfTheEarliestAccountAsCustomer(SparkSession spark) {
    assertThat(map(spark, shared, AS_OF))
        .contains(
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
    assertThat(map(spark, shared, AS_OF))
        .contains(
            RowFactory.create("last", "last", "crm", true),
            RowFactory.create("early", "early", "crm", true))
        .noneMatch(row -> row.getString(0).equals("first"));
    assertThat(map(spark, shared, NEXT))
        .contains(
            RowFactory.create("last", "early", "crm", true),
            RowFactory.create("early", "early", "crm", true),
            RowFactory.create("first", "first", "crm", true));
  }

  @Test
  void tiesNothingByAnIdentifierOfTooManyAccounts(SparkSession spark) {
    assertThat(map(spark, shared, AS_OF))
        .contains(
            RowFactory.create("j1", "j1", "crm", true),
            RowFactory.create("j2", "j2", "crm", true),
            RowFactory.create("j3", "j3", "crm", true),
            RowFactory.create("j4", "j4", "crm", true),
            RowFactory.create("k1", "k1", "crm", true),
            RowFactory.create("k2", "k1", "crm", true),
            RowFactory.create("k3", "k1", "crm", true));
    assertThat(
            new Tables(spark, shared.toString())
                .readAsOf(SilverTables.JUNK_IDENTIFIER, AS_OF)
                .select("identifier_key", "identifier_type", "accounts")
                .collectAsList())
        .containsExactly(RowFactory.create("secret-junk", "email", 4L));
    assertThat(console)
        .isEqualTo(
            "warning: 1 identifiers of type email are shared by more than 3 accounts each, the most"
                + " common by 4; they tie none. See silver/junk_identifier.\n");
  }

  @Test
  void recordsMergesAndSplits(SparkSession spark) {
    assertThat(events(spark, shared, NEXT))
        .containsExactlyInAnyOrder(
            RowFactory.create("last", "merge", "last", "early"),
            RowFactory.create("m2", "merge", "m2", "m1"),
            RowFactory.create("m3", "merge", "m2", "m1"),
            RowFactory.create("b2", "split", "b1", "b2"),
            RowFactory.create("g2", "split", "gone", "g2"));
  }

  @Test
  void comparesWithNoLaterMapAndNotWithItsOwn(SparkSession spark) {
    assertThat(eventsWithoutAnotherMap).isEmpty();
    assertThat(events(spark, shared, AS_OF)).isEmpty();
    // The map that the first run of this date left had the merge already.
    assertThat(events(spark, shared, NEXT)).contains(RowFactory.create("m2", "merge", "m2", "m1"));
  }

  @Test
  void makesTheGoldenRecordOfKnownCustomers(SparkSession spark) {
    assertThat(
            new Tables(spark, shared.toString())
                .readAsOf(SilverTables.CUSTOMER, AS_OF)
                .filter("customer_id IN ('a1', 'a2', 'bare', 'v9', 'later')")
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
    assertThat(
            new Tables(spark, shared.toString())
                .readAsOf(SilverTables.CUSTOMER, AS_OF)
                .filter("customer_id LIKE 't%'")
                .selectExpr("customer_id", "accounts", "city", "region")
                .collectAsList())
        .containsExactly(RowFactory.create("t1", 3L, "Y", "R2"));
  }

  @Test
  void leavesNoScratchBehind() {
    assertThat(shared.resolve("ops/scratch"))
        .satisfiesAnyOf(
            path -> assertThat(path).doesNotExist(), path -> assertThat(path).isEmptyDirectory());
  }

  @Test
  void countsAnIdentifierThatSeveralEntitiesShowOnce(SparkSession spark) {
    Dataset<Row> known =
        IdentifyTransforms.filterKnown(
            Rows.of(
                spark,
                SilverTables.ACCOUNT_IDENTIFIER,
                identifier("customer", "a1", "mail", "email", "crm", null),
                identifier("order", "a1", "mail", "email", "crm", "2026-01-03T00:00:00Z"),
                identifier("payment", "a1", "mail", "email", "crm", "2026-01-02T00:00:00Z")),
            AS_OF,
            TAIPEI);

    assertThat(known.selectExpr("account_key", "cast(first_seen_at AS DATE)").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[a1,2026-01-02]");
    assertThat(IdentifyTransforms.filterShared(known).collectAsList()).isEmpty();
  }

  private static String run(SparkSession spark, Path root, LocalDate asOf) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    JobContext context = Contexts.of(spark, root, TAIPEI, Optional.of(asOf), printed);
    new IdentifyJob().run(context);
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** The beginning of a row of master data. */
  private static String master(String account, String source, int version) {
    return String.format(
        "{\"account_key\":\"%s\",\"source\":\"%s\",\"row_version\":%d,\"batch_id\":1,"
            + "\"row_hash\":\"h\",",
        account, source, version);
  }

  private static String account(String key, String realm, String firstSeenAt) {
    return identifier(key, key, realm, realm, firstSeenAt);
  }

  private static String identifier(
      String account, String key, String type, String realm, String firstSeenAt) {
    return identifier("customer", account, key, type, realm, firstSeenAt);
  }

  private static String identifier(
      String entity, String account, String key, String type, String realm, String firstSeenAt) {
    return String.format(
        "{\"entity\":\"%s\",\"account_key\":\"%s\",\"identifier_key\":\"%s\","
            + "\"identifier_type\":\"%s\",\"realm\":\"%s\",\"first_seen_at\":%s,"
            + "\"source\":\"shop\",\"batch_id\":1}",
        entity,
        account,
        key,
        type,
        realm,
        firstSeenAt == null ? "null" : "\"" + firstSeenAt + "\"");
  }

  private static List<Row> map(SparkSession spark, Path root, LocalDate asOf) {
    return new Tables(spark, root.toString())
        .readAsOf(SilverTables.CUSTOMER_MAP, asOf)
        .select("account_key", "customer_id", "realm", "is_known")
        .collectAsList();
  }

  private static List<Row> events(SparkSession spark, Path root, LocalDate asOf) {
    return new Tables(spark, root.toString())
        .readAsOf(SilverTables.CUSTOMER_MAP_EVENT, asOf)
        .select("account_key", "event", "old_customer_id", "new_customer_id")
        .collectAsList();
  }

  private static List<Row> read(
      SparkSession spark, Path root, TableSchema table, String... columns) {
    return new Tables(spark, root.toString()).read(table).selectExpr(columns).collectAsList();
  }
}

package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobRunner;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Between two as-of dates C1 and M1 come to share an e-mail, people decide that C2 and M2 are one
 * person and that C3 and M3 are not, and orders come late: what holds then, and what was known
 * before, by the queries of README.md.
 */
@ExtendWith(SparkExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MergeTest {

  private static final LocalDate BEFORE = LocalDate.of(2026, 1, 31);
  private static final LocalDate AFTER = LocalDate.of(2026, 3, 1);
  private static final KeyedHash HASH = new KeyedHash("a-key-for-tests-only");

  private static final String SOURCES =
      """
      sources:
        - name: customers
          format: csv
          path: $DATA/customers/*.csv
          maps:
            - {entity: customer, realm: crm, order_by: updated,
               columns: {account_id: id, email: mail, city: city, registered_at: joined}}
        - name: members
          format: csv
          path: $DATA/members/*.csv
          maps:
            - {entity: customer, realm: club, order_by: updated,
               columns: {account_id: id, email: mail, city: city, registered_at: joined}}
        - name: lines
          format: csv
          path: $DATA/lines/*.csv
          maps:
            - {entity: order_item, realm: crm, where: "who LIKE 'C%'",
               columns: {order_id: id, line_id: "'1'", account_id: who, ordered_at: at,
                         line_type: "'sale'", quantity: "'1'", amount: amount}}
            - {entity: order_item, realm: club, where: "who LIKE 'M%'",
               columns: {order_id: id, line_id: "'1'", account_id: who, ordered_at: at,
                         line_type: "'sale'", quantity: "'1'", amount: amount}}
            - {entity: order, realm: crm, where: "who LIKE 'C%'",
               columns: {order_id: id, account_id: who, ordered_at: at}}
            - {entity: order, realm: club, where: "who LIKE 'M%'",
               columns: {order_id: id, account_id: who, ordered_at: at}}
      """;

  @TempDir private static Path dir;

  private static SmallWorld world;
  private static List<String> mapOnTheDay;

  @BeforeAll
  static void runTwoDaysAndTheSecondFromZero(SparkSession spark) {
    world =
        new SmallWorld(dir)
            .sources(SOURCES)
            .write(
                "conf/overrides.csv",
                """
                decision,realm,account_id,other_realm,other_account_id,decided_on,decided_by,reason
                must_link,crm,C2,club,M2,2026-02-20,ann,same passport
                must_not_link,crm,C3,club,M3,2026-02-20,ann,father and son
                """)
            .write(
                "customers/1.csv",
                """
                id,mail,city,joined,updated
                C1,ann@mail.example,Taipei,2025-01-01 09:00:00,1
                C2,bob@mail.example,Tainan,2025-01-02 09:00:00,1
                C3,cy@mail.example,Keelung,2025-01-03 09:00:00,1
                """)
            .write(
                "members/1.csv",
                """
                id,mail,city,joined,updated
                M1,other@mail.example,Hualien,2025-02-01 09:00:00,1
                M2,m2@mail.example,Hualien,2024-12-01 09:00:00,1
                M3,cy@mail.example,Hualien,2025-02-03 09:00:00,1
                """)
            .write(
                "lines/1.csv",
                """
                id,who,at,amount
                o1,C1,2025-12-01 10:00:00,100
                o2,C1,2026-01-15 10:00:00,200
                o3,M1,2026-01-20 10:00:00,400
                o4,C2,2026-01-05 10:00:00,50
                o5,M2,2026-01-06 10:00:00,70
                o6,C3,2026-01-07 10:00:00,5
                o7,M3,2026-01-08 10:00:00,6
                """);
    Path portrait = world.file("conf/portrait.yaml");
    world.write(
        "conf/portrait.yaml",
        read(portrait) + "identity: {max_accounts_per_identifier: 10, overrides: overrides.csv}\n");
    run(spark, "grown", BEFORE);
    mapOnTheDay = map(spark, BEFORE);
    world
        .write(
            "members/2.csv",
            "id,mail,city,joined,updated\nM1,ann@mail.example,Hualien,2025-02-01 09:00:00,2\n")
        .write(
            "lines/2.csv",
            """
            id,who,at,amount
            o8,M1,2026-01-10 10:00:00,800
            o9,C1,2026-02-10 10:00:00,1600
            """);
    run(spark, "grown", AFTER);
    run(spark, "made", AFTER);
  }

  @Test
  @Order(1)
  void addsUpBothAccountsOfWhoBecameOneCustomer(SparkSession spark) {
    Catalogue catalogue = catalogue();
    TableSchema features = FeatureTable.schema(CatalogueColumns.features(catalogue));

    assertThat(
            new Tables(spark, root("grown"))
                .readAsOf(features, AFTER)
                .selectExpr("customer_id", "order_count", "cast(order_amount AS INT)")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactlyInAnyOrder(
            "[" + crm("C1") + ",5,3100]",
            "[" + club("M2") + ",2,120]",
            "[" + crm("C3") + ",1,5]",
            "[" + club("M3") + ",1,6]");
  }

  @Test
  @Order(2)
  void equalsARebuildFromZeroInEveryColumn(SparkSession spark) {
    Snapshot grown = snapshot(spark, "grown");

    assertThat(grown.differences(snapshot(spark, "made"))).isEmpty();
    assertThat(grown.rows()).isPositive();
  }

  @Test
  @Order(3)
  void answersAsKnownOnADateBeforeTheMerge(SparkSession spark) {
    assertThat(mapOnTheDay)
        .containsExactlyInAnyOrder(
            crm("C1") + " " + crm("C1"),
            club("M1") + " " + club("M1"),
            crm("C2") + " " + crm("C2"),
            club("M2") + " " + club("M2"),
            crm("C3") + " " + crm("C3"),
            club("M3") + " " + crm("C3"));
    assertThat(rows(query(spark, "as known on a date"))).isEqualTo(mapOnTheDay);
    assertThat(rows(query(spark, "the golden record as known on a date").select("customer_id")))
        .containsExactlyInAnyOrder(crm("C1"), club("M1"), crm("C2"), club("M2"), crm("C3"));
  }

  @Test
  @Order(4)
  void findsTheCustomerInWhomAnOldIdLivesNow(SparkSession spark) {
    assertThat(rows(query(spark, "in whom a customer of that date lives now")))
        .containsExactlyInAnyOrder(
            crm("C1") + " " + crm("C1") + " 1",
            club("M1") + " " + crm("C1") + " 1",
            crm("C2") + " " + club("M2") + " 1",
            club("M2") + " " + club("M2") + " 1",
            // Who was taken for one person is two.
            crm("C3") + " " + crm("C3") + " 1",
            crm("C3") + " " + club("M3") + " 1");
    assertThat(rows(query(spark, "what became of an id")))
        .containsExactlyInAnyOrder(
            "2026-03-01 merge " + club("M1") + " " + crm("C1") + " 1",
            "2026-03-01 merge " + crm("C2") + " " + club("M2") + " 1",
            "2026-03-01 split " + crm("C3") + " " + club("M3") + " 1");
  }

  @Test
  @Order(5)
  void tellsWhereAValueOfTheGoldenRecordComesFrom(SparkSession spark) {
    assertThat(rows(query(spark, "why this value").filter("as_of = DATE '2026-03-01'")))
        .contains(
            String.format("2026-03-01 %s city most_recent %s members 2", crm("C1"), club("M1")));
  }

  /** Master data and late rows are what is known now: a past date that is run again may differ. */
  @Test
  @Order(6)
  void keepsWhatAPastDateGaveBeforeItWasRunAgain(SparkSession spark) {
    String version =
        rows(query(spark, "the version that a run wrote")).get(0).replaceFirst(".* ", "");

    run(spark, "grown", BEFORE);

    assertThat(map(spark, BEFORE)).contains(club("M1") + " " + crm("C1"));
    assertThat(rows(query(spark, "as that run gave it", "AS OF 12", "AS OF " + version)))
        .isEqualTo(mapOnTheDay);
  }

  private static Snapshot snapshot(SparkSession spark, String warehouse) {
    return Snapshot.of(
        spark,
        root(warehouse),
        List.of("silver", "gold", "gold_sensitive"),
        Optional.of(AFTER),
        new Snapshot.Except(
            Set.of("run_id", "batch_id"), Map.of("silver/customer_map_event", Set.of())));
  }

  /** A query of README.md, by the comment above it. */
  private static Dataset<Row> query(SparkSession spark, String comment) {
    return query(spark, comment, "", "");
  }

  private static Dataset<Row> query(
      SparkSession spark, String comment, String example, String value) {
    Matcher block =
        Pattern.compile("-- " + Pattern.quote(comment) + "\\b.*\\n([^;]*);")
            .matcher(read(Path.of("../README.md")));
    assertThat(block.find()).as(comment).isTrue();
    return spark.sql(
        block
            .group(1)
            .replace(example, value)
            .replaceAll("\\b(silver|ops)\\.(\\w+)", "delta.`" + root("grown") + "/$1/$2`"));
  }

  private static List<String> map(SparkSession spark, LocalDate asOf) {
    return rows(
        new Tables(spark, root("grown"))
            .readAsOf(SilverTables.CUSTOMER_MAP, asOf)
            .select("account_key", "customer_id"));
  }

  private static List<String> rows(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.mkString(" ")).sorted().toList();
  }

  private static void run(SparkSession spark, String warehouse, LocalDate asOf) {
    Catalogue catalogue = catalogue();
    JobRunner runner =
        new JobRunner(
            spark,
            catalogue,
            root(warehouse),
            "run-of-" + asOf,
            "test",
            new Console(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
    for (Job job : Line.STEPS) {
      if (job.isDeclared(catalogue)) {
        runner.run(job, Optional.of(asOf));
      }
      if (job.name().equals("features")) {
        return;
      }
    }
  }

  private static Catalogue catalogue() {
    return new CatalogueLoader(new Configuration(), System::getenv).load(world.conf());
  }

  private static String root(String warehouse) {
    return dir.resolve(warehouse).toString();
  }

  private static String crm(String id) {
    return HASH.hash("crm", id);
  }

  private static String club(String id) {
    return HASH.hash("club", id);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

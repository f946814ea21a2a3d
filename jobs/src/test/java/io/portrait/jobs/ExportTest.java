package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Amy has two accounts that share an e-mail, and one that matching takes for hers. */
@ExtendWith(SparkExtension.class)
class ExportTest {

  private static final KeyedHash HASH = new KeyedHash("a-key-for-tests-only");

  private static final String SOURCES =
      """
      sources:
        - name: crm
          format: csv
          path: $DATA/crm*.csv
          maps:
            - {entity: customer, realm: crm, columns: {account_id: id, full_name: name, email: mail}}
        - name: members
          format: jdbc
          url: $URL
          query: MEMBERS
          key: [ID]
          maps:
            - {entity: customer, realm: club, columns: {account_id: ID, email: MAIL}}
      """;

  @Test
  void namesAccountsThatMayBeSomebodyElsesAndTellsNoDaysWhereNoneAreKept(
      SparkSession spark, @TempDir Path dir) throws IOException, SQLException {
    SmallWorld world = world(dir);
    Tables tables = world.tables(spark);
    String amy = HASH.hash("crm", "1");
    String likely = HASH.hash("crm", "2");
    String club = HASH.hash("club", "7");
    tables.append(
        SilverTables.CUSTOMER_MAP,
        Rows.of(
            spark,
            SilverTables.CUSTOMER_MAP,
            Stream.of(amy, likely, club)
                .map(
                    account ->
                        String.format(
                            "{\"as_of\":\"2025-01-01\",\"account_key\":\"%s\","
                                + "\"customer_id\":\"%s\",\"realm\":\"crm\",\"is_known\":true}",
                            account, amy))
                .toArray(String[]::new)));
    List<String> pair = Stream.of(amy, likely).sorted().toList();
    tables.append(
        MatchTables.ACCOUNT_LINK,
        Rows.of(
            spark,
            MatchTables.ACCOUNT_LINK,
            String.format(
                "{\"as_of\":\"2025-01-01\",\"account_key\":\"%s\",\"other_account_key\":\"%s\","
                    + "\"match_weight\":4.0,\"match_probability\":0.9375,\"is_link\":true}",
                pair.get(0), pair.get(1))));

    Path out = dir.resolve("out");
    Cli.Result result = export(world, "--account", "club:7", out);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("warning: likeness alone joins 1 of the 3 accounts to the person");
    JsonNode export = new ObjectMapper().readTree(out.resolve("export.json").toFile());
    assertThat(export.get("accounts_joined_by_likeness_alone").toString())
        .isEqualTo("[{\"account_key\":\"" + likely + "\",\"match_probability\":0.9375}]");
    assertThat(keptDays(export, "bronze/crm")).isEqualTo("730");
    assertThat(keptDays(export, "bronze/members")).isEqualTo("null");
    assertThat(Files.readString(out.resolve("index.html")))
        .contains("<li>account_key " + likely + ", probability 機率 0.938</li>")
        .contains("no end is set; until you ask for erasure");

    // The same person asked for by the customer id; and by the account that the others are unlike.
    assertThat(export(world, "--customer", amy, dir.resolve("customer")).out())
        .contains("warning: likeness alone joins 1 of the 3 accounts");
    assertThat(export(world, "--account", "crm:2", dir.resolve("other")).out())
        .contains("warning: likeness alone joins 2 of the 3 accounts");

    // A person's decision makes it certain.
    world.write(
        "conf/overrides.csv",
        "decision,realm,account_id,other_realm,other_account_id,decided_on,decided_by,reason\n"
            + "must_link,crm,1,crm,2,2024-12-01,ops,compared\n");
    Path portrait = Path.of(world.conf(), "portrait.yaml");
    Files.writeString(
        portrait,
        Files.readString(portrait)
            + "identity: {max_accounts_per_identifier: 10, overrides: overrides.csv}\n");
    Path decided = dir.resolve("decided");
    Cli.Result certain = export(world, "--account", "club:7", decided);
    assertThat(certain.err()).isEmpty();
    assertThat(certain.out()).doesNotContain("warning");
    assertThat(Files.readString(decided.resolve("index.html"))).doesNotContain("<li>account_key");
  }

  private static SmallWorld world(Path dir) throws SQLException {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(SOURCES.replace("$URL", url(dir)))
            .write("crm1.csv", "id,name,mail\n1,Amy Chen,amy@example.com\n2,Amy Chan,\n");
    try (Connection connection = DriverManager.getConnection(url(dir));
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE TABLE MEMBERS (ID VARCHAR(9), MAIL VARCHAR(40))");
      sql.execute("INSERT INTO MEMBERS VALUES ('7', 'amy@example.com')");
      world.runAll("ingest", "conform");
    }
    return world;
  }

  private static String url(Path dir) {
    return "jdbc:hsqldb:mem:export" + dir.getFileName();
  }

  private static String keptDays(JsonNode export, String table) {
    for (JsonNode one : export.get("tables")) {
      if (one.get("table").asText().equals(table)) {
        return one.get("kept_days").toString();
      }
    }
    return "no such table";
  }

  private static Cli.Result export(SmallWorld world, String option, String who, Path out) {
    return world.run("export", option, who, "--out", out.toString());
  }
}

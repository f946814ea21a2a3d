package io.portrait.jobs.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The step on a hundred people with Chinese names, of whom thirty have a second account. */
@ExtendWith(SparkExtension.class)
class MatchJobTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 2);
  private static final int PEOPLE = 100;
  private static final int TWINS = 30;
  private static final String FAMILY = "王李張劉陳楊黃吳林蔡";
  private static final String GIVEN = "明華芳婷傑豪君怡宏偉";

  private static final String YAML =
      """
      threshold: 0.9
      max_accounts_per_block: 20
      blocking:
        - {name: birth_date, keys: [birth_date]}
        - {name: name, keys: [full_name]}
        - {name: everybody, keys: ["1"]}
      comparisons:
        - name: name
          title: {en: Name, zh: 姓名}
          value: full_name
          levels: [{method: exact}, {method: jaro_winkler, limit: 0.8}]
        - name: birth_date
          title: {en: Birth date, zh: 出生日期}
          value: birth_date
          levels: [{method: exact}, {method: levenshtein, limit: 1}]
        - name: address
          title: {en: Address, zh: 地址}
          value: address
          levels: [{method: exact}, {method: jaro_winkler, limit: 0.9}]
        - name: street
          title: {en: Street, zh: 街道}
          value: street
          levels: [{method: exact}]
      """;

  @TempDir private static Path dir;

  private static String firstConsole;
  private static String console;

  @BeforeAll
  static void matchTwice(SparkSession spark) {
    List<String> silver = new ArrayList<>();
    List<String> vault = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      String birth = String.format("%d-%02d-%02d", 1950 + i % 50, 1 + i % 12, 1 + i % 28);
      String name = "" + FAMILY.charAt(i % 10) + GIVEN.charAt(i / 10) + GIVEN.charAt(i * 7 % 10);
      add(silver, vault, String.format("p%03d", i), birth, name, "忠孝東路" + (i * 37 + 101) + "號");
      if (i < TWINS) {
        // Two of three have another name of the same beginning, one moved house.
        String second = i % 3 == 0 ? name : name.substring(0, 2) + "X";
        String address = "忠孝東路" + (i % 3 == 0 ? i + 9000 : i * 37 + 101) + "號";
        add(silver, vault, String.format("t%03d", i), birth, second, address);
      }
    }
    Tables tables = new Tables(spark, dir.toString());
    tables.append(
        Entities.CUSTOMER.silver(),
        Rows.of(spark, Entities.CUSTOMER.silver(), silver.toArray(String[]::new)));
    Catalogue catalogue = TestCatalogue.matching(YAML);
    TableSchema table = Entities.CUSTOMER.vault().orElseThrow();
    Dataset<Row> identifiers = Rows.of(spark, table, vault.toArray(String[]::new));
    tables.append(table, Vault.of(catalogue).encrypt(table, identifiers));
    firstConsole = Steps.run(spark, new MatchJob(), catalogue, dir.toString(), AS_OF);
    console = Steps.run(spark, new MatchJob(), catalogue, dir.toString(), AS_OF);
  }

  @Test
  void linksThePairsThatAreOnePersonAndNoOther(SparkSession spark) {
    List<String> links =
        read(spark, "account_link")
            .filter(row -> row.<Boolean>getAs("is_link"))
            .map(row -> row.getAs("account_key") + " " + row.getAs("other_account_key"))
            .toList();

    List<String> truth = new ArrayList<>();
    for (int i = 0; i < TWINS; i++) {
      truth.add(String.format("p%03d t%03d", i, i));
    }
    assertThat(links).containsExactlyInAnyOrderElementsOf(truth);
  }

  @Test
  void explainsEveryLinkByWeightsThatAddUp(SparkSession spark) {
    Map<String, Double> sums = new HashMap<>();
    double prior =
        read(spark, "match_model")
            .filter(row -> row.getAs("level").equals("prior"))
            .findFirst()
            .orElseThrow()
            .getAs("weight");
    read(spark, "account_link_evidence")
        .forEach(
            row ->
                sums.merge(
                    row.getAs("account_key") + " " + row.getAs("other_account_key"),
                    row.<Double>getAs("weight"),
                    Double::sum));
    List<Row> links = read(spark, "account_link").toList();

    assertThat(sums).hasSameSizeAs(links);
    for (Row link : links) {
      double weight = link.getAs("match_weight");
      assertThat(sums.get(link.getAs("account_key") + " " + link.getAs("other_account_key")))
          .isCloseTo(weight - prior, within(1e-9));
      assertThat(link.<Double>getAs("match_probability"))
          .isCloseTo(1 / (1 + Math.pow(2, -weight)), within(1e-9));
    }
    assertThat(
            read(spark, "account_link_evidence")
                .filter(row -> row.getAs("account_key").equals("p001"))
                .map(row -> row.getAs("comparison") + ": " + row.getAs("level")))
        .containsExactlyInAnyOrder(
            "name: jaro_winkler 0.8", "birth_date: exact", "address: exact", "street: null");
  }

  @Test
  void keepsTheModelWithItsShares(SparkSession spark) {
    List<Row> name =
        read(spark, "match_model").filter(row -> row.getAs("comparison").equals("name")).toList();

    assertThat(name)
        .extracting(row -> row.getAs("level_number") + " " + row.getAs("level"))
        .containsExactlyInAnyOrder("1 exact", "2 jaro_winkler 0.8", "3 other");
    assertThat(name.stream().mapToDouble(row -> row.getAs("m_probability")).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(name.stream().mapToDouble(row -> row.getAs("u_probability")).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(name.stream().mapToDouble(row -> row.getAs("pair_share")).sum())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void warnsOfABlockThatIsTooLargeByItsRuleAlone() {
    String told =
        "warning: blocking rule everybody (keys: 1) puts more than 20 accounts into one block, 1"
            + " times: #%s with 130. They are not compared by this rule. Add a key to it in"
            + " matching.yaml, or raise max_accounts_per_block. To find the values, count your"
            + " accounts by the rule's keys, as the README shows.\n";
    String block = console.replaceAll("(?s).*#([0-9a-f]{8}) .*", "$1");
    assertThat(block).hasSize(8);
    assertThat(console).isEqualTo(told.formatted(block)).isEqualTo(firstConsole);
  }

  @Test
  void leavesNoNameInAnyFile() throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      List<Path> readable = files.filter(Files::isRegularFile).toList();
      assertThat(readable).isNotEmpty();
      for (Path file : readable) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
            .doesNotContain("忠孝東路", "王明");
      }
    }
  }

  @Test
  void doesNothingWithoutAccounts(SparkSession spark, @TempDir Path empty) {
    String printed =
        Steps.run(spark, new MatchJob(), TestCatalogue.matching(YAML), empty.toString(), AS_OF);

    assertThat(printed).isEmpty();
    assertThat(new Tables(spark, empty.toString()).read(MatchTables.ACCOUNT_LINK).isEmpty())
        .isTrue();
  }

  private static void add(
      List<String> silver,
      List<String> vault,
      String key,
      String birth,
      String name,
      String address) {
    String row =
        String.format(
            "{\"account_key\":\"%s\",\"row_version\":1,\"batch_id\":1,\"row_hash\":\"h\",", key);
    silver.add(row + String.format("\"source\":\"crm\",\"birth_date\":\"%s\"}", birth));
    vault.add(row + String.format("\"full_name\":\"%s\",\"address\":\"%s\"}", name, address));
  }

  private static Stream<Row> read(SparkSession spark, String table) {
    return new Tables(spark, dir.toString())
            .read(
                Stream.of(
                        MatchTables.ACCOUNT_LINK,
                        MatchTables.ACCOUNT_LINK_EVIDENCE,
                        MatchTables.MATCH_MODEL)
                    .filter(schema -> schema.name().equals(table))
                    .findFirst()
                    .orElseThrow())
            .collectAsList()
            .stream();
  }
}

package io.portrait.jobs.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Matching;
import io.portrait.common.table.Entities;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class MatchTransformsTest {

  private static final Matching MATCHING =
      TestCatalogue.matching(
              """
              max_accounts_per_block: 3
              blocking:
                - {name: id, keys: [national_id]}
                - {name: family, keys: [lower(family_name), region]}
              comparisons:
                - name: given_name
                  title: {en: Given name, zh: 名字}
                  value: lower(given_name)
                  group: text
                  levels:
                    - {method: exact}
                    - {method: swapped, with: lower(family_name)}
                    - {method: jaro_winkler, limit: 0.9}
                    - {method: soundex}
                    - {method: jaro_winkler, limit: 0.75}
                - name: birth_date
                  title: {en: Birth date, zh: 出生日期}
                  value: birth_date
                  levels:
                    - {method: exact}
                    - {method: transposed_date}
                    - {method: near_date, limit: 10}
                    - {method: levenshtein, limit: 1}
                - name: national_id
                  title: {en: National id, zh: 身分證字號}
                  value: national_id
                  group: text
                  levels: [{method: levenshtein, limit: 1}, {method: levenshtein, limit: 2}]
              """)
          .linking()
          .matching()
          .orElseThrow();

  /** Levels of each pair, the smaller key first: given name, birth date, national id. */
  private static final Map<String, String> LEVELS = new TreeMap<>();

  private static Dataset<Row> records;

  @BeforeAll
  static void compareAll(SparkSession spark) {
    Dataset<Row> accounts =
        MatchTransforms.joinKnown(
            Rows.of(
                spark,
                Entities.CUSTOMER.silver(),
                silver("a", "1980-02-01", "N", null),
                silver("b", "1980-01-02", "N", "2026-03-01T15:59:59Z"),
                silver("c", "1980-02-11", "N", null),
                silver("d", "1990-02-01", "N", null),
                silver("e", null, "S", null),
                silver("f", null, null, null),
                silver("later", "1980-02-01", "N", "2026-03-01T16:00:00Z")),
            Rows.of(
                spark,
                Entities.CUSTOMER.vault().orElseThrow(),
                vault("a", "Martha", "Smith", "A123456"),
                vault("b", "Marhta", "smith", "A123457"),
                vault("c", "Smith", "Martha", "A123498"),
                vault("d", "Robert", "SMITH", null),
                vault("e", "王小明", "Smith", "A123456"),
                vault("f", "王小美", null, " "),
                vault("later", "Martha", "Smith", "A123456")),
            LocalDate.of(2026, 3, 2),
            ZoneId.of("Asia/Taipei"));
    records = MatchTransforms.prepare(accounts, MATCHING).persist();
    for (Row row : MatchTransforms.compareRandom(records, 6, MATCHING).collectAsList()) {
      LEVELS.put(
          row.getString(0) + row.getString(1), row.get(2) + " " + row.get(3) + " " + row.get(4));
    }
  }

  @Test
  void comparesEveryPairOnceAndNobodyOfALaterDay() {
    assertThat(LEVELS.keySet())
        .containsExactly(
            "ab", "ac", "ad", "ae", "af", "bc", "bd", "be", "bf", "cd", "ce", "cf", "de", "df",
            "ef");
  }

  @Test
  void takesTheFirstLevelThatHolds() {
    // Marhta is the classic 0.961; day and month turned; one digit.
    assertThat(LEVELS).containsEntry("ab", "2 1 0");
    // Names swapped, ten days, two digits.
    assertThat(LEVELS).containsEntry("ac", "1 2 1");
    // One digit of the year; the id is unknown.
    assertThat(LEVELS.get("ad")).isEqualTo("5 3 null");
  }

  @Test
  void comparesChineseNamesAndNothingWithNothing() {
    // Two of three characters: (2/3 + 2/3 + 1) / 3 = 0.78, and 0.82 for the common beginning.
    assertThat(LEVELS).containsEntry("ef", "4 null null");
    assertThat(LEVELS).containsEntry("ae", "5 null 0");
  }

  @Test
  void comparesEachPairOfBlocksOnceButNotThoseOfTooLargeABlock() {
    Dataset<Row> oversized = MatchTransforms.findOversized(records, MATCHING);

    assertThat(MatchTransforms.summarizeOversized(oversized).collectAsList()).isEmpty();
    // a, b and d share family name and region, a and e the id.
    assertThat(pairs(records)).containsExactlyInAnyOrder("ab", "ad", "bd", "ae");

    Matching narrow =
        new Matching(
            0.9, 0.5, 2, 1000, MATCHING.blocking(), MATCHING.comparisons(), MATCHING.place());
    Dataset<Row> tooLarge = MatchTransforms.findOversized(records, narrow);
    assertThat(MatchTransforms.summarizeOversized(tooLarge).collectAsList())
        .extracting(row -> row.getInt(0), row -> row.getLong(1), row -> row.<Row>getList(2).size())
        .containsExactly(tuple(1, 1L, 1));
    assertThat(MatchTransforms.summarizeOversized(tooLarge).head().<Row>getList(2))
        .extracting(block -> block.getLong(0))
        .containsExactly(3L);
    assertThat(pairs(MatchTransforms.dropOversized(records, tooLarge, List.of(1))))
        .containsExactly("ae");
  }

  /** Given name and national id are one group; most pairs agree a little in both. */
  @Test
  void weighsPairsAsTheModelDoesAndExplainsAllOfIt() {
    Matching all =
        new Matching(
            0.5, 0, 3, 1000, MATCHING.blocking(), MATCHING.comparisons(), MATCHING.place());
    assertThat(MatchTransforms.groups(all)).containsExactly(0, 1, 0);
    MatchModel model =
        new MatchModel(
            0.1,
            List.of(
                List.of(0.4, 0.2, 0.2, 0.1, 0.05, 0.05),
                List.of(0.5, 0.2, 0.1, 0.1, 0.1),
                List.of(0.6, 0.3, 0.1)),
            List.of(
                List.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.5),
                List.of(0.1, 0.1, 0.1, 0.1, 0.6),
                List.of(0.1, 0.2, 0.7)),
            MatchTransforms.groups(all));
    Dataset<Row> weighed =
        MatchTransforms.weigh(MatchTransforms.compareRandom(records, 6, all), all, model);
    Map<String, Double> explained = new TreeMap<>();
    MatchTransforms.explain(weighed, all, model)
        .collectAsList()
        .forEach(
            row ->
                explained.merge(
                    row.getString(0) + row.getString(1), row.getAs("weight"), Double::sum));

    List<Row> rows = weighed.collectAsList();
    assertThat(rows).hasSize(15);
    for (Row row : rows) {
      List<Integer> levels = Arrays.asList(row.getAs(2), row.getAs(3), row.getAs(4));
      double weight = model.weight(new Agreement(levels, 1));
      assertThat(row.<Double>getAs("match_weight")).isCloseTo(weight, within(1e-9));
      assertThat(explained.get(row.getString(0) + row.getString(1)))
          .isCloseTo(weight - model.priorWeight(), within(1e-9));
    }
  }

  private static List<String> pairs(Dataset<Row> rows) {
    return MatchTransforms.compareBlocks(rows, MATCHING).collectAsList().stream()
        .map(row -> row.getString(0) + row.getString(1))
        .toList();
  }

  private static String silver(String key, String birth, String region, String registered) {
    return json(Entities.CUSTOMER.silver(), key)
        + field("birth_date", birth)
        + field("region", region)
        + field("registered_at", registered)
        + "\"source\":\"s\"}";
  }

  private static String vault(String key, String given, String family, String id) {
    return json(Entities.CUSTOMER.vault().orElseThrow(), key)
        + field("given_name", given)
        + field("family_name", family)
        + field("national_id", id)
        + "\"email\":null}";
  }

  private static String json(TableSchema table, String key) {
    assertThat(table.has("row_version")).isTrue();
    return "{\"account_key\":\"" + key + "\",\"row_version\":1,\"batch_id\":1,\"row_hash\":\"h\",";
  }

  private static String field(String name, String value) {
    return value == null ? "" : "\"" + name + "\":\"" + value + "\",";
  }
}

package io.portrait.jobs.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Feature;
import io.portrait.common.table.Entities;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class FactTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  @Test
  void picksTheSurestAndTheLatestAttributeThatHasAValue(SparkSession spark) {
    String features =
        """
          - {name: income, from: attribute, aggregate: surest, unit: money, type: money,
             value: "CASE WHEN name = 'income' THEN amount_minor END", title: {en: I, zh: 收入}}
          - {name: sureness, from: attribute, aggregate: surest, unit: share, type: double,
             value: "CASE WHEN name = 'income' AND amount_minor IS NOT NULL THEN coalesce(confidence, 0.5D) END",
             title: {en: S, zh: 信}}
          - {name: latest_income, from: attribute, aggregate: latest, unit: money, type: money,
             value: "CASE WHEN name = 'income' THEN amount_minor END", title: {en: L, zh: 近}}
          - {name: owns_house, from: attribute, aggregate: surest, unit: none, type: boolean,
             value: "CASE WHEN name = 'house' THEN is_yes END", title: {en: H, zh: 房}}
        """;
    Dataset<Row> attributes =
        attributes(
            spark,
            // The surest is neither the latest nor of the same account as others.
            attribute("01", "ann1", "2026-01-10T00:00:00Z", "income", "1,200,000", "0.9"),
            attribute("02", "ann2", "2026-01-29T00:00:00Z", "income", "900000", "0.6"),
            attribute("03", "ann2", "2026-01-30T00:00:00Z", "income", "a lot", "1"),
            attribute("04", "ann1", "2026-01-31T00:00:00Z", "income", "5", "1"),
            attribute("05", "ann1", "2026-01-01T00:00:00Z", "house", "yes", "null"),
            // Without a confidence it is 0.5, and beats 0.4; of equally sure ones the latest.
            attribute("06", "bob1", "2026-01-03T00:00:00Z", "income", "300", "0.4"),
            attribute("07", "bob1", "2026-01-02T00:00:00Z", "income", "200", "null"),
            attribute("08", "bob1", "2026-01-01T00:00:00Z", "income", "100", "0.5"),
            attribute("09", "bob1", "2026-01-01T00:00:00Z", "house", "no", "0.5"),
            // Of equally sure ones of one instant the first by key.
            attribute("12", "cid1", "2026-01-01T00:00:00Z", "income", "12", "0.5"),
            attribute("11", "cid1", "2026-01-01T00:00:00Z", "income", "11", "null"),
            attribute("13", "dot1", "2026-01-01T00:00:00Z", "income", "unknown", "0.5"),
            attribute("14", "who1", "2026-01-01T00:00:00Z", "income", "14", "0.5"));

    assertThat(pick(spark, attributes, features))
        .containsExactlyInAnyOrder(
            RowFactory.create("ann", 120_000_000L, 0.9, 90_000_000L, true),
            RowFactory.create("bob", 20_000L, 0.5, 30_000L, false),
            RowFactory.create("cid", 1_100L, 0.5, 1_100L, null),
            RowFactory.create("dot", null, null, null, null));
    assertThat(pick(spark, attributes(spark), features)).isEmpty();
  }

  @Test
  void takesEachFigureFromTheLatestReportThatTellsIt(SparkSession spark) {
    String features =
        """
          - {name: credit_score, from: credit_report, aggregate: latest, value: credit_score, type: long,
             unit: number, title: {en: S, zh: 分}}
          - {name: overdue, from: credit_report, aggregate: latest, value: overdue_amount_minor, type: money,
             unit: money, title: {en: O, zh: 逾}}
        """;
    Dataset<Row> reports =
        Rows.of(
            spark,
            Entities.CREDIT_REPORT.silver(),
            report("r1", "ann1", "2025-06-01", 640, "0"),
            report("r2", "ann2", "2025-12-01", null, "5000"),
            report("r3", "ann1", "2026-01-31", 300, "9000"),
            report("r5", "bob1", "2025-06-01", 705, "null"),
            report("r4", "bob1", "2025-06-01", 704, "null"));

    assertThat(pick(spark, reports, features))
        .containsExactlyInAnyOrder(
            RowFactory.create("ann", 640L, 5_000L), RowFactory.create("bob", 704L, null));
  }

  @Test
  void readsTheTextOfAttributesLeniently(SparkSession spark) {
    List<String> texts =
        List.of(
            "1,200,000",
            " NT$1,200.505 ",
            "$80",
            "TWD 1 200",
            "-5",
            "2",
            "0",
            "Yes",
            "無",
            "n/a",
            "1.2.3",
            "NaN",
            "12345678901234567890");
    Dataset<Row> attributes =
        attributes(
            spark,
            texts.stream()
                .map(text -> attribute("1", "a", "2026-01-01T00:00:00Z", "x", text, "null"))
                .toArray(String[]::new));

    assertThat(
            attributes.select("value", "amount_minor", "is_yes").collectAsList().stream()
                .map(row -> row.mkString("|")))
        .containsExactly(
            "1,200,000|120000000|true",
            " NT$1,200.505 |120051|true",
            "$80|8000|true",
            "TWD 1 200|120000|true",
            "-5|-500|null",
            "2|200|true",
            "0|0|false",
            "Yes|null|true",
            "無|null|false",
            "n/a|null|null",
            "1.2.3|null|null",
            "NaN|null|null",
            "12345678901234567890|null|null");
  }

  @Test
  void takesTheSurestOfDeclarationsAndAttributesInTheShippedFeatures(SparkSession spark) {
    Dataset<Row> customers =
        Rows.of(
            spark,
            SilverTables.CUSTOMER,
            // Declared, and attributes that are no surer; and some that are.
            customer(
                "ann",
                ",\"annual_income_minor\":5000,\"is_home_owner\":false,\"cars\":0,"
                    + "\"occupation\":\"cook\""),
            customer(
                "bob",
                ",\"annual_income_minor\":5000,\"is_home_owner\":false,\"cars\":0,"
                    + "\"occupation\":\"cook\""),
            // Not declared; a negative income is none.
            customer("cid", ",\"annual_income_minor\":-1"),
            customer("dot", ",\"annual_income_minor\":-1"));
    Dataset<Row> facts =
        attributes(
            spark,
            attribute("1", "ann1", "2026-01-01T00:00:00Z", "income", "900", "0.7"),
            attribute("2", "ann1", "2026-01-01T00:00:00Z", "car", "3", "0.7"),
            attribute("8", "ann1", "2026-01-01T00:00:00Z", "house", "yes", "null"),
            attribute("9", "ann1", "2026-01-01T00:00:00Z", "occupation", "pilot", "0.6"),
            attribute("3", "bob1", "2026-01-01T00:00:00Z", "monthly_income", "100", "0.8"),
            attribute("4", "bob1", "2026-01-01T00:00:00Z", "car", "yes", "1", "registry"),
            attribute("5", "bob1", "2026-01-01T00:00:00Z", "house", "是", "0.95", "land"),
            attribute("10", "bob1", "2026-01-01T00:00:00Z", "job", " nurse ", "0.9", "guild"),
            attribute("11", "bob1", "2026-01-02T00:00:00Z", "car", "-4", "1", "joker"),
            attribute("6", "cid1", "2026-01-01T00:00:00Z", "annual_income", "80", "null"),
            attribute("7", "cid1", "2026-01-01T00:00:00Z", "assets", "1,000", "null"),
            attribute("12", "cid1", "2026-01-01T00:00:00Z", "assets", "a lot", "1", "joker"),
            attribute("13", "cid1", "2026-01-01T00:00:00Z", "occupation", "baker", "0.2", "form"));
    List<Feature> shipped =
        TestCatalogue.shipped().features().stream()
            .filter(
                f ->
                    f.name()
                        .matches(
                            "(declared_|attribute_)?(annual_)?"
                                + "(income|assets|(is_)?home_owner|cars|occupation)"
                                + "(_amount|_confidence|_source)?"))
            .toList();
    Dataset<Row> picked =
        FactTransforms.pickFacts(
            facts,
            accounts(spark),
            shipped.stream().filter(f -> f.from().isEntity()).toList(),
            AS_OF);

    Dataset<Row> features =
        FeatureTransforms.publishFeatures(customers, List.of(picked), shipped, 2, "run-1");

    assertThat(
            features
                .select(
                    "customer_id",
                    "income_amount",
                    "income_confidence",
                    "income_source",
                    "assets_amount",
                    "assets_confidence",
                    "assets_source",
                    "is_home_owner",
                    "home_owner_confidence",
                    "home_owner_source",
                    "cars",
                    "cars_confidence",
                    "cars_source",
                    "occupation",
                    "occupation_confidence",
                    "occupation_source")
                .collectAsList()
                .stream()
                .map(row -> row.mkString("|")))
        .containsExactlyInAnyOrder(
            "ann|50.00|0.7|declared|null|null|null|false|0.7|declared|0|0.7|declared"
                + "|cook|0.7|declared",
            "bob|1200.00|0.8|s|null|null|null|true|0.95|land|1|1.0|registry|nurse|0.9|guild",
            "cid|80.00|0.5|s|1000.00|0.5|s|null|null|null|null|null|null|baker|0.2|form",
            "dot" + "|null".repeat(15));
  }

  private static List<Row> pick(SparkSession spark, Dataset<Row> facts, String features) {
    return FactTransforms.pickFacts(
            facts, accounts(spark), TestCatalogue.of(features, "").features(), AS_OF)
        .collectAsList();
  }

  private static Dataset<Row> accounts(SparkSession spark) {
    return spark.sql(
        "SELECT account_key, substr(account_key, 1, 3) AS customer_id FROM"
            + " VALUES ('ann1'), ('ann2'), ('bob1'), ('cid1'), ('dot1') AS t(account_key)");
  }

  private static Dataset<Row> attributes(SparkSession spark, String... rows) {
    return FactTransforms.withReadings(
        Rows.of(spark, Entities.ATTRIBUTE.silver(), rows), Entities.ATTRIBUTE, 2);
  }

  private static String attribute(
      String id,
      String account,
      String time,
      String name,
      String value,
      String confidence,
      String provider) {
    return attribute(id, account, time, name, value, confidence)
        .replace("{", "{\"provider\":\"" + provider + "\",");
  }

  private static String attribute(
      String id, String account, String time, String name, String value, String confidence) {
    return """
        {"attribute_id":"%s","account_key":"%s","observed_at":"%s","event_day":"%s","name":"%s","value":"%s",
         "confidence":%s,"source":"s","row_version":1,"batch_id":1,"row_hash":"h"}"""
        .formatted(id, account, time, time.substring(0, 10), name, value, confidence)
        .replace("\n", "");
  }

  private static String report(
      String id, String account, String day, Integer score, String overdue) {
    return """
        {"report_id":"%s","account_key":"%s","reported_at":"%sT00:00:00Z","event_day":"%s","credit_score":%s,
         "overdue_amount_minor":%s,"source":"s","row_version":1,"batch_id":1,"row_hash":"h"}"""
        .formatted(id, account, day, day, score, overdue)
        .replace("\n", "");
  }

  private static String customer(String id, String more) {
    return "{\"as_of\":\"2026-01-31\",\"customer_id\":\"" + id + "\",\"accounts\":1" + more + "}";
  }
}

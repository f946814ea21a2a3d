package io.portrait.jobs.credit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.CreditTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One warehouse with two as-of dates, the second of which is run twice. */
@ExtendWith(SparkExtension.class)
class CreditJobTest {

  private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);
  private static final LocalDate SECOND = LocalDate.of(2026, 2, 1);

  private static final String SCORES =
      """
      scores:
        - name: credit
          purpose: service
          sensitivity: sensitive
          points:
            scale: {score: 600, odds: 50, doubling: 20}
            base: 500
            characteristics:
              - name: overdue
                title: {en: Overdue payments, zh: 逾期付款}
                value: overdue_now
                bins: [{to: 1, points: 40}, {from: 1, points: -60}]
              - name: work
                value: occupation
                categories: {clerk: 60, none: -20}
                other: 0
        - name: plain
          purpose: profiling
          sensitivity: personal
          points:
            base: 0
            characteristics: [{name: overdue, value: overdue_now, bins: [{points: 1}]}]
      credit:
        score: credit
        min_coverage: 0.4
        grades: [{code: A, from: 580}, {code: B, from: 500}, {code: C}]
        routes:
          - code: manual_review
            when: overdue_now > 0
            title: {en: Manual review, zh: 人工審核}
            description: Somebody looks.
          - code: fast_track
            when: grade = 'A' AND
              coverage >= 0.5
            title: {en: Fast track, zh: 快速核准}
            limit: least(income_now * 0.3, 50000)
            rate_band: preferred
            description: At once.
          - code: standard
            when: score >= 500 AND probability_of_default < 0.5
            title: {en: Standard, zh: 標準流程}
            limit: income_now * price_level
            description: As usual.
          - code: manual_review
            title: {en: Manual review, zh: 人工審核}
            description: Somebody looks.
      """;

  private static final String FEATURES =
      """
      features:
        - {name: overdue_now, from: customer, value: cars, type: long, unit: count,
           title: {en: O, zh: 逾}}
        - {name: income_now, from: customer, value: cars, type: money, unit: money,
           title: {en: I, zh: 收}}
      """;

  @TempDir private static Path dir;
  private static SparkSession spark;

  private static List<Row> firstStability;
  private static Map<String, Row> second;
  private static List<Row> stability;

  @BeforeAll
  static void runTwoDates(SparkSession session) throws IOException {
    spark = session;
    // Overdue payments, work, income and score; a customer without a score has a row or none.
    write(
        FIRST,
        """
        ('ann', 0, 'clerk', 100.00, 600, 1.0), ('bob', 0, 'clerk', 100.00, 600, 1.0),
        ('cid', 0, 'none', 100.00, 520, 1.0), ('dot', 2, 'smith', 100.00, 440, 1.0)""");
    write(
        SECOND,
        """
        ('ann', 0, 'clerk', 100.55, 600, 1.0), ('bob', 0, NULL, 900000.00, 580, 0.5),
        ('cid', 2, 'clerk', 100.00, 500, 1.0), ('dot', NULL, NULL, 100.00, NULL, 0.0),
        ('eve', NULL, NULL, 100.00, NULL, NULL), ('fay', 0, 'none', -70.00, 500, 0.4),
        ('gus', 0, 'none', NULL, 499.9, 1.0), ('hal', 0, 'none', 70.00, 600, 0.39)""");
    Catalogue catalogue = catalogue(SCORES);
    assertThat(CreditCheck.check(spark, catalogue)).isEmpty();
    run(catalogue, FIRST);
    firstStability = rows(CreditTables.CREDIT_STABILITY, FIRST, "input", "position");
    run(catalogue, SECOND);
    List<Row> once = rows(CreditTables.customerCredit(2), SECOND, "customer_id");
    stability = rows(CreditTables.CREDIT_STABILITY, SECOND, "input", "position");
    run(catalogue, SECOND);
    assertThat(rows(CreditTables.customerCredit(2), SECOND, "customer_id")).isEqualTo(once);
    assertThat(rows(CreditTables.CREDIT_STABILITY, SECOND, "input", "position"))
        .isEqualTo(stability);
    second =
        once.stream()
            .collect(Collectors.toMap(row -> row.getAs("customer_id"), Function.identity()));
  }

  @Test
  void gradesCustomersAndKnowsTheirProbabilityOfDefault() {
    assertThat(second).hasSize(8);
    assertThat(second.values())
        .extracting(row -> row.getAs("customer_id") + " " + row.getAs("grade"))
        .containsExactlyInAnyOrder(
            "ann A", "bob A", "cid B", "dot null", "eve null", "fay B", "gus C", "hal null");
    // 600 points are odds of 50 to 1; 20 points fewer halve them.
    assertThat(probability("ann")).isCloseTo(1 / 51.0, within(1e-12));
    assertThat(probability("bob")).isCloseTo(1 / 26.0, within(1e-12));
    assertThat(second.get("dot").<Double>getAs("probability_of_default")).isNull();
    // Of hal 39 % is known, where 40 % must be.
    assertThat(second.get("hal").<Double>getAs("probability_of_default")).isNull();
    assertThat(second.get("hal").<Double>getAs("score")).isEqualTo(600);
    assertThat(second.get("eve").<Double>getAs("coverage")).isZero();
  }

  @Test
  void routesByTheFirstRuleThatHoldsAndSaysWhich() {
    assertThat(second.values())
        .extracting(
            row ->
                String.join(
                    " | ",
                    row.getAs("customer_id"),
                    row.getAs("route"),
                    row.getAs("rule"),
                    String.valueOf(row.<BigDecimal>getAs("suggested_limit")),
                    String.valueOf(row.<String>getAs("rate_band"))))
        .containsExactlyInAnyOrder(
            "ann | fast_track | grade = 'A' AND coverage >= 0.5 | 30.17 | preferred",
            "bob | fast_track | grade = 'A' AND coverage >= 0.5 | 50000.00 | preferred",
            "cid | manual_review | overdue_now > 0 | null | null",
            "dot | manual_review | no score | null | null",
            "eve | manual_review | no score | null | null",
            "fay | standard | score >= 500 AND probability_of_default < 0.5 | 0.00 | null",
            "gus | manual_review | otherwise | null | null",
            "hal | manual_review | otherwise | null | null");
    assertThat(second.get("ann").<String>getAs("route_title_zh")).isEqualTo("快速核准");
  }

  @Test
  void givesReasonsInBothLanguages() {
    Row ann = second.get("ann");
    assertThat(ann.<String>getAs("reasons_en")).isEqualTo("+60.0 Work; -60.0 Overdue payments");
    assertThat(ann.<String>getAs("reasons_zh")).isEqualTo("+60.0 Work; -60.0 逾期付款");
    assertThat(second.get("dot").<String>getAs("reasons_en"))
        .isEqualTo("No score: none of its inputs is known");
    assertThat(second.get("eve").<String>getAs("reasons_zh")).startsWith("無評分");
    assertThat(second.get("hal").<String>getAs("reasons_en"))
        .isEqualTo("No grade: too few of its inputs are known");
  }

  @Test
  void measuresHowFarCustomersMoved() {
    assertThat(firstStability).isEmpty();
    // 3, 1 and 0 of four before; 5, 1 and 2 of eight now; none counts as a half.
    List<Row> overdue = of("overdue");
    assertThat(overdue)
        .extracting(
            row ->
                String.join(
                    " | ",
                    row.getAs("bin"),
                    row.getAs("expected_customers").toString(),
                    row.getAs("actual_customers").toString(),
                    String.valueOf(row.<String>getAs("level"))))
        .containsExactly(
            "total | 4 | 8 | some",
            "below 1 | 3 | 5 | null",
            "from 1 | 1 | 1 | null",
            "missing | 0 | 2 | null");
    double below = (5 / 8.0 - 3 / 4.0) * Math.log(5 / 8.0 / (3 / 4.0));
    double from = (1 / 8.0 - 1 / 4.0) * Math.log(1 / 8.0 / (1 / 4.0));
    double missing = (2 / 8.0 - 0.5 / 4) * Math.log(2 / 8.0 / (0.5 / 4));
    assertThat(overdue.get(1).<Double>getAs("psi")).isCloseTo(below, within(1e-12));
    assertThat(overdue.get(2).<Double>getAs("psi")).isCloseTo(from, within(1e-12));
    assertThat(overdue.get(3).<Double>getAs("psi")).isCloseTo(missing, within(1e-12));
    assertThat(overdue.get(0).<Double>getAs("psi"))
        .isCloseTo(below + from + missing, within(1e-12));
    assertThat(of("work"))
        .extracting(row -> row.getAs("bin") + " " + row.getAs("actual_customers"))
        .containsExactly("total 8", "clerk 2", "none 3", "other 0", "missing 3");
    assertThat(of("score").get(0).<Long>getAs("actual_customers")).isEqualTo(8);
    assertThat(of("score"))
        .filteredOn(row -> row.getAs("bin").equals("missing"))
        .singleElement()
        .satisfies(row -> assertThat(row.<Long>getAs("actual_customers")).isEqualTo(2));
  }

  @Test
  void refusesGradesThatLeaveAGapAndRoutesThatLeaveSomebodyOut() {
    faulty(
        SCORES.replace("{code: C}", "{code: C, from: 400}"),
        "credit: grades leave a gap below 400: the last must have no from");
    faulty(
        SCORES.replace("{code: B, from: 500}", "{code: B, from: 590}"),
        "the grade 'B' holds no score: its from 590 is not below 580");
    faulty(
        SCORES.replace("{code: B, from: 500}", "{code: A}"),
        "the grade 'A' is declared twice; the grade 'A' has no from and takes every score");
    faulty(SCORES.replace("0.4", "1.4"), "min_coverage must be 0 to 1, is 1.4");
    faulty(
        SCORES.replace("when: overdue_now > 0", ""),
        "the route 'manual_review' has no condition and takes everybody");
    faulty(
        SCORES.replace(
            "- code: manual_review\n      title",
            "- code: manual_review\n      when: true\n      title"),
        "the last route must have no condition");
  }

  @Test
  void findsNoFaultInTheShippedSettings() {
    assertThat(CreditCheck.check(spark, TestCatalogue.shipped())).isEmpty();
  }

  @Test
  void namesUnknownScoresAndColumnsAndWhatIsNoCondition() throws IOException {
    String scores =
        SCORES
            .replace("score: credit\n", "score: credt\n")
            .replace("when: overdue_now > 0", "when: overdu_now > 0")
            .replace("when: score >= 500 AND probability_of_default < 0.5", "when: score")
            .replace("limit: income_now * price_level", "limit: grade");

    assertThat(CreditCheck.check(spark, catalogue(scores)))
        .extracting(Fault::toString)
        .containsExactly(
            "scores.yaml:24: credit: 'credt' is not a score. Did you mean 'credit'?",
            "scores.yaml:29: credit.routes[0].when: unknown column 'overdu_now'. Did you mean"
                + " 'overdue_now'?",
            "scores.yaml:40: credit.routes[2].when: when is a condition; this is double",
            "scores.yaml:42: credit.routes[2].limit: a limit is an amount; this is string");
    assertThat(
            CreditCheck.check(
                spark, catalogue(SCORES.replace("score: credit\n", "score: plain\n"))))
        .singleElement()
        .satisfies(
            fault -> assertThat(fault.problem()).contains("'plain' has no points with a scale"));
  }

  @Test
  void refusesAScoreThatDoesNotSayWhoMayBeScoredAndWhoMaySeeIt() throws IOException {
    String scores =
        SCORES.replace("    purpose: service\n", "").replace("    sensitivity: sensitive\n", "");

    assertThat(CreditCheck.check(spark, catalogue(scores)))
        .extracting(Fault::toString)
        .containsExactly(
            "scores.yaml:2: scores[0]: the score 'credit' gives credit and has no purpose. The"
                + " shipped one has credit",
            "scores.yaml:2: scores[0]: the score 'credit' gives credit and has no sensitivity."
                + " The shipped one has sensitive");
  }

  private static void faulty(String scores, String words) {
    JobException refused = catchThrowableOfType(JobException.class, () -> catalogue(scores));
    assertThat(refused).hasMessageContaining(words).hasMessageContaining("scores.yaml:24");
  }

  private static double probability(String customer) {
    return second.get(customer).getAs("probability_of_default");
  }

  private static List<Row> of(String input) {
    return stability.stream().filter(row -> row.getAs("input").equals(input)).toList();
  }

  private static Catalogue catalogue(String scores) throws IOException {
    Path folder = Files.createTempDirectory("catalogue");
    Files.writeString(
        folder.resolve("portrait.yaml"),
        """
        deployment: test
        warehouse: unused
        time_zone: Asia/Taipei
        currency: {code: TWD, decimals: 2}
        country: TW
        privacy: {key: a-key-for-tests-only}
        """);
    Files.writeString(
        folder.resolve("sources.yaml"),
        """
        sources:
          - name: customers
            format: csv
            path: customers.csv
            maps: [{entity: customer, realm: crm, columns: {account_id: id}}]
        """);
    Files.writeString(folder.resolve("features.yaml"), FEATURES);
    Files.writeString(folder.resolve("scores.yaml"), scores);
    return new CatalogueLoader(new Configuration(), name -> null).load(folder.toString());
  }

  /** Features, habits and scores of a date. */
  private static void write(LocalDate asOf, String customers) {
    Dataset<Row> rows =
        spark
            .sql(
                "SELECT * FROM VALUES "
                    + customers
                    + " AS t(customer_id, overdue, occupation, income, points, coverage)")
            .selectExpr(
                "DATE'" + asOf + "' AS as_of",
                "customer_id",
                "'before' AS run_id",
                "CAST(overdue AS BIGINT) AS overdue_now",
                "occupation",
                "CAST(income AS DECIMAL(18, 2)) AS income_now",
                "2.0D AS price_level",
                "'credit' AS score_code",
                "CAST(points AS DOUBLE) AS score",
                "CAST(coverage AS DOUBLE) AS coverage");
    tables()
        .append(
            FeatureTable.schema(
                List.of(
                    column("overdue_now", DataTypes.LongType),
                    column("occupation", DataTypes.StringType),
                    column("income_now", DataTypes.createDecimalType(18, 2)))),
            rows);
    tables().append(HabitTables.CUSTOMER_HABIT, rows);
    Dataset<Row> own =
        rows.filter(col("coverage").isNotNull())
            .withColumn("raised_1_code", lit("work"))
            .withColumn("raised_1_points", lit(60.0))
            .withColumn("lowered_1_code", lit("overdue"))
            .withColumn("lowered_1_points", lit(-60.0));
    tables()
        .append(
            ScoreTables.CUSTOMER_SCORE,
            own.unionByName(
                own.withColumn("score_code", lit("loyalty")).withColumn("score", lit(1.0))));
  }

  private static TableColumn column(String name, DataType type) {
    return new TableColumn(name, type, true, "", name, name, name);
  }

  private static void run(Catalogue catalogue, LocalDate asOf) {
    Steps.run(spark, new CreditJob(), catalogue, dir.toString(), asOf);
  }

  private static Tables tables() {
    return new Tables(spark, dir.toString());
  }

  private static List<Row> rows(TableSchema table, LocalDate asOf, String... order) {
    return tables()
        .readAsOf(table, asOf)
        .orderBy(Arrays.stream(order).map(c -> col(c)).toArray(Column[]::new))
        .collectAsList();
  }
}

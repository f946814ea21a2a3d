package io.portrait.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Score;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.testing.SparkExtension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ScoreTransformsTest {

  private static final String SCORES =
      """
      scores:
        - name: power
          scorecard:
            parts:
              - name: ability
                weight: 40
                characteristics:
                  - {name: income, value: income, weight: 75, percentile: high}
                  - {name: credit, value: credit, weight: 25, bins: [{from: 600, points: 100}, {to: 600, points: 0}]}
              - name: willingness
                weight: 60
                characteristics:
                  - name: orders
                    value: orders
                    weight: 100
                    bins: [{to: 1, points: 0}, {from: 1, to: 5, points: 50}, {from: 5, points: 90}]
        - name: thrift
          scorecard:
            parts:
              - name: all
                weight: 100
                characteristics: [{name: amount, value: amount, weight: 100, percentile: low}]
        - name: risk
          points:
            base: 500
            characteristics:
              - {name: late, value: late, bins: [{to: 1, points: 20}, {from: 1, points: -30}], missing: -5}
              - {name: job, value: job, categories: {clerk: 10}}
        - {name: twice, sql: amount * 2}
      """;

  private static final Map<String, Row> SCORED = new HashMap<>();
  private static Row known;

  @BeforeAll
  static void score(SparkSession spark) {
    // Income: two equal values and a greater one; orders of bob and eve put a part at its bound.
    Dataset<Row> inputs =
        spark.sql(
            """
            SELECT * FROM VALUES
              ('ann', 100.00BD, 600L, 5L, 0L, 'clerk', 5D),
              ('bob', 200.00BD, 599L, 0L, 2L, 'baker', double('NaN')),
              ('cat', 100.00BD, NULL, 3L, NULL, NULL, NULL),
              ('dan', NULL, NULL, NULL, NULL, 'clerk', -1D),
              ('eve', NULL, 500L, 0L, NULL, NULL, 0D)
              AS t(customer_id, income, credit, orders, late, job, amount)
            """);
    List<Score> scores = ShippedScores.with(SCORES).scores();
    known = ScoreTransforms.countKnown(ScoreTransforms.values(inputs, scores)).head();
    Scoring.all(inputs, scores)
        .collectAsList()
        .forEach(row -> SCORED.put(row.getAs("customer_id") + " " + row.getAs("score_code"), row));
  }

  @Test
  void isTheGeometricMeanOfPartsAndCountsTheUnknownAsNeutral() {
    // The percentile of 100 among 100, 100 and 200 is 33.3, on a hundred cuts 33.5.
    assertScore("ann power", power(0.75 * 33.5 + 0.25 * 100, 90), 1.0);
    assertScore("bob power", power(0.75 * 83.5, 1), 1.0);
    assertScore("cat power", power(0.75 * 33.5 + 0.25 * 50, 50), 0.9);
    assertScore("eve power", power(0.75 * 50, 1), 0.7);
    assertScore("dan power", null, 0.0);
    // 5, 0 and -1, the least being the best; a value that is no number is unknown.
    assertScore("ann thrift", 16.5, 1.0);
    assertScore("eve thrift", 50.0, 1.0);
    assertScore("dan thrift", 83.5, 1.0);
    assertScore("bob thrift", null, 0.0);
  }

  /** Bob is a baker, who has no points; his amount is no number. */
  @Test
  void countsWhatTellsNothingAsUnknown() {
    assertThat(known.<Long>getAs("customers")).isEqualTo(5);
    assertThat(known.<Long>getAs("risk/job")).isEqualTo(2);
    assertThat(known.<Long>getAs("risk/late")).isEqualTo(2);
    assertThat(known.<Long>getAs("thrift/amount")).isEqualTo(3);
  }

  @Test
  void explainsScorecardsByTheLogarithmicMean() {
    double score = power(50.125, 90);
    Map<String, Double> reasons = reasons("ann power");

    double byPart = mean(score, 50) / mean(50.125, 50) * 0.4;
    assertThat(reasons.get("income")).isCloseTo(byPart * 0.75 * (33.5 - 50), within(1e-9));
    assertThat(reasons.get("credit")).isCloseTo(byPart * 0.25 * (100 - 50), within(1e-9));
    assertThat(reasons.get("orders"))
        .isCloseTo(mean(score, 50) / mean(90, 50) * 0.6 * (90 - 50), within(1e-9));
    assertThat(reasons("cat power").get("credit")).isNull();
    assertThat(reasons("cat power").get("orders")).isZero();
  }

  @Test
  void explainsEveryScoreExactly() {
    for (Row row : SCORED.values()) {
      if (row.getAs("score") == null) {
        assertThat(row.<Double>getAs("base")).isNull();
        assertThat(row.<Object>getAs("reasons")).isNull();
        continue;
      }
      double sum =
          row.<Row>getList(row.fieldIndex("reasons")).stream()
              .filter(reason -> !reason.isNullAt(2))
              .mapToDouble(reason -> reason.getDouble(2))
              .sum();
      assertThat(row.<Double>getAs("base") + sum)
          .as("%s", row)
          .isCloseTo(row.<Double>getAs("score"), within(1e-9));
    }
  }

  @Test
  void addsPointsUpAndHasPointsForTheUnknown() {
    assertScore("ann risk", 530.0, 1.0);
    // A category that is not listed is unknown.
    assertScore("bob risk", 470.0, 0.5);
    assertScore("dan risk", 505.0, 0.5);
    assertScore("cat risk", null, 0.0);
    assertThat(reasons("ann risk")).isEqualTo(Map.of("late", 20.0, "job", 10.0));
    assertThat(reasons("dan risk")).isEqualTo(Map.of("late", -5.0, "job", 10.0));
  }

  @Test
  void takesAnyNumberOfSql() {
    assertScore("ann twice", 10.0, 1.0);
    assertScore("dan twice", -2.0, 1.0);
    assertScore("bob twice", null, 0.0);
    assertThat(SCORED.get("ann twice").<Double>getAs("base")).isEqualTo(10.0);
    assertThat(reasons("ann twice")).isEmpty();
  }

  @Test
  void showsTheGreatestReasonsAndSumsUpTheOthers(SparkSession spark) {
    Dataset<Row> scored =
        spark.sql(
            """
            SELECT id, IF(id = 'nobody', NULL, transform(
                map_entries(from_json(reasons, 'MAP<STRING, DOUBLE>')),
                e -> struct(-abs(e.value) AS position, e.key AS code, e.value AS points))) AS reasons
            FROM VALUES
              ('many', '{"a": 1, "d": 2, "b": 2, "z": 4, "e": 8, "f": -1, "g": -3, "h": 0, "i": null}'),
              ('none', '{}'), ('nobody', '{}') AS t(id, reasons)
            """);

    assertThat(ScoreTransforms.withTopReasons(scored, Map.of()).orderBy("id").collectAsList())
        .containsExactly(
            RowFactory.create(
                "many", "e", 8.0, "z", 4.0, "b", 2.0, "g", -3.0, "f", -1.0, null, null, 3.0, null,
                null, null, null, null, null, null, null, null, null, null, null),
            row("nobody", null),
            row("none", 0.0));
  }

  /** As many of each direction as if the sensitive ones were not, whatever room these took. */
  @Test
  void showsTheGreatestReasonsWithoutSensitiveOnes(SparkSession spark) {
    Dataset<Row> scored =
        spark.sql(
            """
            SELECT score_code, transform(
                map_entries(from_json(
                    '{"a": 1, "d": 2, "b": 2, "z": 4, "e": 8, "f": -1, "g": -3, "i": null}',
                    'MAP<STRING, DOUBLE>')),
                e -> struct(-abs(e.value) AS position, e.key AS code, e.value AS points)) AS reasons
            FROM VALUES ('power'), ('other') AS t(score_code)
            """);

    List<Row> found =
        ScoreTransforms.withTopReasons(scored, Map.of("power", List.of("e", "g", "i")))
            .orderBy("score_code")
            .selectExpr(
                "score_code",
                "raised_1_code",
                "concat_ws(' ', open_raised_1_code, open_raised_2_code, open_raised_3_code)",
                "open_raised_3_points",
                "concat_ws(' ', open_lowered_1_code, open_lowered_2_code)")
            .collectAsList();

    assertThat(found)
        .containsExactly(
            RowFactory.create("other", "e", "", null, ""),
            RowFactory.create("power", "e", "z b d", 2.0, "f"));
  }

  @Test
  void putsAScoreOnACutIntoTheHigherLevel(SparkSession spark) {
    Ranks quarters = new Ranks(List.of(10.0, 20.0, 20.0));
    Dataset<Row> scored =
        spark.sql("SELECT * FROM VALUES (9.9D), (20D), (20.1D), (NULL) AS t(score)");

    assertThat(
            ScoreTransforms.withStanding(
                    scored,
                    ShippedScores.with("scores: [{name: a, sql: b, levels: [10, 20]}]")
                        .scores()
                        .get(0),
                    quarters)
                .collectAsList())
        .containsExactly(
            RowFactory.create(9.9, 1, 1),
            RowFactory.create(20.0, 3, 2),
            RowFactory.create(20.1, 3, 4),
            RowFactory.create(null, null, null));
  }

  private static Row row(String id, Double others) {
    Object[] values = new Object[26];
    values[0] = id;
    values[13] = others;
    return RowFactory.create(values);
  }

  private static void assertScore(String key, Double score, double coverage) {
    Row row = SCORED.get(key);
    if (score == null) {
      assertThat(row.<Double>getAs("score")).as(key).isNull();
    } else {
      assertThat(row.<Double>getAs("score")).as(key).isCloseTo(score, within(1e-9));
    }
    assertThat(row.<Double>getAs("coverage")).as(key).isCloseTo(coverage, within(1e-12));
  }

  private static Map<String, Double> reasons(String key) {
    Row row = SCORED.get(key);
    Map<String, Double> reasons = new HashMap<>();
    row.<Row>getList(row.fieldIndex("reasons"))
        .forEach(reason -> reasons.put(reason.getString(1), reason.getAs("points")));
    return reasons;
  }

  private static double power(double ability, double willingness) {
    return Math.pow(ability, 0.4) * Math.pow(willingness, 0.6);
  }

  /** The logarithmic mean of two different numbers. */
  private static double mean(double a, double b) {
    return (a - b) / (Math.log(a) - Math.log(b));
  }
}

package io.portrait.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.error.Fault;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ScoreCheckTest {

  @Test
  void findsNoFaultInTheShippedScores(SparkSession spark) {
    assertThat(ScoreCheck.check(spark, TestCatalogue.shipped())).isEmpty();
  }

  @Test
  void listsEveryFaultWithItsPlaceAndTheNearestName(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.of(
            """
              - {name: orders, from: account_day, aggregate: sum, value: orders, unit: count, title: {en: A, zh: 甲}}
              - {name: city, from: customer, value: city, type: string, unit: none, title: {en: B, zh: 乙}}
            """,
            """
              - {name: orders, sql: orders + 1}
              - {name: price_level, sql: ordes + price_level}
              - {name: segment, sql: city}
              - {name: a, sql: sum(orders)}
              - {name: a_level, sql: rand()}
              - {name: tag_a, class: com.example.BasketIndex}
              - {name: b, class: com.example.Basket}
              - {name: c, class: java.lang.String}
              - name: d
                points:
                  base: 1
                  characteristics:
                    - {name: city, value: city, bins: [{points: 1}]}
                    - {name: town, value: 'array(city)', categories: {x: 1}}
                    - {name: nothing, value: 'null', bins: [{points: 1}]}
              - {name: e, class: io.portrait.jobs.score.ScoreCheckTest$Closed}
            """,
            "");

    assertThat(ScoreCheck.check(spark, catalogue))
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "scores.yaml:2: scores[0]: the column 'orders' belongs to the features and habits"
                + " already",
            "scores.yaml:3: scores[1]: the column 'price_level' belongs to the features and habits"
                + " already",
            "scores.yaml:3: scores[1].sql: unknown column 'ordes'. Did you mean 'orders'?",
            "scores.yaml:4: scores[2]: the column 'segment' belongs to the profile already",
            "scores.yaml:4: scores[2].sql: a number is needed here; this is string",
            "scores.yaml:5: scores[3].sql: an aggregate, a window or a generator is not allowed here",
            "scores.yaml:6: scores[4]: the column 'a_level' belongs to the score 'a' already",
            "scores.yaml:6: scores[4].sql: a clock or a random value would make runs differ; use"
                + " as_of",
            "scores.yaml:7: scores[5]: names that start with tag_ are for tags",
            "scores.yaml:8: scores[6]: the class com.example.Basket is not on the class path; name"
                + " its jar by PORTRAIT_JARS",
            "scores.yaml:9: scores[7]: the class java.lang.String does not implement"
                + " io.portrait.common.score.CustomerScorer",
            "scores.yaml:14: scores[8].points.characteristics[0].value: a number is needed here;"
                + " this is string",
            "scores.yaml:15: scores[8].points.characteristics[1].value: a single value is needed"
                + " here; this is array<string>",
            "scores.yaml:17: scores[9]: the class io.portrait.jobs.score.ScoreCheckTest$Closed has"
                + " no public constructor without parameters");
  }

  /** A scorer that nobody can make. */
  abstract static class Closed implements io.portrait.common.score.CustomerScorer {}
}

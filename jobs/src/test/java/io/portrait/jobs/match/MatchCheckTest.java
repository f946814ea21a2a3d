package io.portrait.jobs.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person is told who writes matching.yaml wrongly. */
@ExtendWith(SparkExtension.class)
class MatchCheckTest {

  @Test
  void findsNoFaultInTheShippedMatching(SparkSession spark) {
    assertThat(MatchCheck.check(spark, TestCatalogue.matching("threshold: 0.9"))).isEmpty();
    assertThat(MatchCheck.check(spark, TestCatalogue.shipped())).isEmpty();
  }

  @Test
  void namesUnknownColumnsWithTheNearestAndValuesOfAWrongType(SparkSession spark) {
    String yaml =
        """
        blocking:
          - {name: street, keys: [lower(stret)]}
          - {name: many, keys: ["array(email)"]}
        comparisons:
          - name: name
            title: {en: Name, zh: 姓名}
            value: family_name
            levels:
              - {method: exact}
              - {method: swapped, with: givenname}
              - {method: near_date, limit: 3}
        """;

    assertThat(MatchCheck.check(spark, TestCatalogue.matching(yaml)))
        .extracting(Fault::toString)
        .containsExactly(
            "matching.yaml:2: blocking[0].keys[0]: unknown column 'stret'. Did you mean 'street'?",
            "matching.yaml:3: blocking[1].keys[0]: gives array<string>, but must be a single value",
            "matching.yaml:10: comparisons[0].levels[1].with: unknown column 'givenname'. Did you"
                + " mean 'given_name'?",
            "matching.yaml:11: comparisons[0].levels[2]: near_date 3 compares dates, but the value"
                + " is string");
  }

  @Test
  void refusesLevelsThatNothingReachesAndWrongLimits() {
    assertFault(
        levels("{method: jaro_winkler, limit: 0.8}, {method: jaro_winkler, limit: 0.9}"),
        "nothing reaches the level 'jaro_winkler 0.9', for whatever does reaches 'jaro_winkler"
            + " 0.8' before it");
    assertFault(levels("{method: soundex}, {method: exact}"), "nothing reaches the level 'exact'");
    assertFault(
        levels("{method: levenshtein, limit: 2}, {method: levenshtein, limit: 2}"),
        "nothing reaches the level 'levenshtein 2'");
    assertFault(levels("{method: jaro_winkler, limit: 1.0}"), "must be above 0 and below 1");
    assertFault(levels("{method: levenshtein}"), "levenshtein needs a limit");
    assertFault(levels("{method: exact, with: email}"), "exact takes no with");
    assertFault(levels("{method: jarowinkler, limit: 0.9}"), "Did you mean 'jaro_winkler'?");
    assertFault("threshold: 1.5", "threshold must be above 0");
    assertFault("threshhold: 0.5", "Did you mean 'threshold'?");
  }

  private static String levels(String levels) {
    return "comparisons: [{name: a, title: {en: A, zh: 甲}, value: email, levels: [%s]}]"
        .formatted(levels);
  }

  private static void assertFault(String yaml, String message) {
    assertThatThrownBy(() -> TestCatalogue.matching(yaml))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("matching.yaml:1")
        .hasMessageContaining(message);
  }
}

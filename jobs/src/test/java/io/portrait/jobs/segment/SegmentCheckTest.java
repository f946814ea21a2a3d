package io.portrait.jobs.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.error.Fault;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SegmentCheckTest {

  @Test
  void findsNoFaultInTheShippedSegments(SparkSession spark) {
    Catalogue catalogue = TestCatalogue.shipped();

    assertThat(SegmentCheck.check(spark, catalogue)).isEmpty();
    assertThat(catalogue.scores().segments())
        .extracting(segment -> segment.code())
        .containsExactly(
            "high_value",
            "vip",
            "churn_risk",
            "high_growth",
            "high_potential",
            "low_value",
            "occasional",
            "big_spender",
            "loyal",
            "bargain_hunter",
            "large_account",
            "small_account");
  }

  @Test
  void listsEveryFaultWithItsLine(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.withSegments(
            TestCatalogue.shipped(),
            List.of(
                Segments.of(10, "good", "value_percentile > 80 AND tag_young_adult"),
                Segments.of(20, "misspelt", "value_percentil > 80"),
                Segments.of(30, "number", "value_percentile + 1"),
                Segments.of(40, "of_this_run", "run_id = 'x'"),
                Segments.of(50, "of_today", "days_since_last_order > day(current_date())"),
                Segments.of(70, "broken", "value_percentile >")));

    assertThat(SegmentCheck.check(spark, catalogue))
        .extracting(Fault::toString)
        .satisfiesExactly(
            fault ->
                assertThat(fault)
                    .isEqualTo(
                        "scores.yaml:21: segments[20].rule: unknown column 'value_percentil'. Did"
                            + " you mean 'value_percentile'?"),
            fault ->
                assertThat(fault)
                    .isEqualTo(
                        "scores.yaml:31: segments[30].rule: a rule is a condition; this is int"),
            fault ->
                assertThat(fault)
                    .startsWith("scores.yaml:41: segments[40].rule: unknown column 'run_id'."),
            fault ->
                assertThat(fault)
                    .isEqualTo(
                        "scores.yaml:51: segments[50].rule: a clock or a random value would make"
                            + " runs differ; use as_of"),
            fault ->
                assertThat(fault)
                    .startsWith("scores.yaml:71: segments[70].rule: not a valid expression: "));
  }
}

package io.portrait.jobs.segment;

import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.io.Tables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.SegmentTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs two as-of dates in one warehouse, the second twice, and then asks for a refused third. */
@ExtendWith(SparkExtension.class)
class SegmentJobTest {

  private static final LocalDate FIRST = LocalDate.of(2026, 1, 31);
  private static final LocalDate SECOND = LocalDate.of(2026, 2, 28);
  private static final LocalDate REFUSED = LocalDate.of(2026, 3, 31);

  private static final NamedSegment VALUABLE = Segments.of(1, "valuable", "customer_value >= 50");
  private static final NamedSegment BUSY = Segments.of(2, "busy", "order_count >= 5");
  private static final NamedSegment NOBODY = Segments.of(3, "nobody", "order_count < 0");
  private static final NamedSegment LATER = Segments.of(4, "later", "order_count >= 1");

  private static final Catalogue DECLARED =
      TestCatalogue.of(
          """
            - {name: order_count, from: account_day, aggregate: sum, value: orders, unit: count,
               fill: 0, title: {en: Orders, zh: 訂單數}}
          """,
          "");

  @TempDir private static Path dir;
  private static SparkSession spark;
  private static List<String> firstSegments;
  private static List<String> firstTransitions;
  private static List<List<String>> second;
  private static List<List<String>> secondAgain;

  @BeforeAll
  static void runTwoDatesAndOneAgain(SparkSession session) {
    spark = session;
    writeProfiles();

    run(FIRST, VALUABLE, BUSY, NOBODY);
    firstSegments = segments(FIRST);
    firstTransitions = transitions(FIRST);
    run(SECOND, VALUABLE, BUSY, LATER);
    second = List.of(segments(SECOND), members(SECOND), transitions(SECOND));
    run(SECOND, VALUABLE, BUSY, LATER);
    secondAgain = List.of(segments(SECOND), members(SECOND), transitions(SECOND));
  }

  /** At the second date zoe is no more, eve became valuable and bob is no longer busy. */
  private static void writeProfiles() {
    new Tables(spark, dir.toString())
        .append(
            SegmentCheck.profile(DECLARED),
            spark.sql(
                """
                SELECT as_of, customer_id, 'run-0' AS run_id, order_count,
                  CAST(customer_value AS DECIMAL(18, 2)) AS customer_value
                FROM VALUES
                  (DATE'2026-01-31', 'ann', 7L, 80.0D), (DATE'2026-01-31', 'bob', 6L, 10.0D),
                  (DATE'2026-01-31', 'eve', 0L, null), (DATE'2026-01-31', 'zoe', 9L, 60.0D),
                  (DATE'2026-02-28', 'ann', 8L, 90.0D), (DATE'2026-02-28', 'bob', 2L, 5.0D),
                  (DATE'2026-02-28', 'eve', 1L, 55.5D), (DATE'2026-03-31', 'ann', 8L, 90.0D)
                  AS t(as_of, customer_id, order_count, customer_value)
                """));
    new Tables(spark, dir.toString())
        .append(
            ProfileTables.QUALITY_RESULT,
            spark.sql(
                """
                SELECT as_of, 'gold_sensitive/customer_profile' AS table_name, '*' AS column_name, rule,
                  'run-0' AS run_id, 'stop' AS severity, '-' AS expected, '-' AS found, passed
                FROM VALUES (DATE'2026-01-31', 'min_rows', true), (DATE'2026-02-28', 'min_rows', true),
                  (DATE'2026-03-31', 'min_rows', true), (DATE'2026-03-31', 'row_change', false)
                  AS t(as_of, rule, passed)
                """));
  }

  @Test
  void hasNoEventsAtTheFirstDate() {
    assertThat(firstSegments)
        .containsExactly(
            "busy,Title of busy,busy之標題,order_count >= 5,3,0.75,50.00,null,null",
            "nobody,Title of nobody,nobody之標題,order_count < 0,0,0.0,null,null,null",
            "valuable,Title of valuable,valuable之標題,customer_value >= 50,2,0.5,70.00,null,null");
    assertThat(members(FIRST))
        .containsExactly(
            "ann,busy,2026-01-31",
            "ann,valuable,2026-01-31",
            "bob,busy,2026-01-31",
            "zoe,busy,2026-01-31",
            "zoe,valuable,2026-01-31");
    assertThat(firstTransitions).isEmpty();
  }

  @Test
  void tellsAtTheSecondDateWhoEnteredAndLeftSegmentsThatBothDatesHave() {
    assertThat(second)
        .containsExactly(
            List.of(
                "busy,Title of busy,busy之標題,order_count >= 5,1,0.3333333333333333,90.00,0,2",
                "later,Title of later,later之標題,order_count >= 1,3,1.0,50.17,null,null",
                "valuable,Title of valuable,valuable之標題,customer_value >= 50,2,0.6666666666666666,"
                    + "72.75,1,1"),
            List.of(
                "ann,busy,2026-01-31",
                "ann,later,2026-02-28",
                "ann,valuable,2026-01-31",
                "bob,later,2026-02-28",
                "eve,later,2026-02-28",
                "eve,valuable,2026-02-28"),
            List.of(
                "bob,busy,left,2026-01-31",
                "eve,valuable,entered,2026-01-31",
                "zoe,busy,left,2026-01-31",
                "zoe,valuable,left,2026-01-31"));
  }

  @Test
  void writesTheSameRowsAgain() {
    assertThat(secondAgain).isEqualTo(second);
  }

  @Test
  void refusesProfilesThatDidNotPassTheGate() {
    assertThatThrownBy(() -> run(REFUSED, VALUABLE))
        .hasMessageContaining(
            "gold_sensitive/customer_profile as of 2026-03-31 has not passed the publish gate");
    assertThatThrownBy(() -> run(REFUSED.plusDays(1), VALUABLE))
        .hasMessageContaining("2026-04-01 has not passed the publish gate");
    assertThat(members(REFUSED)).isEmpty();
  }

  @Test
  void writesTablesThatCanBeReadEverywhere() {
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
  }

  private static void run(LocalDate asOf, NamedSegment... segments) {
    Steps.run(
        spark,
        new SegmentJob(),
        TestCatalogue.withSegments(DECLARED, List.of(segments)),
        dir.toString(),
        asOf);
  }

  private static List<String> segments(LocalDate asOf) {
    return strings(
        SegmentTables.segment(2),
        asOf,
        "segment_code",
        "title_en",
        "title_zh",
        "rule",
        "customers",
        "share",
        "mean_customer_value",
        "entered",
        "left");
  }

  private static List<String> members(LocalDate asOf) {
    return strings(
        SegmentTables.CUSTOMER_SEGMENT, asOf, "customer_id", "segment_code", "entered_on");
  }

  private static List<String> transitions(LocalDate asOf) {
    return strings(
        SegmentTables.SEGMENT_TRANSITION,
        asOf,
        "customer_id",
        "segment_code",
        "event",
        "previous_as_of");
  }

  /** Rows of an as-of date as text, in order. */
  private static List<String> strings(TableSchema table, LocalDate asOf, String... columns) {
    return new Tables(spark, dir.toString())
        .readAsOf(table, asOf).collectAsList().stream()
            .map(
                row ->
                    Stream.of(columns)
                        .map(column -> String.valueOf(row.<Object>getAs(column)))
                        .collect(Collectors.joining(",")))
            .sorted()
            .toList();
  }
}

package io.portrait.jobs.summarize;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.Entities;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SessionTransformsTest {

  @Test
  void givesNoVisitWithoutEvents(SparkSession spark) {
    assertThat(sessionize(spark)).isEmpty();
  }

  @Test
  void countsASingleEventAsAVisitWithoutDwell(SparkSession spark) {
    assertThat(sessionize(spark, event("a", "2026-01-05T10:00:00Z", "2026-01-05", "page_view")))
        .containsExactly(session("a", "10:00:00.000", "10:00:00.000", "2026-01-05", 1, 1, 0, 0));
  }

  @Test
  void startsANewVisitAfterThirtyMinutesWithoutAnEvent(SparkSession spark) {
    assertThat(
            sessionize(
                spark,
                event("a", "2026-01-05T10:29:59.999999Z", "2026-01-05", "add_to_cart"),
                event("a", "2026-01-05T10:00:00Z", "2026-01-05", "page_view"),
                event("b", "2026-01-05T10:30:00Z", "2026-01-05", "search"),
                event("b", "2026-01-05T10:00:00Z", "2026-01-05", "page_view")))
        .containsExactlyInAnyOrder(
            session("a", "10:00:00.000", "10:29:59.999", "2026-01-05", 2, 1, 1799, 1),
            session("b", "10:00:00.000", "10:00:00.000", "2026-01-05", 1, 1, 0, 0),
            session("b", "10:30:00.000", "10:30:00.000", "2026-01-05", 1, 0, 0, 0));
  }

  @Test
  void measuresTheGapFromTheLastEventNotFromTheFirst(SparkSession spark) {
    assertThat(
            sessionize(
                spark,
                event("a", "2026-01-05T10:00:00Z", "2026-01-05", "page_view"),
                event("a", "2026-01-05T10:20:00Z", "2026-01-05", "page_view"),
                event("a", "2026-01-05T10:40:00Z", "2026-01-05", "page_view"),
                event("a", "2026-01-05T11:30:00Z", "2026-01-05", "page_view")))
        .containsExactlyInAnyOrder(
            session("a", "10:00:00.000", "10:40:00.000", "2026-01-05", 3, 3, 2400, 0),
            session("a", "11:30:00.000", "11:30:00.000", "2026-01-05", 1, 1, 0, 0));
  }

  @Test
  void endsAVisitWithTheBusinessDay(SparkSession spark) {
    // Midnight in Taipei is 16:00 UTC.
    assertThat(
            sessionize(
                spark,
                event("a", "2026-01-31T15:59:00Z", "2026-01-31", "page_view"),
                event("a", "2026-01-31T16:01:00Z", "2026-02-01", "page_view"),
                event("a", "2026-01-31T16:02:30Z", "2026-02-01", "page_view")))
        .containsExactlyInAnyOrder(
            "{\"account_key\":\"a\",\"started_at\":\"2026-01-31T15:59:00.000Z\","
                + "\"ended_at\":\"2026-01-31T15:59:00.000Z\",\"event_day\":\"2026-01-31\","
                + "\"month\":\"2026-01-01\",\"events\":1,\"page_views\":1,\"dwell_seconds\":0,"
                + "\"cart_adds\":0}",
            "{\"account_key\":\"a\",\"started_at\":\"2026-01-31T16:01:00.000Z\","
                + "\"ended_at\":\"2026-01-31T16:02:30.000Z\",\"event_day\":\"2026-02-01\","
                + "\"month\":\"2026-02-01\",\"events\":2,\"page_views\":2,\"dwell_seconds\":90,"
                + "\"cart_adds\":0}");
  }

  @Test
  void putsEventsOfOneInstantIntoOneVisit(SparkSession spark) {
    assertThat(
            sessionize(
                spark,
                event("a", "2026-01-05T10:00:00Z", "2026-01-05", "page_view"),
                event("a", "2026-01-05T10:30:00Z", "2026-01-05", "page_view"),
                event("a", "2026-01-05T10:30:00Z", "2026-01-05", "add_to_cart"),
                event("a", "2026-01-05T10:30:00Z", "2026-01-05", "page_view")))
        .containsExactlyInAnyOrder(
            session("a", "10:00:00.000", "10:00:00.000", "2026-01-05", 1, 1, 0, 0),
            session("a", "10:30:00.000", "10:30:00.000", "2026-01-05", 3, 2, 0, 1));
  }

  private static List<String> sessionize(SparkSession spark, String... events) {
    return SilverTables.SESSION
        .conform(SessionTransforms.sessionize(Rows.of(spark, Entities.WEB_EVENT.silver(), events)))
        .toJSON()
        .collectAsList();
  }

  private static String event(String account, String at, String day, String type) {
    return String.format(
        "{\"event_id\":\"%s\",\"account_key\":\"%s\",\"occurred_at\":\"%s\",\"event_day\":\"%s\","
            + "\"event_type\":\"%s\",\"source\":\"web\",\"row_version\":1,\"batch_id\":1,"
            + "\"row_hash\":\"h\"}",
        account + at + type, account, at, day, type);
  }

  private static String session(
      String account,
      String start,
      String end,
      String day,
      int events,
      int pageViews,
      int dwell,
      int cartAdds) {
    return String.format(
        "{\"account_key\":\"%s\",\"started_at\":\"%sT%sZ\",\"ended_at\":\"%sT%sZ\","
            + "\"event_day\":\"%s\",\"month\":\"%s-01\",\"events\":%d,\"page_views\":%d,"
            + "\"dwell_seconds\":%d,\"cart_adds\":%d}",
        account,
        day,
        start,
        day,
        end,
        day,
        day.substring(0, 7),
        events,
        pageViews,
        dwell,
        cartAdds);
  }
}

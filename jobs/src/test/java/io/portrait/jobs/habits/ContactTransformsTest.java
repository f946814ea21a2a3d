package io.portrait.jobs.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.time.ZoneId;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Times are of Taipei, eight hours before UTC; 5 January 2026 is a Monday. */
@ExtendWith(SparkExtension.class)
class ContactTransformsTest {

  private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");
  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  @Test
  void takesTheHourAndWeekdayOfMostVisitsThere(SparkSession spark) {
    Dataset<Row> sessions =
        spark.sql(
            "SELECT account_key, CAST(at AS TIMESTAMP) AS started_at,"
                + " DATE(CAST(at AS TIMESTAMP) + INTERVAL 8 HOURS) AS event_day FROM VALUES"
                // Monday at 20, Tuesday at 0: the earlier of each.
                + " ('ann1', '2026-01-05T12:30:00Z'), ('ann2', '2026-01-05T16:30:00Z'),"
                // Sunday at 20 twice, Monday at 0; the as-of date does not count.
                + " ('bob1', '2026-01-11T12:00:00Z'), ('bob1', '2026-01-18T12:59:59Z'),"
                + " ('bob1', '2026-01-11T16:00:00Z'), ('bob1', '2026-01-31T16:00:00Z'),"
                + " ('bob1', '2026-01-30T16:00:00Z'),"
                + " ('who1', '2026-01-11T12:00:00Z') AS t(account_key, at)");

    assertThat(
            ContactTransforms.summarizeVisits(sessions, accounts(spark), TAIPEI, AS_OF)
                .orderBy("customer_id")
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" ")))
        .containsExactly("ann 0 1", "bob 20 7");
  }

  @Test
  void takesTheChannelThatIsAnsweredMost(SparkSession spark) {
    Dataset<Row> touches =
        spark.sql(
            "SELECT account_key, channel, action, CAST(at AS TIMESTAMP) AS touched_at,"
                + " DATE(CAST(at AS TIMESTAMP) + INTERVAL 8 HOURS) AS event_day FROM VALUES"
                // Half of e-mail, all of messages; what was read last, on Tuesday at 9, is as
                // often.
                + " ('ann1', 'email', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('ann1', 'email', 'sent', '2026-01-12T01:00:00Z'),"
                + " ('ann1', 'email', 'opened', '2026-01-05T02:00:00Z'),"
                + " ('ann2', 'sms', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('ann2', 'sms', 'clicked', '2026-01-06T01:00:00Z'),"
                + " ('ann2', 'email', 'opened', '2026-01-31T01:00:00Z'),"
                // Half of each: more answers.
                + " ('bob1', 'push', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'push', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'push', 'opened', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'opened', '2026-01-05T01:00:00Z'),"
                + " ('bob1', 'sms', 'clicked', '2026-01-05T01:00:00Z'),"
                // All of each, the more answers count; nothing sent, nothing to compare.
                + " ('cid1', 'app', 'opened', '2026-01-05T01:00:00Z'),"
                + " ('cid1', 'push', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('cid1', 'push', 'opened', '2026-01-05T01:00:00Z'),"
                + " ('cid1', 'email', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('cid1', 'email', 'opened', '2026-01-05T01:00:00Z'),"
                + " ('cid1', 'email', 'converted', '2026-01-05T01:00:00Z'),"
                // Sent in vain; a coupon that nobody sent; no channel on record.
                + " ('dot1', 'email', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('eve1', 'email', 'sent', '2026-01-05T01:00:00Z'),"
                + " ('eve1', 'post', 'redeemed', '2026-01-05T01:00:00Z'),"
                + " ('fay1', NULL, 'opened', '2026-01-09T15:00:00Z'),"
                // As many answers of as many: by name.
                + " ('gil1', 'push', 'sent', '2026-01-09T01:00:00Z'),"
                + " ('gil1', 'push', 'opened', '2026-01-09T02:00:00Z'),"
                + " ('gil1', 'email', 'sent', '2026-01-09T01:00:00Z'),"
                + " ('gil1', 'email', 'opened', '2026-01-09T02:00:00Z')"
                + " AS t(account_key, channel, action, at)");

    assertThat(
            ContactTransforms.summarizeTouches(touches, accounts(spark), TAIPEI, AS_OF)
                .orderBy("customer_id")
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" ")))
        .containsExactly(
            "ann 9 1 sms",
            "bob 9 1 sms",
            "cid 9 1 email",
            "dot null null null",
            "eve null null null",
            "fay 23 5 null",
            "gil 10 5 email");
  }

  private static Dataset<Row> accounts(SparkSession spark) {
    return spark.sql(
        "SELECT account_key, substr(account_key, 1, 3) AS customer_id FROM VALUES ('ann1'), ('ann2'),"
            + " ('bob1'), ('cid1'), ('dot1'), ('eve1'), ('fay1'), ('gil1') AS t(account_key)");
  }
}

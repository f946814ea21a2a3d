package io.portrait.jobs.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Scores.Interests;
import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class InterestTransformsTest {

  private static final Interests SETTINGS = new Interests(4, 1, 10);

  @Test
  void ranksDecayedAffinityAndComparesPrices(SparkSession spark) {
    Dataset<Row> days =
        spark.sql(
            "SELECT account_key, category, DATE(day) AS event_day, lines, quantity_milli,"
                + " amount_minor, page_views FROM VALUES"
                // Two lines, half decayed: 2 * 4 / 2; eight views of another account: 8 * 1 / 4.
                + " ('ann1', 'tea', '2026-01-21', 2L, 2000L, 1000L, 0L),"
                + " ('ann2', 'tea', '2026-01-11', 0L, 0L, 0L, 8L),"
                // Two of equal affinity.
                + " ('ann1', 'jam', '2026-01-21', 1L, 1000L, 300L, 0L),"
                + " ('ann1', 'ham', '2026-01-21', 0L, 0L, 0L, 4L),"
                // The as-of date itself; a refund alone; something for nothing; nobody known.
                + " ('ann1', 'rum', '2026-01-31', 9L, 9000L, 9000L, 9L),"
                + " ('bob1', 'tea', '2026-01-21', 1L, 2000L, 600L, 0L),"
                + " ('bob1', 'jam', '2026-01-21', 0L, 0L, 0L, 0L),"
                + " ('cid1', 'jam', '2026-01-11', 1L, 3000L, 0L, 0L),"
                + " ('cid1', 'air', '2026-01-11', 1L, 1000L, 0L, 0L),"
                + " ('eve1', 'air', '2026-01-11', 1L, 1000L, 0L, 0L),"
                + " ('who1', 'tea', '2026-01-21', 1L, 1000L, 99999L, 0L)"
                + " AS t(account_key, category, day, lines, quantity_milli, amount_minor, page_views)"
                // More categories than are shown.
                + " UNION ALL SELECT 'dot1', concat('k', lpad(id, 2, '0')), DATE'2026-01-21', 0L, 0L,"
                + " 0L, 2L FROM range(12)");
    Dataset<Row> accounts =
        spark.sql(
            "SELECT account_key, substr(account_key, 1, 3) AS customer_id FROM"
                + " VALUES ('ann1'), ('ann2'), ('bob1'), ('cid1'), ('dot1'), ('eve1')"
                + " AS t(account_key)");

    Dataset<Row> ranked =
        InterestTransforms.withRank(
                InterestTransforms.summarize(days, accounts, SETTINGS, LocalDate.of(2026, 1, 31)))
            .localCheckpoint();
    Dataset<Row> interests = InterestTransforms.selectInterests(ranked);
    Dataset<Row> prices = InterestTransforms.meanPrices(ranked);

    assertThat(interests.columns())
        .containsExactly(
            "customer_id",
            "category",
            "interest_rank",
            "affinity",
            "purchase_affinity",
            "view_affinity",
            "share");
    assertThat(
            interests.orderBy("customer_id", "interest_rank").collectAsList().stream()
                .filter(row -> !row.getString(0).equals("dot"))
                .map(row -> row.mkString(" ")))
        .containsExactly(
            "ann tea 1 6.0 4.0 2.0 0.6",
            "ann ham 2 2.0 0.0 2.0 0.2",
            "ann jam 3 2.0 2.0 0.0 0.2",
            "bob tea 1 2.0 2.0 0.0 1.0",
            "cid air 1 1.0 1.0 0.0 0.5",
            "cid jam 2 1.0 1.0 0.0 0.5",
            "eve air 1 1.0 1.0 0.0 1.0");
    assertThat(interests.filter("customer_id = 'dot'").orderBy("interest_rank").collectAsList())
        .extracting(row -> row.getString(1))
        .containsExactly("k00", "k01", "k02", "k03", "k04", "k05", "k06", "k07", "k08", "k09");
    // A unit of tea costs (1000 + 600) / 4000, of jam (300 + 0) / 4000: ann paid 1300 for what
    // costs 2000 * 0.4 + 1000 * 0.075.
    assertThat(
            InterestTransforms.summarizeCustomers(ranked, prices)
                .orderBy("customer_id")
                .collectAsList()
                .stream()
                .map(row -> row.mkString(" ")))
        .containsExactly(
            "ann tea 0.6 3 " + 1300 / 875.0,
            "bob tea 1.0 1 0.75",
            "cid air 0.5 2 0.0",
            "dot k00 " + 1 / 12.0 + " 12 null",
            "eve air 1.0 1 null");
  }
}

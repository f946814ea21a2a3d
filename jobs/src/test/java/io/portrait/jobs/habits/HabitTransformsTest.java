package io.portrait.jobs.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As of the last day of 2026: the last half year begins on 2 July, the one before on 1 January, and
 * on 1 July is its last day.
 */
@ExtendWith(SparkExtension.class)
class HabitTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 12, 31);

  private static Dataset<Row> summary;

  @BeforeAll
  static void summarize(SparkSession spark) {
    Dataset<Row> days =
        spark.sql(
            "SELECT account_key, DATE(day) AS event_day, orders, lines, discounted_lines,"
                + " amount_minor, payments, card_payments, wallet_payments, instalment_payments"
                + " FROM VALUES"
                // 100 + 100 in the earlier half, 200 + 400 in the later; the as-of date is out.
                + " ('ann1', '2025-05-01', 1L, 6L, 1L, 500L, 1L, 1L, 0L, 0L),"
                + " ('ann1', '2026-01-01', 1L, 1L, 0L, 100L, 1L, 0L, 1L, 0L),"
                + " ('ann2', '2026-07-01', 1L, 1L, 1L, 100L, 1L, 0L, 1L, 0L),"
                + " ('ann2', '2026-07-02', 1L, 1L, 1L, 200L, 0L, 0L, 0L, 0L),"
                + " ('ann1', '2026-12-30', 1L, 1L, 1L, 400L, 0L, 0L, 0L, 0L),"
                + " ('ann1', '2026-12-31', 9L, 9L, 9L, 9999L, 9L, 9L, 0L, 9L),"
                // Of the same quarter, 300 and then 100.
                + " ('bob1', '2025-06-30', 1L, 3L, 0L, 700L, 2L, 0L, 0L, 0L),"
                + " ('bob1', '2026-06-30', 1L, 1L, 0L, 300L, 0L, 0L, 0L, 0L),"
                + " ('bob1', '2026-08-01', 1L, 1L, 0L, 100L, 0L, 0L, 0L, 0L),"
                // Of the same quarter, nothing in the year but a sale below 0.
                + " ('cid1', '2025-04-01', 1L, 5L, 0L, 800L, 0L, 0L, 0L, 0L),"
                + " ('cid1', '2026-08-01', 1L, 0L, 0L, -50L, 0L, 0L, 0L, 0L),"
                // New, by an order without lines; alone in the quarter; paid but bought nothing.
                + " ('dot1', '2026-07-02', 1L, 0L, 0L, 900L, 0L, 0L, 0L, 0L),"
                + " ('eve1', '2026-02-01', 1L, 0L, 0L, 900L, 1L, 0L, 1L, 0L),"
                + " ('fay1', '2026-02-01', 0L, 0L, 0L, 0L, 3L, 1L, 1L, 1L),"
                // Nothing of either; nobody known.
                + " ('gil1', '2026-02-01', 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L),"
                + " ('who1', '2025-05-01', 1L, 99L, 99L, 999L, 0L, 0L, 0L, 0L)"
                + " AS t(account_key, day, orders, lines, discounted_lines, amount_minor, payments,"
                + " card_payments, wallet_payments, instalment_payments)");
    Dataset<Row> accounts =
        spark.sql(
            "SELECT account_key, substr(account_key, 1, 3) AS customer_id FROM VALUES ('ann1'),"
                + " ('ann2'), ('bob1'), ('cid1'), ('dot1'), ('eve1'), ('fay1'), ('gil1')"
                + " AS t(account_key)");
    summary = HabitTransforms.summarize(days, accounts, AS_OF).localCheckpoint();
  }

  @Test
  void comparesGrowthWithTheCohort() {
    // ann (600 - 200) / 800, bob (100 - 300) / 400, and both (700 - 500) / 1200.
    assertThat(column(HabitTransforms.withSpendGrowth(summary, AS_OF), "spend_growth"))
        .containsExactly(
            "ann " + (0.5 - 200 / 1200.0),
            "bob " + (-0.5 - 200 / 1200.0),
            "cid null",
            "dot null",
            "eve null",
            "fay null");
  }

  @Test
  void drawsTheShareOfDiscountsToThatOfAll() {
    // 4 of 20 lines are discounted: ann 4 of 10, bob 0 of 5, cid 0 of 5, dot and eve none.
    Row share = HabitTransforms.discountedShare(summary).head();

    assertThat(share.getDouble(0)).isEqualTo(0.2);
    assertThat(
            column(HabitTransforms.withDiscountDependence(summary, 0.2, 10), "discount_dependence"))
        .containsExactly(
            "ann " + 6 / 20.0,
            "bob " + 2 / 15.0,
            "cid " + 2 / 15.0,
            "dot 0.2",
            "eve 0.2",
            "fay null");
    assertThat(
            column(HabitTransforms.withDiscountDependence(summary, 0.2, 0), "discount_dependence"))
        .containsExactly("ann 0.4", "bob 0.0", "cid 0.0", "dot null", "eve null", "fay null");
  }

  @Test
  void knowsNoDependenceWhereNoDiscountIsOnRecord() {
    assertThat(
            HabitTransforms.discountedShare(summary.filter("customer_id = 'bob'"))
                .head()
                .isNullAt(0))
        .isTrue();
    assertThat(HabitTransforms.discountedShare(summary.filter("false")).head().isNullAt(0))
        .isTrue();
    assertThat(
            column(
                HabitTransforms.withDiscountDependence(
                    summary.filter("customer_id = 'bob'"), null, 10),
                "discount_dependence"))
        .containsExactly("bob null");
  }

  @Test
  void namesTheMethodOfMostPayments() {
    Dataset<Row> habits = HabitTransforms.withPaymentHabits(summary);

    assertThat(column(habits, "main_payment_method"))
        .containsExactly(
            "ann wallet", "bob other", "cid null", "dot null", "eve wallet", "fay card");
    assertThat(column(habits, "instalment_share"))
        .containsExactly("ann 0.0", "bob 0.0", "cid null", "dot null", "eve 0.0", "fay " + 1 / 3.0);
  }

  private static List<String> column(Dataset<Row> rows, String column) {
    return rows.select("customer_id", column).orderBy("customer_id").collectAsList().stream()
        .map(row -> row.mkString(" "))
        .toList();
  }
}

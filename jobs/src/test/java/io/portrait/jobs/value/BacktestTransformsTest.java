package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.CustomerMaps;
import java.time.LocalDate;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class BacktestTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);
  private static final Holdout HOLDOUT = new Holdout(LocalDate.of(2026, 1, 11), 20);

  @Test
  void keepsBackTheHorizonOrHalfOfAShorterHistory() {
    assertThat(Holdout.of(AS_OF.minusDays(100), AS_OF, 20)).contains(HOLDOUT);
    assertThat(Holdout.of(AS_OF.minusDays(41), AS_OF, 365)).contains(HOLDOUT);
    assertThat(Holdout.of(AS_OF.minusDays(28), AS_OF, 365))
        .contains(new Holdout(AS_OF.minusDays(14), 14));
    assertThat(Holdout.of(AS_OF.minusDays(27), AS_OF, 365)).isEmpty();
  }

  @Test
  void partsSpendAtTheCutoff(SparkSession spark) {
    Dataset<Row> accountDays =
        spark
            .sql(
                "SELECT * FROM VALUES"
                    // The first day of the period before, and the day before it.
                    + " ('ann1', '2025-12-22', 500L, 0L), ('ann1', '2025-12-21', 9000L, 0L),"
                    // The last day before the cutoff, and the cutoff.
                    + " ('ann2', '2026-01-10', 100L, 40L), ('ann1', '2026-01-11', 30L, 0L),"
                    // The last day of the holdout, and the day after it.
                    + " ('ann1', '2026-01-30', 7L, 0L), ('ann1', '2026-01-31', 9000L, 0L),"
                    + " ('bob1', '2026-01-12', 0L, 10L), ('who1', '2026-01-12', 10L, 0L)"
                    + " AS t(account_key, event_day, amount_minor, refund_minor)")
            .withColumn("event_day", col("event_day").cast("date"));
    Dataset<Row> map = CustomerMaps.of(spark, "ann1", "ann2", "bob1", "who1");

    assertThat(
            BacktestTransforms.spends(accountDays, map, HOLDOUT)
                .orderBy("customer_id")
                .collectAsList())
        .containsExactly(RowFactory.create("ann", 560L, 37L), RowFactory.create("bob", 0L, -10L));
  }

  @Test
  void expectsOfTheSameCustomersWhatModelsAndRuleSay(SparkSession spark) {
    BetaGeometricModel purchases = new BetaGeometricModel(0.5, 4, 0.8, 2.5);
    GammaGammaModel spend = new GammaGammaModel(6, 4, 15);
    Dataset<Row> histories =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 2L, 14L, 28L, 4600L, true),"
                + " ('bob', 0L, 0L, 28L, 0L, true), ('cid', 1L, 7L, 28L, 0L, false)"
                + " AS t(customer_id, repeat_purchase_days, span_days, age_days, repeat_net_minor,"
                + " has_net_spend)");
    Dataset<Row> spends =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 700L, 900L), ('cid', 1L, 1L)"
                + " AS t(customer_id, before_minor, after_minor)");

    long ann =
        Math.round(
            100 * spend.expectedSpend(2, 23) * purchases.expectedPurchases(20 / 7.0, 2, 2, 4));
    long bob =
        Math.round(
            100 * spend.expectedSpend(0, 0) * purchases.expectedPurchases(20 / 7.0, 0, 0, 4));
    assertThat(
            BacktestTransforms.measured(histories, spends, purchases, spend, 20, 2)
                .select("predictor", "predicted_minor", "observed_minor")
                .collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("model", ann, 900L),
            RowFactory.create("last_period", 700L, 900L),
            RowFactory.create("model", bob, 0L),
            RowFactory.create("last_period", 0L, 0L));
  }

  /** Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 4, 3; a rule that says the same of all has no order. */
  @Test
  void measuresErrorsAndTheOrderOfCustomers(SparkSession spark) {
    Dataset<Row> measured =
        spark.sql(
            "SELECT * FROM VALUES ('model', 0L, 0L), ('model', 10L, 0L), ('model', 10L, 90L),"
                + " ('model', 50L, 20L), ('flat', 5L, 1L), ('flat', 5L, -2L)"
                + " AS t(predictor, predicted_minor, observed_minor)");

    Map<String, Row> found =
        BacktestTransforms.sums(measured).collectAsList().stream()
            .collect(Collectors.toMap(row -> row.getAs("predictor"), Function.identity()));

    Row model = found.get("model");
    assertThat(model.<Long>getAs("customers")).isEqualTo(4);
    assertThat(model.<Long>getAs("predicted")).isEqualTo(70);
    assertThat(model.<Long>getAs("observed")).isEqualTo(110);
    assertThat(model.<Long>getAs("errors")).isEqualTo(120);
    // Differences from the mean rank 2.5: -1.5, 0, 0, 1.5 and -1, -1, 1.5, 0.5.
    assertThat(ValueBacktest.rankCorrelation(model).orElseThrow())
        .isCloseTo(2.25 / Math.sqrt(4.5 * 4.5), within(1e-12));
    assertThat(ValueBacktest.rankCorrelation(found.get("flat"))).isEmpty();
  }
}

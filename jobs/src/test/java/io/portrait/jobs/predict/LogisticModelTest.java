package io.portrait.jobs.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.config.Predictions.Learning;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What follows from models and days without any data. */
class LogisticModelTest {

  /** Of terms 0, 1, 3, 4 and 5 of a case; the second and the third are of one input. */
  private static final LogisticModel MODEL =
      new LogisticModel(
          new int[] {0, 1, 3, 4, 5},
          new double[] {1, 2, 3, 0, 0},
          new double[] {1, 2, 0.5, 1, 1},
          new double[] {0.5, -1, 0.25, -0.125, 2},
          new double[0],
          -0.75,
          Double.NaN);

  private static final List<Input> INPUTS =
      List.of(Input.LAST_PURCHASE, Input.FREQUENCY, Input.FREQUENCY, Input.SPEND, Input.VISITS);

  private static final Explanation EXPLANATION =
      new Explanation(List.of(new Explanation.Part(MODEL, INPUTS)));

  @Test
  void explainsAProbabilityExactly() {
    // Standardised 2, 1, -2, 1 and 6, since 50 standard deviations count as 6.
    Row row = EXPLANATION.call(Vectors.dense(3, 4, 99, 2, 1, 50));

    double logOdds = -0.75 + 1 - 1 - 0.5 - 0.125 + 12;
    assertThat(row.getDouble(0)).isEqualTo(1 / (1 + Math.exp(-logOdds)));
    assertThat(row.toSeq().drop(1).mkString(","))
        .isEqualTo(
            "-0.75,visits,12.0,last_purchase,1.0,null,null,frequency,-1.5,spend,-0.125,null,null,"
                + "0.0,+12.00 Recent visits; +1.00 Time since the last purchase; -1.50 Number of"
                + " purchases; -0.13 Spend a purchase,+12.00 近期造訪; +1.00 距上次購買時間; -1.50"
                + " 購買次數; -0.13 每次消費金額");
  }

  @Test
  void givesNoReasonToACustomerLikeTheMean() {
    Row row = EXPLANATION.call(Vectors.dense(1, 2, 99, 3, 0, 0));

    assertThat(row.getDouble(0)).isCloseTo(1 / (1 + Math.exp(0.75)), within(1e-15));
    assertThat(row.isNullAt(2)).isTrue();
    assertThat(row.getString(15)).isEmpty();
  }

  /** Who buys within 30 days buys within 90, whatever the model of 90 says. */
  @Test
  void explainsTheModelWhoseProbabilityCounts() {
    LogisticModel less =
        new LogisticModel(
            new int[] {0},
            new double[] {1},
            new double[] {1},
            new double[] {-1},
            new double[0],
            -0.75,
            Double.NaN);
    Explanation explanation =
        new Explanation(
            List.of(
                new Explanation.Part(MODEL, INPUTS),
                new Explanation.Part(less, List.of(Input.REFUNDS))));
    Vector likely = Vectors.dense(3, 4, 99, 2, 1, 50);
    Vector unlikely = Vectors.dense(0, 4, 99, 3, 0, 0);

    assertThat(explanation.call(likely)).isEqualTo(EXPLANATION.call(likely));
    assertThat(explanation.call(unlikely).toSeq().mkString(","))
        .isEqualTo(
            1 / (1 + Math.exp(-0.25))
                + ",-0.75,refunds,1.0,null,null,null,null,null,null,null,null,null,null,0.0,"
                + "+1.00 Refunds,+1.00 退貨");
  }

  @Test
  void expectsThePurchaseAtTheMedian() {
    // ln 2 / (ln 5 / 30) is 12.9, ln 2 / (-ln 0.9 / 30) is 197.4; the last hazard holds on.
    assertThat(PurchaseForecast.expectedIn(0.8, 0.8, 0.9)).isEqualTo(12);
    assertThat(PurchaseForecast.expectedIn(0, 0.8, 0.9)).isEqualTo(30 + 12);
    assertThat(PurchaseForecast.expectedIn(0, 0, 0.8)).isEqualTo(60 + 12);
    assertThat(PurchaseForecast.expectedIn(0, 0, 0.1)).isEqualTo(60 + 197);
    assertThat(PurchaseForecast.expectedIn(0, 0.4, 0.4)).isNull();
    assertThat(PurchaseForecast.expectedIn(0, 0, 0)).isNull();
    assertThat(PurchaseForecast.expectedIn(0.01, 0.02, 0.03)).isNull();
    assertThat(PurchaseForecast.expectedIn(1, 1, 1)).isZero();
  }

  @Test
  void isNeverLessSureOfAPurchaseInMoreDays() {
    LogisticModel likely = constant(2);
    LogisticModel unlikely = constant(-2);

    Row row = new PurchaseForecast(likely, unlikely, null).call(Vectors.dense(0));

    double probability = 1 / (1 + Math.exp(-2));
    assertThat(row.getDouble(0)).isEqualTo(probability);
    assertThat(row.getDouble(1)).isEqualTo(probability);
    assertThat(row.isNullAt(2)).isTrue();
    assertThat(row.isNullAt(3)).isTrue();
    assertThat(
            PurchaseForecast.of(
                    List.of(Optional.empty(), Optional.of(unlikely), Optional.of(likely)))
                .call(Vectors.dense(0))
                .getDouble(2))
        .isEqualTo(probability);
  }

  @Test
  void trainsAtDaysWhoseFutureWasKnownWhenItIsMeasured() {
    Learning learning = new Learning(3, 30, 60, 30, 100);
    LocalDate asOf = LocalDate.of(2026, 7, 1);

    Schedule schedule = Schedule.of(LocalDate.of(2025, 10, 1), asOf, 90, learning);
    assertThat(schedule.tested()).isEqualTo(LocalDate.of(2026, 4, 2));
    // The third, 2025-11-03, has not 60 days of history.
    assertThat(schedule.training())
        .containsExactly(LocalDate.of(2026, 1, 2), LocalDate.of(2025, 12, 3));
    assertThat(schedule.known()).hasSize(3).startsWith(schedule.tested());
    assertThat(schedule.cutoffs()).hasSize(4).contains(new Cutoff(asOf, 90));

    // 100 days before the day at which it is measured: half to look at, half to learn from.
    Schedule brief = Schedule.of(LocalDate.of(2025, 12, 23), asOf, 90, learning);
    assertThat(brief.trainedHorizonDays()).isEqualTo(50);
    assertThat(brief.training()).containsExactly(LocalDate.of(2026, 2, 11));
    assertThat(brief.known()).containsExactly(brief.tested());
    assertThat(Question.purchase(30, brief).trainedDays()).isEqualTo(16);

    Schedule none = Schedule.of(LocalDate.of(2026, 3, 20), asOf, 90, learning);
    assertThat(none.training()).isEmpty();
    assertThat(none.cutoffs()).containsExactly(new Cutoff(asOf, 90));
  }

  private static LogisticModel constant(double logOdds) {
    return new LogisticModel(
        new int[0], new double[0], new double[0], new double[0], new double[0], logOdds, 0);
  }
}

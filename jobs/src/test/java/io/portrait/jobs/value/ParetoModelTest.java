package io.portrait.jobs.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The model against what others published of it for the CDNOW sample. */
class ParetoModelTest {

  /** The estimates that the published expectations were computed with (CLVTools). */
  private static final ParetoModel PUBLISHED =
      new ParetoModel(0.55315, 10.57633, 0.60625, 11.67150);

  @Test
  void findsThePublishedParameters() {
    Fit<ParetoModel> fit = ParetoModel.fit(CdnowSample.grouped(CdnowSample.read().histories()), 50);

    ParetoModel model = fit.model().orElseThrow();
    assertThat(model.r()).isCloseTo(0.553277, within(5e-6));
    assertThat(model.alpha()).isCloseTo(10.577684, within(5e-5));
    assertThat(model.s()).isCloseTo(0.606240, within(5e-6));
    assertThat(model.beta()).isCloseTo(11.668735, within(5e-4));
    Estimate estimate = fit.estimate().orElseThrow();
    assertThat(estimate.logLikelihood()).isCloseTo(-9594.976179, within(2e-5));
    // CLVTools prints these.
    assertThat(estimate.standardErrors().get(0)).isCloseTo(0.0476264, within(1e-4));
    assertThat(estimate.standardErrors().get(1)).isCloseTo(0.8427222, within(1e-3));
    assertThat(estimate.standardErrors().get(2)).isCloseTo(0.1872594, within(1e-3));
    assertThat(estimate.standardErrors().get(3)).isCloseTo(6.2105448, within(1e-2));
  }

  @Test
  void givesThePublishedExpectations() {
    assertThat(PUBLISHED.expectedPurchases(0)).isZero();
    assertThat(PUBLISHED.expectedPurchases(52)).isCloseTo(1.473434, within(1e-4));
    double[] byWeek = {
      0, .05077821, .09916088, .14542507, .18979930, .23247466, .27361274, .31335159, .35181024,
      .38909211
    };
    for (int week = 0; week < byWeek.length; week++) {
      assertThat(PUBLISHED.expectedPurchases(week)).isCloseTo(byWeek[week], within(0.01));
    }
    assertThat(PUBLISHED.probabilityAlive(26, 30.857142857, 31)).isCloseTo(0.997874, within(1e-4));
    assertThat(PUBLISHED.expectedPurchases(52, 26, 30.857142857, 31))
        .isCloseTo(25.45647, within(1e-2));
    assertThat(PUBLISHED.probabilityAlive(0, 0, 39)).isCloseTo(0.2941633, within(1e-3));
    // The more they bought in the first 20 of 39 weeks, the surer they are gone.
    int[] repeats = {10, 15, 20, 25};
    double[] published = {.7062289, .1442396, .02250658, .00309267};
    for (int i = 0; i < repeats.length; i++) {
      assertThat(PUBLISHED.expectedPurchases(52, repeats[i], 20, 39))
          .isCloseTo(published[i], Percentage.withPercentage(0.5));
    }
  }

  /** Held-out purchases by calibration frequency 0 to 6 and more (BTYD's walkthrough). */
  @Test
  void predictsTheHeldOutPurchasesAsPublished() {
    double[] expected = new double[8];
    int[] customers = new int[8];
    for (PurchaseHistory history : CdnowSample.read().histories()) {
      int group = Math.min(history.repeats(), 7);
      customers[group]++;
      expected[group] +=
          PUBLISHED.expectedPurchases(
              CdnowSample.HOLDOUT_WEEKS, history.repeats(), history.lastPurchase(), history.age());
    }

    double[] published = {.138, .600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403};
    for (int x = 0; x < 8; x++) {
      assertThat(expected[x] / customers[x]).isCloseTo(published[x], Percentage.withPercentage(1));
    }
  }

  /** Weeks 20 to 25 of BTYD's walkthrough, whose estimates differ in the fourth digit. */
  @Test
  void expectsThePublishedRepeatsWeekByWeek() {
    CdnowSample sample = CdnowSample.read();
    ParetoModel walkthrough = new ParetoModel(0.553, 10.580, 0.606, 11.656);
    double[] expected = {78.308, 76.419, 74.648, 72.983, 71.414, 69.933};

    for (int i = 0; i < expected.length; i++) {
      assertThat(
              sample.expectedUntil(20 + i, walkthrough) - sample.expectedUntil(19 + i, walkthrough))
          .isCloseTo(expected[i], Percentage.withPercentage(0.1));
    }
    assertThat(sample.expectedUntil(20, walkthrough))
        .isCloseTo(1308.856, Percentage.withPercentage(0.1));
    assertThat(sample.expectedUntil(25, walkthrough))
        .isCloseTo(1674.253, Percentage.withPercentage(0.1));
  }

  /** The integral with 30 digits, by mpmath. */
  @Test
  void hasTheLogLikelihoodAndItsGradient() {
    LogLikelihood likelihood =
        new ParetoLikelihood(
            List.of(
                new PurchaseHistory(0, 0, 38.9, 7),
                new PurchaseHistory(0, 0, 0, 1),
                new PurchaseHistory(1, 3, 38, 5),
                new PurchaseHistory(2, 30, 30, 3),
                new PurchaseHistory(26, 30.9, 31, 2),
                new PurchaseHistory(300, 90, 104, 1)));
    double[][] parameters = {
      {0.55, 10.6, 0.61, 11.7}, {3, 0.5, 1, 30}, {0.1, 100, 3, 2}, {0.05, 0.02, 5, 200}
    };
    double[] exact = {
      -112.5671533096096, -153.6770885115655, -449.6934344361153, -87.30341557566906
    };
    for (int i = 0; i < exact.length; i++) {
      assertThat(likelihood.at(parameters[i], null)).isCloseTo(exact[i], within(1e-6));
      BetaGeometricModelTest.assertGradient(likelihood, parameters[i]);
    }
  }

  /** Histories of hundreds of purchases that gave other programs no number (CLVTools). */
  @Test
  void staysANumberForCustomersWhoBuyVeryOften() {
    ParetoModel model = new ParetoModel(0.5143, 2.8845, 0.2856, 14.1087);
    int[] repeats = {221, 254, 161, 204};
    double[] lastPurchases = {103.42857, 97.14286, 94.71429, 98.57143};
    double[] ages = {103.57143, 97.28571, 98, 99.42857};
    for (int i = 0; i < repeats.length; i++) {
      assertThat(model.probabilityAlive(repeats[i], lastPurchases[i], ages[i]))
          .isGreaterThan(0)
          .isLessThanOrEqualTo(1);
      assertThat(model.expectedPurchases(52, repeats[i], lastPurchases[i], ages[i]))
          .isGreaterThan(0)
          .isLessThan(52.0 * (repeats[i] + 1) / ages[i]);
    }
    assertThat(model.probabilityAlive(5000, 10, 500)).isZero();
    assertThat(model.probabilityAlive(3, 20, 20)).isEqualTo(1);
  }

  @Test
  void continuesThroughARateOfLeavingOfShapeOne() {
    double below = new ParetoModel(0.5, 10, 1 - 1e-7, 12).expectedPurchases(52);
    double at = new ParetoModel(0.5, 10, 1, 12).expectedPurchases(52);
    double above = new ParetoModel(0.5, 10, 1 + 1e-7, 12).expectedPurchases(52);

    assertThat(at).isCloseTo(0.5 / 10 * 12 * Math.log(64.0 / 12), within(1e-12));
    assertThat(below).isCloseTo(at, within(1e-6)).isGreaterThan(at);
    assertThat(above).isCloseTo(at, within(1e-6)).isLessThan(at);
  }

  @Test
  void saysWhyThereIsNoModel() {
    assertThat(ParetoModel.fit(List.of(), 50).reason()).contains(Reason.NO_REPEATS);
    assertThat(ParetoModel.fit(List.of(new PurchaseHistory(1, 10, 30, 49)), 50).reason())
        .contains(Reason.TOO_FEW_REPEATERS);
  }
}

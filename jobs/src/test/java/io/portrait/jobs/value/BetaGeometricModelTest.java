package io.portrait.jobs.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The model against what others published of it for the CDNOW sample, and against numbers of
 * arbitrary precision: the published formulas by mpmath, or their integral where they fail.
 */
class BetaGeometricModelTest {

  /** The estimates that the published expectations were computed with (BTYD's walkthrough). */
  private static final BetaGeometricModel PUBLISHED =
      new BetaGeometricModel(0.2425982, 4.4136842, 0.7929899, 2.4261667);

  /** The estimates of the paper, with which probabilities are published (BTYD's manual). */
  private static final BetaGeometricModel ROUNDED =
      new BetaGeometricModel(0.243, 4.414, 0.793, 2.426);

  @Test
  void findsThePublishedParameters() {
    Fit<BetaGeometricModel> fit =
        BetaGeometricModel.fit(CdnowSample.grouped(CdnowSample.read().histories()), 50);

    BetaGeometricModel model = fit.model().orElseThrow();
    assertThat(model.r()).isCloseTo(0.243, printed(3));
    assertThat(model.alpha()).isCloseTo(4.414, printed(3));
    assertThat(model.a()).isCloseTo(0.793, printed(3));
    assertThat(model.b()).isCloseTo(2.426, printed(3));
    assertThat(fit.reason()).isEmpty();
    Estimate estimate = fit.estimate().orElseThrow();
    assertThat(estimate.logLikelihood()).isCloseTo(-9582.429207, within(1e-5));
    // The Quickstart of lifetimes prints these.
    assertThat(estimate.standardErrors().get(0)).isCloseTo(0.012557, within(1e-4));
    assertThat(estimate.standardErrors().get(1)).isCloseTo(0.378221, within(1e-3));
    assertThat(estimate.standardErrors().get(2)).isCloseTo(0.185719, within(1e-3));
    assertThat(estimate.standardErrors().get(3)).isCloseTo(0.705345, within(3e-3));
  }

  @Test
  void givesThePublishedExpectationsOfAnyCustomer() {
    assertThat(PUBLISHED.expectedPurchases(0)).isZero();
    assertThat(PUBLISHED.expectedPurchases(0.1429)).isCloseTo(0.0078, printed(4));
    assertThat(PUBLISHED.expectedPurchases(1)).isCloseTo(0.0532, printed(4));
    assertThat(PUBLISHED.expectedPurchases(3)).isCloseTo(0.1506, printed(4));
    assertThat(PUBLISHED.expectedPurchases(31.8571)).isCloseTo(1.0405, printed(4));
    assertThat(PUBLISHED.expectedPurchases(32)).isCloseTo(1.0437, printed(4));
    assertThat(PUBLISHED.expectedPurchases(78)).isCloseTo(1.8576, within(4e-4));
    assertThat(PUBLISHED.expectedPurchases(52)).isCloseTo(1.444004, within(1e-6));
    assertThat(ROUNDED.probability(0, 39)).isCloseTo(0.5737864, printed(7));
    assertThat(ROUNDED.probability(10, 2)).isCloseTo(1.07869e-07, within(5e-13));
  }

  @Test
  void givesThePublishedExpectationsOfACustomer() {
    assertThat(PUBLISHED.probabilityAlive(26, 30.857142857, 31)).isCloseTo(0.9688523, printed(6));
    assertThat(PUBLISHED.expectedPurchases(52, 26, 30.857142857, 31))
        .isCloseTo(25.75659, within(1e-3));
    assertThat(PUBLISHED.expectedPurchases(39, 2, 30.43, 38.86)).isCloseTo(1.226, printed(3));
    // The more they bought in the first 20 of 39 weeks, the surer they are gone.
    assertThat(PUBLISHED.expectedPurchases(52, 10, 20, 39)).isCloseTo(0.3474606, within(1e-6));
    assertThat(PUBLISHED.expectedPurchases(52, 15, 20, 39)).isCloseTo(0.04283391, printed(7));
    assertThat(PUBLISHED.expectedPurchases(52, 20, 20, 39)).isCloseTo(0.004158973, within(2e-8));
    assertThat(PUBLISHED.expectedPurchases(52, 25, 20, 39)).isCloseTo(0.0003583685, within(3e-9));
  }

  @Test
  void predictsTheHeldOutPurchasesAsPublished() {
    CdnowSample sample = CdnowSample.read();
    List<PurchaseHistory> histories = sample.histories();
    BetaGeometricModel model = BetaGeometricModel.fit(histories, 50).model().orElseThrow();
    double[] expected = new double[8];
    double[] actual = new double[8];
    int[] customers = new int[8];
    double sum = 0;
    for (int i = 0; i < histories.size(); i++) {
      PurchaseHistory history = histories.get(i);
      int group = Math.min(history.repeats(), 7);
      double purchases =
          model.expectedPurchases(
              CdnowSample.HOLDOUT_WEEKS, history.repeats(), history.lastPurchase(), history.age());
      expected[group] += purchases;
      actual[group] += sample.heldOut().get(i);
      customers[group]++;
      sum += purchases;
    }

    assertThat(customers).containsExactly(1411, 439, 214, 100, 62, 38, 29, 64);
    double[] publishedActual = {.237, .697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359};
    double[] published = {
      .2250893, .5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036
    };
    for (int x = 0; x < 8; x++) {
      assertThat(actual[x] / customers[x]).isCloseTo(publishedActual[x], printed(3));
      assertThat(expected[x] / customers[x]).isCloseTo(published[x], Percentage.withPercentage(1));
    }
    assertThat(sum).isCloseTo(1653.41, within(0.01));
  }

  /** Weeks 20 to 25 of BTYD's walkthrough. */
  @Test
  void expectsThePublishedRepeatsWeekByWeek() {
    CdnowSample sample = CdnowSample.read();
    double[] actual = {73, 55, 70, 33, 56, 99};
    double[] actualUntil = {1359, 1414, 1484, 1517, 1573, 1672};
    double[] expected = {76.865, 74.888, 73.046, 71.322, 69.704, 68.182};

    for (int i = 0; i < 6; i++) {
      int week = 20 + i;
      double until = sample.expectedUntil(week, PUBLISHED);
      assertThat(sample.repeatsUntil(week)).isEqualTo(actualUntil[i]);
      assertThat(sample.repeatsUntil(week) - sample.repeatsUntil(week - 1)).isEqualTo(actual[i]);
      assertThat(until - sample.expectedUntil(week - 1, PUBLISHED))
          .isCloseTo(expected[i], printed(3));
    }
    assertThat(sample.expectedUntil(20, PUBLISHED)).isCloseTo(1312.458, within(1e-3));
    assertThat(sample.expectedUntil(25, PUBLISHED)).isCloseTo(1669.6, printed(1));
  }

  @Test
  void givesTheSameForGroupsAsForCustomersOneByOne() {
    List<PurchaseHistory> histories = CdnowSample.read().histories();
    double[] parameters = {0.3, 5, 0.7, 2};
    double[] ofCustomers = new double[4];
    double[] ofGroups = new double[4];

    double logLikelihood = new BetaGeometricLikelihood(histories).at(parameters, ofCustomers);
    List<PurchaseHistory> groups = CdnowSample.grouped(histories);

    assertThat(groups).hasSizeLessThan(histories.size());
    assertThat(new BetaGeometricLikelihood(groups).at(parameters, ofGroups))
        .isCloseTo(logLikelihood, within(1e-8));
    assertThat(ofGroups).containsExactly(ofCustomers, within(1e-8));
  }

  @Test
  void hasTheGradientOfItsLogLikelihood() {
    List<PurchaseHistory> histories =
        List.of(
            new PurchaseHistory(0, 0, 38.9, 7),
            new PurchaseHistory(0, 0, 0, 1),
            new PurchaseHistory(1, 3, 38, 5),
            new PurchaseHistory(2, 30, 30, 3),
            new PurchaseHistory(26, 30.9, 31, 2),
            new PurchaseHistory(300, 90, 104, 1));
    for (double[] parameters :
        List.of(
            new double[] {0.24, 4.4, 0.8, 2.4},
            new double[] {3, 0.5, 1, 0.1},
            new double[] {0.01, 100, 30, 0.001})) {
      assertGradient(new BetaGeometricLikelihood(histories), parameters);
    }
  }

  /** What the published formula gives, or its integral; both with 40 digits. */
  @Test
  void isExactWhereThePublishedFormulaFails() {
    Offset<Double> exact = within(1e-9);
    // a = 1, a + b below 1, a share of weeks near 1, hardly anyone leaves, one who buys often.
    assertThat(new BetaGeometricModel(0.5, 3, 1, 2).expectedPurchases(52))
        .isCloseTo(2.6417623916555093, exact);
    assertThat(new BetaGeometricModel(0.3, 2, 0.3, 0.4).expectedPurchases(52))
        .isCloseTo(2.833235371967148, exact);
    assertThat(new BetaGeometricModel(0.05, 0.02, 0.6, 1.5).expectedPurchases(52))
        .isCloseTo(5.929857434468755, exact);
    assertThat(new BetaGeometricModel(2, 10, 0.0001, 50).expectedPurchases(520))
        .isCloseTo(103.99146199491685, within(1e-7));
    assertThat(new BetaGeometricModel(2000, 100, 0.5, 3000).expectedPurchases(156))
        .isCloseTo(2569.603515502695, within(1e-6));
  }

  /** Histories of hundreds of purchases that gave other programs no number (CLVTools). */
  @Test
  void staysANumberForCustomersWhoBuyVeryOften() {
    int[] repeats = {221, 254, 161, 204};
    double[] lastPurchases = {103.42857, 97.14286, 94.71429, 98.57143};
    double[] ages = {103.57143, 97.28571, 98, 99.42857};
    List<PurchaseHistory> histories = new ArrayList<>();
    for (int i = 0; i < repeats.length; i++) {
      histories.add(new PurchaseHistory(repeats[i], lastPurchases[i], ages[i], 1));
      assertThat(PUBLISHED.probabilityAlive(repeats[i], lastPurchases[i], ages[i]))
          .isGreaterThan(0)
          .isLessThan(1);
      assertThat(PUBLISHED.expectedPurchases(52, repeats[i], lastPurchases[i], ages[i]))
          .isGreaterThan(0)
          .isLessThan(52.0 * repeats[i] / ages[i]);
    }
    assertThat(PUBLISHED.probabilityAlive(5000, 10, 500)).isZero();
    assertThat(PUBLISHED.probability(5000, 10)).isZero();
    double[] gradient = new double[4];
    assertThat(
            new BetaGeometricLikelihood(histories)
                .at(new double[] {0.5143, 2.8845, 0.2856, 14.1087}, gradient))
        .isFinite();
    assertThat(gradient).doesNotContain(Double.NaN);
  }

  @Test
  void addsUpToOneAndToItsMean() {
    double sum = 0;
    double mean = 0;
    for (int n = 0; n < 400; n++) {
      double probability = PUBLISHED.probability(n, 52);
      sum += probability;
      mean += n * probability;
    }

    assertThat(sum).isCloseTo(1, within(1e-9));
    assertThat(mean).isCloseTo(PUBLISHED.expectedPurchases(52), within(1e-7));
    assertThat(PUBLISHED.probability(0, 0)).isEqualTo(1);
    assertThat(PUBLISHED.probability(3, 0)).isZero();
  }

  /**
   * Twelve months at 1 % a month, times expected spend, for customers 1, 2, 3 and 6 of the sample.
   * The widely copied 140.10, 18.94, 38.18 and 1003.87 come of months of 30 weeks.
   */
  @Test
  void discountsByMonthsOfFourWeeksAndAThird() {
    CdnowSample sample = CdnowSample.read();
    BetaGeometricModel purchases =
        BetaGeometricModel.fit(sample.histories(), 50).model().orElseThrow();
    GammaGammaModel spend = GammaGammaModel.fit(sample.spends(), 50).model().orElseThrow();
    double yearly = Math.pow(1.01, 12) - 1;
    int[] customers = {0, 1, 2, 5};
    double[] published = {36.2785, 4.6375, 8.3441, 283.5236};

    for (int i = 0; i < customers.length; i++) {
      PurchaseHistory history = sample.histories().get(customers[i]);
      RepeatSpend repeats = sample.firstSpends(6).get(customers[i]);
      double value =
          spend.expectedSpend(repeats.repeats(), repeats.mean())
              * purchases.discountedPurchases(
                  Weeks.YEAR, yearly, history.repeats(), history.lastPurchase(), history.age());
      assertThat(value).isCloseTo(published[i], Percentage.withPercentage(0.3));
    }
    // Without a discount it is the plain expectation, the last month cut short included.
    assertThat(purchases.discountedPurchases(20, 0, 2, 30, 38))
        .isCloseTo(purchases.expectedPurchases(20, 2, 30, 38), within(1e-12));
  }

  @Test
  void saysWhyThereIsNoModel() {
    PurchaseHistory once = new PurchaseHistory(0, 0, 30, 100_000);
    PurchaseHistory twice = new PurchaseHistory(1, 10, 30, 49);

    assertThat(BetaGeometricModel.fit(List.of(), 50).reason()).contains(Reason.NO_REPEATS);
    assertThat(BetaGeometricModel.fit(List.of(once), 50).reason()).contains(Reason.NO_REPEATS);
    assertThat(BetaGeometricModel.fit(List.of(once, twice), 50).reason())
        .contains(Reason.TOO_FEW_REPEATERS);
    assertThat(BetaGeometricModel.fit(List.of(once, twice), 50).model()).isEmpty();
  }

  @Test
  void copesWithOneCustomerAndWithCustomersAllAlike() {
    for (PurchaseHistory history :
        List.of(
            new PurchaseHistory(1, 10, 30, 1),
            new PurchaseHistory(1, 0.14, 104, 1),
            new PurchaseHistory(10, 30, 30, 1),
            new PurchaseHistory(10, 30, 31, 1_000_000),
            new PurchaseHistory(700, 104, 104, 1_000_000))) {
      Fit<BetaGeometricModel> fit = BetaGeometricModel.fit(List.of(history), 1);

      assertThat(fit.model()).as("%s", fit).isPresent();
      double next =
          fit.model()
              .get()
              .expectedPurchases(
                  history.age(), history.repeats(), history.lastPurchase(), history.age());
      assertThat(next).as("%s", fit).isBetween(0.0, history.repeats() * 1.01);
      assertThat(fit.estimate().orElseThrow().standardErrors())
          .allSatisfy(error -> assertThat(error).isPositive());
    }
  }

  /** A number as printed with so many decimals. */
  private static Offset<Double> printed(int decimals) {
    return within(0.5001 * Math.pow(10, -decimals));
  }

  /** Compares with differences over small steps. */
  static void assertGradient(LogLikelihood likelihood, double[] parameters) {
    double[] gradient = new double[parameters.length];
    likelihood.at(parameters, gradient);
    double[] numeric =
        IntStream.range(0, parameters.length)
            .mapToDouble(
                i -> {
                  double step = 1e-6 * parameters[i];
                  double[] moved = parameters.clone();
                  moved[i] += step;
                  double above = likelihood.at(moved, null);
                  moved[i] -= 2 * step;
                  return (above - likelihood.at(moved, null)) / (2 * step);
                })
            .toArray();
    for (int i = 0; i < gradient.length; i++) {
      assertThat(gradient[i])
          .isCloseTo(numeric[i], within(1e-5 * Math.max(1, Math.abs(numeric[i]))));
    }
  }
}

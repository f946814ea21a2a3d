package io.portrait.jobs.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The model against what others published of it for the CDNOW sample. */
class GammaGammaModelTest {

  private static final GammaGammaModel PUBLISHED = new GammaGammaModel(6.24957, 3.74422, 15.44352);

  @Test
  void findsThePublishedParameters() {
    Fit<GammaGammaModel> fit = GammaGammaModel.fit(CdnowSample.read().spends(), 50);

    GammaGammaModel model = fit.model().orElseThrow();
    assertThat(model.p()).isCloseTo(6.24957, within(1e-3));
    assertThat(model.q()).isCloseTo(3.74422, within(1e-3));
    assertThat(model.gamma()).isCloseTo(15.44352, within(5e-3));
    Estimate estimate = fit.estimate().orElseThrow();
    assertThat(estimate.logLikelihood()).isCloseTo(-4055.91769, within(1e-4));
    assertThat(estimate.standardErrors()).allSatisfy(error -> assertThat(error).isPositive());
  }

  @Test
  void givesThePublishedExpectations() {
    CdnowSample sample = CdnowSample.read();
    double[] published = {24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17};
    List<RepeatSpend> first = sample.firstSpends(published.length);

    for (int i = 0; i < published.length; i++) {
      assertThat(PUBLISHED.expectedSpend(first.get(i).repeats(), first.get(i).mean()))
          .isCloseTo(published[i], within(0.0051));
    }
    GammaGammaModel model = GammaGammaModel.fit(sample.spends(), 50).model().orElseThrow();
    assertThat(
            sample.firstSpends(2357).stream()
                .mapToDouble(s -> model.expectedSpend(s.repeats(), s.mean()))
                .average()
                .orElseThrow())
        .isCloseTo(35.2529588, within(0.01));
    assertThat(sample.spends().stream().mapToDouble(RepeatSpend::mean).average().orElseThrow())
        .isCloseTo(35.0785518, within(1e-3));
  }

  @Test
  void hasTheGradientOfItsLogLikelihood() {
    List<RepeatSpend> spends =
        List.of(
            new RepeatSpend(1, 35.5, 10),
            new RepeatSpend(2, 0.01, 1),
            new RepeatSpend(29, 400, 3),
            new RepeatSpend(500, 12, 2));
    for (double[] parameters :
        List.of(new double[] {6, 4, 15}, new double[] {0.1, 1.1, 1000}, new double[] {50, 2, 1})) {
      BetaGeometricModelTest.assertGradient(new GammaGammaLikelihood(spends), parameters);
    }
  }

  @Test
  void doesNotDependOnTheUnitOfMoney() {
    List<RepeatSpend> spends = CdnowSample.read().spends();
    GammaGammaModel dollars = GammaGammaModel.fit(spends, 50).model().orElseThrow();

    for (double unit : new double[] {1e-6, 1e9}) {
      GammaGammaModel other =
          GammaGammaModel.fit(
                  spends.stream()
                      .map(s -> new RepeatSpend(s.repeats(), s.mean() * unit, s.customers()))
                      .toList(),
                  50)
              .model()
              .orElseThrow();
      assertThat(other.expectedSpend(2, 10 * unit))
          .isCloseTo(dollars.expectedSpend(2, 10) * unit, Percentage.withPercentage(0.001));
    }
  }

  @Test
  void recoversParametersThatWerePlanted() {
    GammaGammaModel planted = new GammaGammaModel(4, 5, 60);
    SplittableRandom random = new SplittableRandom(7);
    List<RepeatSpend> spends =
        IntStream.range(0, 20_000)
            .mapToObj(
                i -> {
                  int repeats = 1 + random.nextInt(10);
                  double scale = Draws.gamma(random, planted.q()) / planted.gamma();
                  return new RepeatSpend(
                      repeats, Draws.gamma(random, planted.p() * repeats) / (repeats * scale), 1);
                })
            .toList();

    GammaGammaModel found = GammaGammaModel.fit(spends, 50).model().orElseThrow();

    assertThat(found.p()).isCloseTo(planted.p(), Percentage.withPercentage(5));
    assertThat(found.q()).isCloseTo(planted.q(), Percentage.withPercentage(5));
    assertThat(found.gamma()).isCloseTo(planted.gamma(), Percentage.withPercentage(5));
  }

  @Test
  void saysWhyThereIsNoModel() {
    assertThat(GammaGammaModel.fit(List.of(), 50).reason()).contains(Reason.NO_REPEATS);
    assertThat(GammaGammaModel.fit(List.of(new RepeatSpend(2, 10, 49)), 50).reason())
        .contains(Reason.TOO_FEW_REPEATERS);
    // A tail so heavy that no mean exists: 1, 4, 16, ... each as often as the one before.
    List<RepeatSpend> heavy =
        IntStream.range(0, 25).mapToObj(i -> new RepeatSpend(5, Math.pow(4, i), 100)).toList();
    assertThat(GammaGammaModel.fit(heavy, 50).reason()).contains(Reason.NO_MEAN_SPEND);
  }

  @Test
  void copesWithOneCustomerAndWithCustomersAllAlike() {
    for (RepeatSpend spend :
        Stream.of(1, 20)
            .flatMap(x -> Stream.of(1L, 1_000_000L).map(n -> new RepeatSpend(x, 12.5, n)))
            .toList()) {
      GammaGammaModel model = GammaGammaModel.fit(List.of(spend), 1).model().orElseThrow();

      assertThat(model.expectedSpend(spend.repeats(), spend.mean()))
          .isCloseTo(12.5, Percentage.withPercentage(1));
    }
  }
}

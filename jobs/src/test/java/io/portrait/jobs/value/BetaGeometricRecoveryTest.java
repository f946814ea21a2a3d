package io.portrait.jobs.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Customers who buy as the model says, known to the day: what was planted is found again. */
class BetaGeometricRecoveryTest {

  private static final BetaGeometricModel PLANTED = new BetaGeometricModel(0.9, 4, 0.9, 2.2);
  private static final int CUSTOMERS = 20_000;
  private static final int DAYS_KNOWN = 730;
  private static final int DAYS_AHEAD = 365;

  @Test
  void recoversParametersAndPredictsWhatComes() {
    SplittableRandom random = new SplittableRandom(20_260_131);
    List<PurchaseHistory> histories = new ArrayList<>();
    double boughtLater = 0;
    for (int i = 0; i < CUSTOMERS; i++) {
      int age = 200 + random.nextInt(DAYS_KNOWN - 200);
      List<Integer> days = purchaseDays(random, age + DAYS_AHEAD);
      List<Integer> known = days.stream().filter(day -> day <= age).toList();
      boughtLater += days.size() - known.size();
      histories.add(
          new PurchaseHistory(
              known.size(),
              known.isEmpty() ? 0 : Weeks.ofDays(known.get(known.size() - 1)),
              Weeks.ofDays(age),
              1));
    }

    BetaGeometricModel found =
        BetaGeometricModel.fit(CdnowSample.grouped(histories), 50).model().orElseThrow();

    assertThat(found.r()).isCloseTo(PLANTED.r(), Percentage.withPercentage(5));
    assertThat(found.alpha()).isCloseTo(PLANTED.alpha(), Percentage.withPercentage(5));
    assertThat(found.a()).isCloseTo(PLANTED.a(), Percentage.withPercentage(5));
    assertThat(found.b()).isCloseTo(PLANTED.b(), Percentage.withPercentage(5));
    double expected =
        histories.stream()
            .mapToDouble(
                h ->
                    found.expectedPurchases(
                        Weeks.ofDays(DAYS_AHEAD), h.repeats(), h.lastPurchase(), h.age()))
            .sum();
    assertThat(expected).isCloseTo(boughtLater, Percentage.withPercentage(3));
  }

  /**
   * Days after the first purchase on which a customer buys again; each purchase may be the last.
   */
  private static List<Integer> purchaseDays(SplittableRandom random, int until) {
    double rate = Draws.gamma(random, PLANTED.r()) / PLANTED.alpha();
    double leaves = Draws.beta(random, PLANTED.a(), PLANTED.b());
    List<Integer> days = new ArrayList<>();
    double time = 0;
    while (true) {
      time += 7 * Draws.exponential(random, rate);
      if (time > until) {
        return days;
      }
      days.add((int) Math.ceil(time));
      if (random.nextDouble() < leaves) {
        return days;
      }
    }
  }
}

package io.portrait.jobs.value;

import java.io.Serializable;

/**
 * A model of purchases: what is expected of a customer of whom x repeat purchases are known, the
 * last of them t_x weeks after the first purchase, which was T weeks ago.
 */
interface PurchaseModel extends Serializable {

  /** Probability that a customer still buys. */
  double probabilityAlive(long repeats, double lastPurchase, double age);

  /** Expected repeat purchases of any customer within so many weeks of the first purchase. */
  double expectedPurchases(double weeks);

  /** Expected purchases of a customer in the next weeks. */
  default double expectedPurchases(double weeks, long repeats, double lastPurchase, double age) {
    return probabilityAlive(repeats, lastPurchase, age)
        * expectedPurchasesOfActive(weeks, repeats, age);
  }

  /** Expected purchases in the next weeks of a customer who still buys. */
  double expectedPurchasesOfActive(double weeks, long repeats, double age);

  /**
   * Expected purchases of a customer in the next weeks, each worth less the later it is: the sum
   * over months of (E(t_k) - E(t_(k-1))) / (1 + d)^(t_k / year), where E(t) are {@link
   * #expectedPurchases(double, long, double, double)} until t, t_k is the end of month k or of all
   * weeks, and d the discount rate. A month is a twelfth of 365.25 days.
   *
   * @param discountRate of a year, as 0.1
   */
  default double discountedPurchases(
      double weeks, double discountRate, long repeats, double lastPurchase, double age) {
    double discounted = 0;
    double before = 0;
    double until = 0;
    for (int month = 1; until < weeks; month++) {
      until = Math.min(month * Weeks.MONTH, weeks);
      double expected = expectedPurchasesOfActive(until, repeats, age);
      discounted += (expected - before) / Math.pow(1 + discountRate, until / Weeks.YEAR);
      before = expected;
    }
    return probabilityAlive(repeats, lastPurchase, age) * discounted;
  }
}

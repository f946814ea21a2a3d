package io.portrait.jobs.value;

import static org.apache.commons.math3.special.Gamma.logGamma;

import java.util.List;

/**
 * The BG/NBD model of purchases: a customer buys at a steady rate, and after each repeat purchase
 * may be gone for good. Rates have a gamma distribution between customers, and the probabilities to
 * go a beta distribution.
 *
 * <p>Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way: An Alternative to the
 * Pareto/NBD Model", whose letters these are: x repeat purchases, the last of them t_x weeks after
 * the first purchase, which was T weeks ago. A customer without repeats cannot have gone.
 *
 * @param r shape of the rates
 * @param alpha inverse scale of the rates, in weeks
 * @param a first parameter of the probabilities to go
 * @param b second parameter of the probabilities to go
 */
record BetaGeometricModel(double r, double alpha, double a, double b) implements PurchaseModel {

  private static final long serialVersionUID = 1;

  /** Terms of a series left out are smaller than this, relative to the sum. */
  private static final double PRECISION = 1e-12;

  /** More are not needed for ten years ahead, whatever the parameters that a fit may give. */
  private static final int MOST_TERMS = 2_000_000;

  private static final double TOO_LARGE = 1e200;

  /**
   * Fits the model.
   *
   * @param histories of all customers with a purchase
   * @param minRepeaters with fewer customers with a repeat purchase there is no model
   */
  static Fit<BetaGeometricModel> fit(List<PurchaseHistory> histories, int minRepeaters) {
    return Fit.of(
        PurchaseHistory.repeaters(histories),
        minRepeaters,
        () -> new BetaGeometricLikelihood(histories),
        estimate -> Fit.of(of(estimate.parameters()), estimate));
  }

  private static BetaGeometricModel of(List<Double> parameters) {
    return new BetaGeometricModel(
        parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3));
  }

  /**
   * Probability that a customer still buys: 1 / (1 + [x &gt; 0] a / (b + x - 1) ((alpha + T) /
   * (alpha + t_x))^(r + x)) (Fader, Hardie and Lee 2008, "Computing P(alive) Using the BG/NBD
   * Model").
   */
  @Override
  public double probabilityAlive(long repeats, double lastPurchase, double age) {
    if (repeats == 0) {
      return 1;
    }
    double logOddsGone =
        Math.log(a / (b + repeats - 1))
            + (r + repeats) * Math.log((alpha + age) / (alpha + lastPurchase));
    return 1 / (1 + Math.exp(logOddsGone));
  }

  @Override
  public double expectedPurchases(double weeks) {
    return expectedPurchases(r, alpha, a, b, weeks);
  }

  /** The data say of the rate r + x and alpha + T, and of the probability to go a and b + x. */
  @Override
  public double expectedPurchasesOfActive(double weeks, long repeats, double age) {
    return expectedPurchases(r + repeats, alpha + age, a, b + repeats, weeks);
  }

  /**
   * Probability of so many repeat purchases of any customer within some weeks of the first
   * purchase: those of a customer still there after them, and of one that went with the last.
   */
  double probability(int purchases, double weeks) {
    double share = weeks / (alpha + weeks);
    double wouldBuy =
        Math.exp(
            logGamma(r + purchases)
                - logGamma(r)
                - logGamma(purchases + 1.0)
                + r * Math.log1p(-share)
                + (purchases == 0 ? 0 : purchases * Math.log(share)));
    double stays = Math.exp(logBeta(a, b + purchases) - logBeta(a, b)) * wouldBuy;
    if (purchases == 0) {
      return stays;
    }
    double goes = Math.exp(logBeta(a + 1, b + purchases - 1) - logBeta(a, b));
    return stays + goes * wouldBuyAtLeast(purchases, wouldBuy, share);
  }

  /** Adds up the side of a negative binomial distribution that is the smaller one. */
  private double wouldBuyAtLeast(int purchases, double probability, double share) {
    double sum = 0;
    double term = probability;
    if (purchases < r * share / (1 - share)) {
      for (int k = purchases; k > 0 && term > PRECISION * sum; k--) {
        term *= k / (share * (r + k - 1));
        sum += term;
      }
      return 1 - sum;
    }
    for (int k = purchases; term > PRECISION * sum; k++) {
      sum += term;
      term *= share * (r + k) / (k + 1);
    }
    return sum;
  }

  /**
   * Expected purchases within some weeks of a customer that is there.
   *
   * <p>The published formula has (a + b - 1) / (a - 1) times a difference of almost equal numbers,
   * one of them hypergeometric: it fails near a = 1 and where a + b is at most 1. The same number,
   * derived anew: were there no leaving, the number of purchases K would be negative binomial, and
   * purchase k + 1 is made if the customer has not gone with one of the k before it, which has
   * probability s_k = b (b + 1) ... (b + k - 1) / ((a + b) ... (a + b + k - 1)). So it is the mean
   * of s_0 + ... + s_(K - 1) over K: a sum of positive terms for all parameters. It is divided by
   * the sum of the probabilities, which then need no factor that may be too small for a number.
   *
   * @param shape r, or r + x
   * @param rate alpha, or alpha + T
   * @param a a
   * @param b b, or b + x
   */
  private static double expectedPurchases(
      double shape, double rate, double a, double b, double weeks) {
    double share = weeks / (rate + weeks);
    double term = 1;
    double terms = 1;
    double made = 0;
    double sum = 0;
    double stays = 1;
    for (int k = 0; k < MOST_TERMS; k++) {
      made += stays;
      stays *= (b + k) / (a + b + k);
      term *= share * (shape + k) / (k + 1);
      terms += term;
      sum += term * made;
      // Later terms shrink at least by this factor each, while their weights grow by at most 1.
      double factor = Math.max(share, share * (shape + k + 1) / (k + 2));
      if (factor < 1
          && term * factor * (made + 1 / (1 - factor)) <= PRECISION * sum * (1 - factor)) {
        break;
      }
      if (terms > TOO_LARGE) {
        term /= TOO_LARGE;
        terms /= TOO_LARGE;
        sum /= TOO_LARGE;
      }
    }
    return sum / terms;
  }

  private static double logBeta(double first, double second) {
    return logGamma(first) + logGamma(second) - logGamma(first + second);
  }
}

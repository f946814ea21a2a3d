package io.portrait.jobs.value;

import static org.apache.commons.math3.special.Gamma.digamma;
import static org.apache.commons.math3.special.Gamma.logGamma;

import java.util.List;

/**
 * Log-likelihood of {@link ParetoModel} in r, alpha, s and beta.
 *
 * <p>That of a customer is (Fader and Hardie 2005, its integral left as it is)
 *
 * <pre>
 *   ln G(r + x) - ln G(r) + r ln alpha + s ln beta
 * + ln( (alpha + T)^-(r + x) (beta + T)^-s
 *       + integral from t_x to T of s (alpha + u)^-(r + x) (beta + u)^-(s + 1) du )
 * </pre>
 *
 * where G is the gamma function: the customer is still there, or left at u ({@link Departure}).
 */
final class ParetoLikelihood implements LogLikelihood {

  /** Time is known to the day, so data tell no rate apart below a tenth of one. */
  private static final double LEAST_SCALE = Weeks.ofDays(1) / 10;

  private final List<PurchaseHistory> histories;
  private final double customers;

  ParetoLikelihood(List<PurchaseHistory> histories) {
    this.histories = List.copyOf(histories);
    this.customers = histories.stream().mapToDouble(PurchaseHistory::customers).sum();
  }

  @Override
  public double customers() {
    return customers;
  }

  @Override
  public double[] floors() {
    return new double[] {0, LEAST_SCALE, 0, LEAST_SCALE};
  }

  /** With r / alpha, the mean purchase rate of the model, that of the data. */
  @Override
  public double[][] starts() {
    double bought = 0;
    double passed = 0;
    for (PurchaseHistory history : histories) {
      bought += (double) history.customers() * history.repeats();
      passed += history.customers() * history.age();
    }
    double weeks = passed / bought;
    double stay = passed / customers;
    return new double[][] {
      {1, LEAST_SCALE + weeks, 1, LEAST_SCALE + stay},
      {0.5, LEAST_SCALE + 0.5 * weeks, 0.5, LEAST_SCALE + 0.5 * stay},
      {4, LEAST_SCALE + 4 * weeks, 1, LEAST_SCALE + 4 * stay}
    };
  }

  @Override
  public double at(double[] parameters, double[] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double s = parameters[2];
    double beta = parameters[3];
    double sum = customers * (r * Math.log(alpha) + s * Math.log(beta) - logGamma(r));
    double byR = customers * (Math.log(alpha) - digamma(r));
    double byAlpha = customers * r / alpha;
    double byS = customers * Math.log(beta);
    double byBeta = customers * s / beta;
    for (PurchaseHistory history : histories) {
      double weight = history.customers();
      double purchases = r + history.repeats();
      double logAge = Math.log(alpha + history.age());
      double logStay = Math.log(beta + history.age());
      double logAlive = -purchases * logAge - s * logStay;
      Departure left =
          new Departure(
              history.repeats(), history.lastPurchase(), history.age(), r, alpha, s, beta);
      double logLeft = left.logProbability();
      double greater = Math.max(logAlive, logLeft);
      double log = greater + Math.log1p(Math.exp(Math.min(logAlive, logLeft) - greater));
      sum += weight * (logGamma(purchases) + log);
      if (gradient != null) {
        double alive = Math.exp(logAlive - log);
        byR += weight * (digamma(purchases) - alive * logAge);
        byAlpha -= weight * alive * purchases / (alpha + history.age());
        byS -= weight * alive * logStay;
        byBeta -= weight * alive * s / (beta + history.age());
        double gone = Math.exp(logLeft - log);
        if (gone > 0) {
          byR += weight * gone * left.byR();
          byAlpha += weight * gone * left.byAlpha();
          byS += weight * gone * left.byS();
          byBeta += weight * gone * left.byBeta();
        }
      }
    }
    if (gradient != null) {
      gradient[0] = byR;
      gradient[1] = byAlpha;
      gradient[2] = byS;
      gradient[3] = byBeta;
    }
    return sum;
  }
}

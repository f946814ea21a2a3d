package io.portrait.jobs.value;

import static org.apache.commons.math3.special.Gamma.digamma;
import static org.apache.commons.math3.special.Gamma.logGamma;

import java.util.List;

/**
 * Log-likelihood of {@link BetaGeometricModel} in r, alpha, a and b.
 *
 * <p>That of a customer is (Fader, Hardie and Lee 2005, its terms arranged as in their note on
 * fitting the model, so that nothing overflows)
 *
 * <pre>
 *   ln G(r + x) - ln G(r) + r ln alpha
 * + ln G(a + b) + ln G(b + x) - ln G(b) - ln G(a + b + x)
 * + ln( (alpha + T)^-(r + x) + [x &gt; 0] a / (b + x - 1) (alpha + t_x)^-(r + x) )
 * </pre>
 *
 * where G is the gamma function. The first two lines depend on x alone and are computed once for
 * all customers with the same x. The two powers are of a customer still buying and one gone; each
 * may be too small for a number, so they are added as logarithms.
 */
final class BetaGeometricLikelihood implements LogLikelihood {

  /** Time is known to the day, so data tell no rate apart below a tenth of one. */
  private static final double LEAST_ALPHA = Weeks.ofDays(1) / 10;

  private final int[] repeats;
  private final double[] lastPurchases;
  private final double[] ages;
  private final double[] weights;
  private final double[] weightsByRepeats;
  private final double customers;

  BetaGeometricLikelihood(List<PurchaseHistory> histories) {
    repeats = histories.stream().mapToInt(PurchaseHistory::repeats).toArray();
    lastPurchases = histories.stream().mapToDouble(PurchaseHistory::lastPurchase).toArray();
    ages = histories.stream().mapToDouble(PurchaseHistory::age).toArray();
    weights = histories.stream().mapToDouble(PurchaseHistory::customers).toArray();
    weightsByRepeats =
        new double[1 + histories.stream().mapToInt(PurchaseHistory::repeats).max().orElse(0)];
    histories.forEach(h -> weightsByRepeats[h.repeats()] += h.customers());
    customers = histories.stream().mapToDouble(PurchaseHistory::customers).sum();
  }

  @Override
  public double customers() {
    return customers;
  }

  @Override
  public double[] floors() {
    return new double[] {0, LEAST_ALPHA, 0, 0};
  }

  /** With r / alpha, the mean purchase rate of the model, that of the data. */
  @Override
  public double[][] starts() {
    double bought = 0;
    double passed = 0;
    for (int i = 0; i < weights.length; i++) {
      bought += weights[i] * repeats[i];
      passed += weights[i] * ages[i];
    }
    double weeks = passed / bought;
    return new double[][] {
      {1, LEAST_ALPHA + weeks, 1, 1},
      {0.25, LEAST_ALPHA + 0.25 * weeks, 0.5, 2},
      {4, LEAST_ALPHA + 4 * weeks, 0.1, 2}
    };
  }

  @Override
  public double at(double[] parameters, double[] gradient) {
    return ofRepeats(parameters, gradient) + ofTimes(parameters, gradient);
  }

  /** The first two lines; sets the gradient. */
  private double ofRepeats(double[] parameters, double[] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double a = parameters[2];
    double b = parameters[3];
    double sum = 0;
    double byR = 0;
    double byA = 0;
    double byB = 0;
    for (int x = 0; x < weightsByRepeats.length; x++) {
      double weight = weightsByRepeats[x];
      if (weight > 0) {
        sum +=
            weight
                * (logGamma(r + x)
                    - logGamma(r)
                    + logGamma(a + b)
                    - logGamma(a + b + x)
                    + logGamma(b + x)
                    - logGamma(b));
        if (gradient != null) {
          double ofBoth = digamma(a + b) - digamma(a + b + x);
          byR += weight * (digamma(r + x) - digamma(r));
          byA += weight * ofBoth;
          byB += weight * (ofBoth + digamma(b + x) - digamma(b));
        }
      }
    }
    if (gradient != null) {
      gradient[0] = byR + customers * Math.log(alpha);
      gradient[1] = customers * r / alpha;
      gradient[2] = byA;
      gradient[3] = byB;
    }
    return sum + customers * r * Math.log(alpha);
  }

  /** The third line; adds to the gradient. */
  private double ofTimes(double[] parameters, double[] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double a = parameters[2];
    double b = parameters[3];
    double[] logFactor = new double[weightsByRepeats.length];
    for (int x = 1; x < logFactor.length; x++) {
      logFactor[x] = Math.log(a / (b + x - 1));
    }
    double sum = 0;
    double byR = 0;
    double byAlpha = 0;
    double byA = 0;
    double byB = 0;
    for (int i = 0; i < weights.length; i++) {
      int x = repeats[i];
      double purchases = r + x;
      double untilNow = alpha + ages[i];
      double logNow = Math.log(untilNow);
      double logAlive = -purchases * logNow;
      if (x == 0) {
        sum += weights[i] * logAlive;
        byR -= weights[i] * logNow;
        byAlpha -= weights[i] * purchases / untilNow;
        continue;
      }
      double untilLast = alpha + lastPurchases[i];
      double logLast = Math.log(untilLast);
      double logGone = logFactor[x] - purchases * logLast;
      double greater = Math.max(logAlive, logGone);
      double log = greater + Math.log(1 + Math.exp(Math.min(logAlive, logGone) - greater));
      sum += weights[i] * log;
      if (gradient != null) {
        double alive = Math.exp(logAlive - log);
        double gone = Math.exp(logGone - log);
        byR -= weights[i] * (alive * logNow + gone * logLast);
        byAlpha -= weights[i] * purchases * (alive / untilNow + gone / untilLast);
        byA += weights[i] * gone / a;
        byB -= weights[i] * gone / (b + x - 1);
      }
    }
    if (gradient != null) {
      gradient[0] += byR;
      gradient[1] += byAlpha;
      gradient[2] += byA;
      gradient[3] += byB;
    }
    return sum;
  }
}

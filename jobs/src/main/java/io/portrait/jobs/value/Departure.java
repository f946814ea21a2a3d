package io.portrait.jobs.value;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * That a customer of the Pareto/NBD model left between the last purchase t_x and now, T: the
 * integral over u from t_x to T of
 *
 * <pre>s (alpha + u)^-(r + x) (beta + u)^-(s + 1)</pre>
 *
 * and its derivatives.
 *
 * <p>Published as a difference of two hypergeometric functions, which loses all digits where they
 * are almost equal and has no simple derivatives. It is added up here by Gauss and Legendre's rule
 * instead, over y with y^4 = ((scale + u) / (scale + t_x))^-(r + x + s), and the scale between
 * alpha and beta for which the integrand in y^4 is level at t_x: it is almost constant there then,
 * however often the customer has bought, and the fourth root smooths what grows as y vanishes. It
 * is kept relative to its value at t_x, so that nothing is too small for a number.
 */
final class Departure {

  private static final double SMOOTHING = 4;
  private static final int NODES = 32;
  private static final GaussIntegrator RULE = new GaussIntegratorFactory().legendre(NODES, 0, 1);

  private final double logProbability;
  private final double byR;
  private final double byAlpha;
  private final double byS;
  private final double byBeta;

  Departure(
      double repeats,
      double lastPurchase,
      double age,
      double r,
      double alpha,
      double s,
      double beta) {
    double purchases = r + repeats;
    double rate = purchases / (alpha + lastPurchase) + (s + 1) / (beta + lastPurchase);
    double start = (purchases + s + 1) / rate;
    double scale = start - lastPurchase;
    double power = (purchases + s) / SMOOTHING;
    double logLeast = -power * Math.log((scale + age) / start);
    double least = Math.exp(logLeast);
    double width = -Math.expm1(logLeast);
    double logAtStart =
        -purchases * Math.log(alpha + lastPurchase) - (s + 1) * Math.log(beta + lastPurchase);
    double sum = 0;
    double sumR = 0;
    double sumAlpha = 0;
    double sumS = 0;
    double sumBeta = 0;
    for (int i = 0; i < NODES; i++) {
      double y = least + width * RULE.getPoint(i);
      double u = start * Math.pow(y, -1 / power) - scale;
      double logIntegrand =
          -purchases * Math.log(alpha + u) - (s + 1) * Math.log(beta + u) - logAtStart;
      double term = RULE.getWeight(i) * width * Math.exp(logIntegrand) * (scale + u) / (power * y);
      sum += term;
      sumR += term * Math.log(alpha + u);
      sumAlpha += term / (alpha + u);
      sumS += term * Math.log(beta + u);
      sumBeta += term / (beta + u);
    }
    logProbability = Math.log(s) + logAtStart + Math.log(sum);
    byR = -sumR / sum;
    byAlpha = -purchases * sumAlpha / sum;
    byS = 1 / s - sumS / sum;
    byBeta = -(s + 1) * sumBeta / sum;
  }

  /** Its logarithm; minus infinity if the last purchase was now. */
  double logProbability() {
    return logProbability;
  }

  /** Derivative of the logarithm by r. */
  double byR() {
    return byR;
  }

  /** Derivative of the logarithm by alpha. */
  double byAlpha() {
    return byAlpha;
  }

  /** Derivative of the logarithm by s. */
  double byS() {
    return byS;
  }

  /** Derivative of the logarithm by beta. */
  double byBeta() {
    return byBeta;
  }
}

package io.portrait.jobs.value;

import static org.apache.commons.math3.special.Gamma.digamma;
import static org.apache.commons.math3.special.Gamma.logGamma;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Log-likelihood of {@link GammaGammaModel} in p, q and gamma.
 *
 * <p>That of a customer with x repeat purchases of mean spend m is (Fader and Hardie 2013)
 *
 * <pre>
 * ln G(p x + q) - ln G(p x) - ln G(q) + q ln gamma
 *     + (p x - 1) ln m + p x ln x - (p x + q) ln(gamma + x m)
 * </pre>
 *
 * where G is the gamma function.
 */
final class GammaGammaLikelihood implements LogLikelihood {

  private final int[] repeats;
  private final double[] spent;
  private final double[] logSpent;
  private final double[] weights;
  private final double[] weightsByRepeats;
  private final double customers;

  GammaGammaLikelihood(List<RepeatSpend> spends) {
    repeats = spends.stream().mapToInt(RepeatSpend::repeats).toArray();
    spent = spends.stream().mapToDouble(s -> s.repeats() * s.mean()).toArray();
    logSpent = DoubleStream.of(spent).map(Math::log).toArray();
    weights = spends.stream().mapToDouble(RepeatSpend::customers).toArray();
    weightsByRepeats =
        new double[1 + spends.stream().mapToInt(RepeatSpend::repeats).max().orElse(0)];
    spends.forEach(s -> weightsByRepeats[s.repeats()] += s.customers());
    customers = spends.stream().mapToDouble(RepeatSpend::customers).sum();
  }

  @Override
  public double customers() {
    return customers;
  }

  /** The mean spend of all customers is finite for q above 1 alone. */
  @Override
  public double[] floors() {
    return new double[] {0, 1, 0};
  }

  /** With p gamma / (q - 1), the mean of the model, the geometric mean of the data. */
  @Override
  public double[][] starts() {
    double logMean = 0;
    for (int i = 0; i < weights.length; i++) {
      logMean += weights[i] / customers * (logSpent[i] - Math.log(repeats[i]));
    }
    double mean = Math.exp(logMean);
    return new double[][] {{1, 3, 2 * mean}, {6, 4, 0.5 * mean}, {0.5, 1.5, mean}};
  }

  @Override
  public double at(double[] parameters, double[] gradient) {
    double p = parameters[0];
    double q = parameters[1];
    double gamma = parameters[2];
    double sum = ofRepeats(p, q, gradient);
    double logScale = Math.log(gamma);
    double byP = 0;
    double byQ = 0;
    double byGamma = 0;
    for (int i = 0; i < weights.length; i++) {
      int x = repeats[i];
      double logTotal = Math.log(gamma + spent[i]);
      sum +=
          weights[i]
              * (p * x * (logSpent[i] - logTotal)
                  + q * (logScale - logTotal)
                  - (logSpent[i] - Math.log(x)));
      if (gradient != null) {
        byP += weights[i] * x * (logSpent[i] - logTotal);
        byQ += weights[i] * (logScale - logTotal);
        byGamma += weights[i] * (q / gamma - (p * x + q) / (gamma + spent[i]));
      }
    }
    if (gradient != null) {
      gradient[0] += byP;
      gradient[1] += byQ;
      gradient[2] = byGamma;
    }
    return sum;
  }

  /** What depends on x alone; sets the gradient by p and q. */
  private double ofRepeats(double p, double q, double[] gradient) {
    double sum = 0;
    double byP = 0;
    double byQ = 0;
    for (int x = 1; x < weightsByRepeats.length; x++) {
      double weight = weightsByRepeats[x];
      if (weight > 0) {
        sum += weight * (logGamma(p * x + q) - logGamma(p * x) - logGamma(q));
        if (gradient != null) {
          byP += weight * x * (digamma(p * x + q) - digamma(p * x));
          byQ += weight * (digamma(p * x + q) - digamma(q));
        }
      }
    }
    if (gradient != null) {
      gradient[0] = byP;
      gradient[1] = byQ;
    }
    return sum;
  }
}

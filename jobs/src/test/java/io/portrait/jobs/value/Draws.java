package io.portrait.jobs.value;

import java.util.SplittableRandom;

/** Random numbers of the distributions that the models are made of. */
final class Draws {

  private Draws() {}

  /** A gamma variate of scale 1 (Marsaglia and Tsang 2000). */
  static double gamma(SplittableRandom random, double shape) {
    if (shape < 1) {
      return gamma(random, shape + 1) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double v = Math.pow(1 + c * normal, 3);
      if (v > 0
          && Math.log(random.nextDouble()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  /** A beta variate. */
  static double beta(SplittableRandom random, double a, double b) {
    double first = gamma(random, a);
    return first / (first + gamma(random, b));
  }

  /** An exponential variate. */
  static double exponential(SplittableRandom random, double rate) {
    return -Math.log(1 - random.nextDouble()) / rate;
  }
}

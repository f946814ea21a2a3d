package io.portrait.jobs.generate;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Random choices for one thing: they depend on a seed, a purpose and an id, on nothing else. */
public final class Dice {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final SplittableRandom random;

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Dice for one thing, for example the tickets of customer 7. */
  public static Dice of(long seed, String purpose, long id) {
    long state = seed * GOLDEN_GAMMA + purpose.hashCode();
    return new Dice(new SplittableRandom(new SplittableRandom(state).nextLong() ^ id));
  }

  /** Dice of their own for a part of the thing. */
  public Dice fork() {
    return new Dice(random.split());
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** A whole number, both ends included. */
  public int between(int lowest, int highest) {
    return random.nextInt(lowest, highest + 1);
  }

  /** One of these, all equally likely; repeat a value to make it likelier. */
  @SafeVarargs
  public final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** One of these, all equally likely. */
  public <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** A bell-shaped number: the sum of twelve equal ones, so that it is the same everywhere. */
  public double bell(double mean, double deviation) {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return mean + deviation * sum;
  }

  /** How often an event with this probability happens in a row. */
  public int streak(double probability, int most) {
    int length = 0;
    while (length < most && chance(probability)) {
      length++;
    }
    return length;
  }

  /** Sixteen hexadecimal digits. */
  public String token() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  /** A number from 0 to below 1. */
  public double uniform() {
    return random.nextDouble();
  }

  /** A standard normal number. */
  public double normal() {
    return random.nextGaussian();
  }

  /** An exponential number with mean 1. */
  public double exponential() {
    return -StrictMath.log(1 - random.nextDouble());
  }

  /**
   * A gamma number with scale 1 (Marsaglia and Tsang, A Simple Method for Generating Gamma
   * Variables, ACM TOMS 26, 2000; shapes below 1 by their section 6).
   */
  public double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StrictMath.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double root = 1 + c * x;
      double v = root * root * root;
      if (v > 0
          && StrictMath.log(1 - random.nextDouble())
              < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }

  /** A beta number: the share of one gamma number in the sum of two. */
  public double beta(double a, double b) {
    double first = gamma(a);
    return first / (first + gamma(b));
  }

  /** An index, drawn with these weights, which sum to 1. */
  public int index(List<Double> weights) {
    double left = random.nextDouble();
    for (int i = 0; i < weights.size() - 1; i++) {
      left -= weights.get(i);
      if (left < 0) {
        return i;
      }
    }
    return weights.size() - 1;
  }
}

package io.portrait.jobs.generate;

import java.util.List;
import java.util.SplittableRandom;

/** Random choices for one thing: they depend on a seed, a purpose and an id, on nothing else. */
final class Dice {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final SplittableRandom random;

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Dice for one thing, for example the tickets of customer 7. */
  static Dice of(long seed, String purpose, long id) {
    long state = seed * GOLDEN_GAMMA + purpose.hashCode();
    return new Dice(new SplittableRandom(new SplittableRandom(state).nextLong() ^ id));
  }

  /** Dice of their own for a part of the thing. */
  Dice fork() {
    return new Dice(random.split());
  }

  /** True with this probability. */
  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** A whole number, both ends included. */
  int between(int lowest, int highest) {
    return random.nextInt(lowest, highest + 1);
  }

  /** One of these, all equally likely; repeat a value to make it likelier. */
  @SafeVarargs
  final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** One of these, all equally likely. */
  <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** A bell-shaped number: the sum of twelve equal ones, so that it is the same everywhere. */
  double bell(double mean, double deviation) {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return mean + deviation * sum;
  }

  /** How often an event with this probability happens in a row. */
  int streak(double probability, int most) {
    int length = 0;
    while (length < most && chance(probability)) {
      length++;
    }
    return length;
  }

  /** Sixteen hexadecimal digits. */
  String token() {
    return String.format("%016x", random.nextLong());
  }
}

package io.portrait.jobs.generate.shop;

import java.util.HexFormat;

/** Ids of what a person did, which tell neither the person nor an account. */
final class Ids {

  /** Things of one kind that a person has are numbered below this. */
  private static final long MOST = 1 << 14;

  private Ids() {}

  /**
   * Sixteen hexadecimal digits, distinct for distinct things.
   *
   * @param number number of the thing among the person's things of its kind, from 0
   */
  static String of(long person, int number) {
    return HexFormat.of().toHexDigits(mix(person * MOST + number));
  }

  /** A reversible scramble (the finalizer of SplitMix64). */
  private static long mix(long number) {
    long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

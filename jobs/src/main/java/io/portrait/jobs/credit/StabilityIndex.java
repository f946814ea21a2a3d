package io.portrait.jobs.credit;

/**
 * The population stability index: how far a distribution has moved.
 *
 * @param expected all customers before
 * @param actual all customers now
 */
record StabilityIndex(long expected, long actual) {

  /** What an empty bin counts as, in customers: its share would have no logarithm. */
  private static final double EMPTY_BIN = 0.5;

  /** An index from here on is some change. */
  private static final double SOME = 0.1;

  /** An index above is a large change. */
  private static final double LARGE = 0.25;

  /**
   * What a bin adds to the index: (A - E) ln(A / E), where E and A are its shares before and now.
   */
  double ofBin(long expectedInBin, long actualInBin) {
    double before = Math.max((double) expectedInBin, EMPTY_BIN) / expected;
    double now = Math.max((double) actualInBin, EMPTY_BIN) / actual;
    return expectedInBin + actualInBin == 0 ? 0 : (now - before) * Math.log(now / before);
  }

  /** How great a change an index stands for. */
  static String level(double index) {
    if (index < SOME) {
      return "none";
    }
    return index > LARGE ? "large" : "some";
  }
}

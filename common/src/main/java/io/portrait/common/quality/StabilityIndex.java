package io.portrait.common.quality;

/**
 * The population stability index: how far a distribution has moved.
 *
 * <p>The sum over bins of (A - E) ln(A / E), where E and A are a bin's shares before and now:
 * {@code perf_psi} of the R package scorecard, with its rule of thumb for what is a great change. A
 * bin that is empty on one side alone, whose share has no logarithm, counts as half a row there,
 * where {@code perf_psi} takes 0.9; all others have their plain shares, so that the index can be
 * computed again from shares that are shown.
 *
 * @param expected all rows before
 * @param actual all rows now
 */
public record StabilityIndex(long expected, long actual) {

  /** What an empty bin counts as, in rows. */
  private static final double EMPTY_BIN = 0.5;

  /** An index from here on is some change. */
  private static final double SOME = 0.1;

  /** An index above is a large change. */
  private static final double LARGE = 0.25;

  /** What a bin adds to the index; nothing if it is empty before and now. */
  public double ofBin(long expectedInBin, long actualInBin) {
    double before = Math.max((double) expectedInBin, EMPTY_BIN) / expected;
    double now = Math.max((double) actualInBin, EMPTY_BIN) / actual;
    return expectedInBin + actualInBin == 0 ? 0 : (now - before) * Math.log(now / before);
  }

  /** How great a change an index stands for. */
  public static String level(double index) {
    if (index < SOME) {
      return "none";
    }
    return index > LARGE ? "large" : "some";
  }
}

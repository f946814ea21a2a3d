package io.portrait.jobs.profile;

import java.util.List;

/** The population stability index: how far a distribution has moved. */
final class StabilityIndex {

  /** Added to every bin, so that an empty one has a logarithm and few rows do not alarm. */
  private static final double SMOOTHING = 0.5;

  private StabilityIndex() {}

  /**
   * The sum over bins of (A - E) ln(A / E), where E and A are the bin's shares of the previous and
   * of the current rows. A share is (rows + 0.5) / (all rows + 0.5 x bins): with many rows that is
   * the plain share, and an empty bin counts as half a row.
   *
   * @param bins rows of each bin, before and now; a bin that is empty in both is to be left out
   */
  static double of(List<Bin> bins) {
    double previous = total(bins.stream().mapToLong(Bin::previousRows).sum(), bins.size());
    double current = total(bins.stream().mapToLong(Bin::currentRows).sum(), bins.size());
    double index = 0;
    for (Bin bin : bins) {
      double expected = (bin.previousRows() + SMOOTHING) / previous;
      double actual = (bin.currentRows() + SMOOTHING) / current;
      index += (actual - expected) * Math.log(actual / expected);
    }
    return index;
  }

  private static double total(long rows, int bins) {
    return rows + SMOOTHING * bins;
  }

  /**
   * Rows of one bin.
   *
   * @param isNull whether it is the bin of nulls
   * @param previousRows rows of the run compared with
   * @param currentRows rows of this run
   */
  record Bin(boolean isNull, long previousRows, long currentRows) {}
}

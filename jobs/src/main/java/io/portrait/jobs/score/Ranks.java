package io.portrait.jobs.score;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a value stands among all values of a column, told from ascending cut values of it. Equal
 * values stand alike.
 *
 * <p>Looked up by binary search in the row: as an expression it would be a comparison with each cut
 * value, a hundred for every characteristic of every customer.
 */
final class Ranks implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int CUTS = 100;

  private final double[] cuts;

  /**
   * Makes a scale.
   *
   * @param cuts ascending; none means that there are no values
   */
  Ranks(List<Double> cuts) {
    this.cuts = cuts.stream().mapToDouble(cut -> cut).toArray();
  }

  /**
   * The quantiles that {@link #midRank} needs of a column of {@code values} values, as shares from
   * 0 to 1 for Spark's {@code percentile}.
   *
   * <p>They are the values in the middles of a hundred equal slices of the sorted column. Each
   * share is chosen such that {@code percentile}, which interpolates at position (n - 1) * share,
   * falls on a value, as near as a double comes: a number between two values is equal to neither.
   */
  static List<Double> middles(long values) {
    return IntStream.range(0, CUTS)
        .mapToObj(
            slice -> {
              long position = (long) Math.ceil(values * (slice + 0.5) / CUTS) - 1;
              return values == 1 ? 0.0 : exactShare(position, values - 1.0);
            })
        .toList();
  }

  /** The shares i / 100 that part a column into hundredths, for {@link #percentile}. */
  static List<Double> hundredths() {
    return IntStream.range(1, CUTS).mapToObj(i -> i / (double) CUTS).toList();
  }

  private static double exactShare(long position, double last) {
    double share = position / last;
    for (double near : new double[] {share, Math.nextUp(share), Math.nextDown(share)}) {
      if (near * last == position) {
        return near;
      }
    }
    return share;
  }

  /**
   * The mid-rank percentile: 100 times the share of values below plus half the share of equal ones,
   * to a point. So all values of a constant column have 50.
   *
   * <p>It is counted on {@link #middles}; a value between two cut values counts those below.
   *
   * @param value null is unknown
   * @return 0 to 100, or null
   */
  Double midRank(Double value) {
    if (value == null || cuts.length == 0) {
      return null;
    }
    return 100.0 * (count(value, false) + count(value, true)) / (2.0 * cuts.length);
  }

  /**
   * 1 plus the number of {@link #hundredths} below the value.
   *
   * @param value null is unknown
   * @return 1 to 100, or null
   */
  Integer percentile(Double value) {
    return value == null ? null : 1 + count(value, false);
  }

  /** How many cut values lie below the value, or do not lie above it. */
  private int count(double value, boolean orEqual) {
    int low = 0;
    int high = cuts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cuts[middle] < value || (orEqual && cuts[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

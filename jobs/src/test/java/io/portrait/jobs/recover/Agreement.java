package io.portrait.jobs.recover;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How well what was found agrees with what was planted. Pure functions of numbers. */
final class Agreement {

  private Agreement() {}

  /**
   * How many members two groupings of the same things have in common.
   *
   * @param found group of the one
   * @param planted group of the other
   * @param members in both
   */
  record Overlap(String found, String planted, long members) {}

  /**
   * The adjusted Rand index of two groupings: 1 for the same groups whatever their names, 0 on
   * average for groups by chance (Hubert and Arabie, Comparing Partitions, Journal of
   * Classification 2, 1985, equation 5). NaN for fewer than two things; 1 if both groupings are a
   * single group or both are all single things.
   */
  static double adjustedRandIndex(Collection<Overlap> overlaps) {
    Map<String, Long> found = new HashMap<>();
    Map<String, Long> planted = new HashMap<>();
    long all = 0;
    double together = 0;
    for (Overlap overlap : overlaps) {
      found.merge(overlap.found(), overlap.members(), Long::sum);
      planted.merge(overlap.planted(), overlap.members(), Long::sum);
      together += pairs(overlap.members());
      all += overlap.members();
    }
    double inFound = found.values().stream().mapToDouble(Agreement::pairs).sum();
    double inPlanted = planted.values().stream().mapToDouble(Agreement::pairs).sum();
    double expected = inFound * inPlanted / pairs(all);
    double most = (inFound + inPlanted) / 2;
    return most == expected ? 1 : (together - expected) / (most - expected);
  }

  private static double pairs(long members) {
    return members * (members - 1) / 2.0;
  }

  /**
   * Spearman's rank correlation: Pearson's of the ranks, equal values at their mean rank. NaN if
   * one side is constant.
   */
  static double spearman(double[] left, double[] right) {
    return pearson(ranks(left), ranks(right));
  }

  /** Pearson's correlation; NaN if one side is constant. */
  static double pearson(double[] left, double[] right) {
    if (left.length != right.length) {
      throw new IllegalArgumentException(left.length + " values against " + right.length);
    }
    double leftMean = Arrays.stream(left).average().orElse(Double.NaN);
    double rightMean = Arrays.stream(right).average().orElse(Double.NaN);
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      double l = left[i] - leftMean;
      double r = right[i] - rightMean;
      product += l * r;
      leftSquares += l * l;
      rightSquares += r * r;
    }
    return product / Math.sqrt(leftSquares * rightSquares);
  }

  /**
   * The area under the ROC curve: the chance that a case with the outcome has a higher score than
   * one without, equal scores counting half (Mann and Whitney's U by ranks). NaN if all have it or
   * none has.
   *
   * @param hasOutcome 1 or 0
   */
  static double areaUnderCurve(double[] scores, double[] hasOutcome) {
    double[] ranks = ranks(scores);
    double with = 0;
    double rankSum = 0;
    for (int i = 0; i < ranks.length; i++) {
      if (hasOutcome[i] == 1) {
        with++;
        rankSum += ranks[i];
      }
    }
    return (rankSum - with * (with + 1) / 2) / (with * (ranks.length - with));
  }

  /** Ranks from 1; equal values have the mean of theirs. */
  static double[] ranks(double[] values) {
    List<Integer> order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .toList();
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < ranks.length) {
      int to = from;
      while (to < ranks.length && values[order.get(to)] == values[order.get(from)]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order.get(i)] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}

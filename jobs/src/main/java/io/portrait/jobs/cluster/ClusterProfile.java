package io.portrait.jobs.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * What a cluster's customers have in common.
 *
 * @param customers how many they are
 * @param monetary mean amount spent
 * @param means mean of each feature; null if unknown for all of them
 * @param deviations mean coordinate of each feature: standard deviations from the population's mean
 */
record ClusterProfile(
    long customers, double monetary, List<Double> means, List<Double> deviations) {

  /** From this many standard deviations on, a feature sets a cluster apart. */
  static final double NOTABLE = 0.5;

  /** Reads a row of {@link ClusterTransforms#profile}. */
  static ClusterProfile of(Row row, int features) {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      means.add(row.isNullAt(3 + 2 * i) ? null : FeatureScale.rounded(row.getDouble(3 + 2 * i)));
      deviations.add(FeatureScale.rounded(row.getDouble(4 + 2 * i)));
    }
    return new ClusterProfile(
        row.getLong(1), FeatureScale.rounded(row.getDouble(2)), means, deviations);
  }

  /** Indexes of the features that set it apart, the farthest first. */
  List<Integer> notable() {
    return IntStream.range(0, deviations.size())
        .boxed()
        .filter(i -> Math.abs(deviations.get(i)) >= NOTABLE)
        .sorted(
            Comparator.<Integer>comparingDouble(i -> -Math.abs(deviations.get(i)))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }
}

package io.portrait.jobs.cluster;

import io.portrait.common.config.Scores.Clusters;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which number of clusters is taken, and why.
 *
 * @param k number of clusters
 * @param choice {@link #BEST}, {@link #KEPT}, {@link #FALLBACK} or {@link #SINGLE}
 */
record ClusterChoice(int k, String choice) {

  static final String BEST = "best";
  static final String KEPT = "kept";
  static final String FALLBACK = "fallback";
  static final String SINGLE = "single";

  /**
   * Chooses among the numbers of clusters that were tried.
   *
   * <ol>
   *   <li>Only those count whose smallest cluster has the least share.
   *   <li>The previous number is kept unless another's silhouette is greater by more than the
   *       margin.
   *   <li>Otherwise the greatest silhouette wins, of equal ones the smaller number.
   *   <li>If none counts, the one with the largest smallest cluster, of equal ones the smaller
   *       number.
   *   <li>If none could be fitted, because there are too few different customers: a single cluster.
   * </ol>
   *
   * @param tried those without a silhouette could not be fitted
   * @param previous number of clusters of the previous as-of date
   */
  static ClusterChoice among(
      List<ClusterModel.Metric> tried, Clusters settings, Optional<Integer> previous) {
    List<ClusterModel.Metric> fitted = tried.stream().filter(m -> m.silhouette() != null).toList();
    List<ClusterModel.Metric> large =
        fitted.stream().filter(m -> m.smallestShare() >= settings.minShare()).toList();
    if (fitted.isEmpty()) {
      return new ClusterChoice(1, SINGLE);
    }
    if (large.isEmpty()) {
      ClusterModel.Metric leastBad =
          fitted.stream()
              .max(
                  Comparator.comparingDouble(ClusterModel.Metric::smallestShare)
                      .thenComparing(ClusterModel.Metric::k, Comparator.reverseOrder()))
              .orElseThrow();
      return new ClusterChoice(leastBad.k(), FALLBACK);
    }
    ClusterModel.Metric best =
        large.stream()
            .max(
                Comparator.comparingDouble(ClusterModel.Metric::silhouette)
                    .thenComparing(ClusterModel.Metric::k, Comparator.reverseOrder()))
            .orElseThrow();
    boolean kept =
        previous.isPresent()
            && large.stream()
                .filter(m -> m.k() == previous.get())
                .anyMatch(m -> best.silhouette() - m.silhouette() <= settings.keepMargin());
    return kept ? new ClusterChoice(previous.get(), KEPT) : new ClusterChoice(best.k(), BEST);
  }
}

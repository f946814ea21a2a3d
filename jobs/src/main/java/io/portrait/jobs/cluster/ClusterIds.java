package io.portrait.jobs.cluster;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which cluster is which: ids that last from one as-of date to the next. */
final class ClusterIds {

  private ClusterIds() {}

  /**
   * The id of each centre.
   *
   * <p>Centres and previous centres are paired at the least sum of squared distances, and a pair
   * shares its id, unless the two are farther apart than the previous centre is from the nearest
   * other previous one: that is another cluster. Centres without a pair get new ids, those whose
   * customers spend most first, ties by coordinates.
   *
   * @param centers present centres
   * @param monetary mean amount spent of each centre's customers
   * @param previous previous clusters, their centres on the present scale
   * @param next first id that no cluster has ever had
   */
  static int[] of(
      double[][] centers, double[] monetary, List<ClusterModel.Cluster> previous, int next) {
    double[][] before = new double[previous.size()][];
    for (int j = 0; j < before.length; j++) {
      before[j] = previous.get(j).center().stream().mapToDouble(Double::doubleValue).toArray();
    }
    int[] ids = new int[centers.length];
    if (before.length > 0) {
      double[][] cost = new double[centers.length][before.length];
      for (int i = 0; i < centers.length; i++) {
        for (int j = 0; j < before.length; j++) {
          cost[i][j] = squaredDistance(centers[i], before[j]);
        }
      }
      int[] pairs = Assignment.minimize(cost);
      for (int i = 0; i < centers.length; i++) {
        if (pairs[i] >= 0 && cost[i][pairs[i]] <= reach(before, pairs[i])) {
          ids[i] = previous.get(pairs[i]).id();
        }
      }
    }
    List<Integer> newcomers =
        IntStream.range(0, centers.length)
            .boxed()
            .filter(i -> ids[i] == 0)
            .sorted(
                Comparator.<Integer>comparingDouble(i -> -monetary[i])
                    .thenComparing((a, b) -> Arrays.compare(centers[a], centers[b])))
            .toList();
    for (int i = 0; i < newcomers.size(); i++) {
      ids[newcomers.get(i)] = next + i;
    }
    return ids;
  }

  /** Squared distance to the nearest other centre. */
  private static double reach(double[][] centers, int index) {
    double reach = Double.POSITIVE_INFINITY;
    for (int j = 0; j < centers.length; j++) {
      if (j != index) {
        reach = Math.min(reach, squaredDistance(centers[index], centers[j]));
      }
    }
    return reach;
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }
}

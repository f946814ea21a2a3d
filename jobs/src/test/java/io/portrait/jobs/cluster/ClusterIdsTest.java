package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterIdsTest {

  private static final List<ClusterModel.Cluster> PREVIOUS =
      List.of(cluster(1, 0, 0), cluster(2, 10, 0), cluster(4, 0, 10));

  @Test
  void numbersFirstClustersBySpendingThenByCoordinates() {
    double[][] centers = {{5, 5}, {1, 1}, {1, 0}};

    assertThat(ClusterIds.of(centers, new double[] {10, 30, 10}, List.of(), 1))
        .containsExactly(3, 1, 2);
  }

  @Test
  void keepsIdsWhenClustersComeInAnotherOrderAndMoveALittle() {
    double[][] centers = {{0.5, 9}, {0.2, 0.1}, {11, 1}};

    assertThat(ClusterIds.of(centers, new double[] {1, 2, 3}, PREVIOUS, 5))
        .containsExactly(4, 1, 2);
  }

  /** The nearest previous centre of both is the first; the pairs cost least the other way. */
  @Test
  void pairsAllClustersTogetherRatherThanEachWithItsNearest() {
    double[][] centers = {{4, 0}, {-1, 0}};
    List<ClusterModel.Cluster> previous = List.of(cluster(1, 0, 0), cluster(2, 10, 0));

    assertThat(ClusterIds.of(centers, new double[] {1, 1}, previous, 3)).containsExactly(2, 1);
  }

  @Test
  void givesNewIdsToClustersThatAreNewOrTooFarAway() {
    double[][] more = {{0, 0}, {10, 0}, {0, 10}, {30, 30}};
    double[][] moved = {{0, 0}, {10, 0}, {40, 40}};
    double[][] fewer = {{0, 10}, {10, 0}};

    assertThat(ClusterIds.of(more, new double[4], PREVIOUS, 5)).containsExactly(1, 2, 4, 5);
    assertThat(ClusterIds.of(moved, new double[3], PREVIOUS, 5)).containsExactly(1, 2, 5);
    assertThat(ClusterIds.of(fewer, new double[2], PREVIOUS, 5)).containsExactly(4, 2);
  }

  private static ClusterModel.Cluster cluster(int id, double x, double y) {
    return new ClusterModel.Cluster(id, "cluster " + id, "群集 " + id, List.of(x, y));
  }
}

package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Place;
import io.portrait.common.config.Scores.Clusters;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterChoiceTest {

  private static final Clusters SETTINGS =
      new Clusters(
          List.of("x"),
          2,
          5,
          0.1,
          0.05,
          100,
          10,
          1L,
          Optional.empty(),
          new Place("scores.yaml", 1, "clusters"));

  @Test
  void takesTheGreatestSilhouetteAmongThoseWithLargeEnoughClusters() {
    assertThat(among(Optional.empty(), tried(2, 0.5, 0.3), tried(3, 0.6, 0.2), tried(4, 0.9, 0.01)))
        .isEqualTo(new ClusterChoice(3, "best"));
    assertThat(among(Optional.empty(), tried(2, 0.6, 0.3), tried(3, 0.6, 0.1)))
        .isEqualTo(new ClusterChoice(2, "best"));
  }

  @Test
  void keepsThePreviousNumberUnlessItIsClearlyWorse() {
    assertThat(among(Optional.of(2), tried(2, 0.50, 0.3), tried(3, 0.54, 0.2)))
        .isEqualTo(new ClusterChoice(2, "kept"));
    assertThat(among(Optional.of(2), tried(2, 0.50, 0.3), tried(3, 0.56, 0.2)))
        .isEqualTo(new ClusterChoice(3, "best"));
    assertThat(among(Optional.of(2), tried(2, 0.50, 0.05), tried(3, 0.40, 0.2)))
        .isEqualTo(new ClusterChoice(3, "best"));
    assertThat(among(Optional.of(7), tried(2, 0.50, 0.3))).isEqualTo(new ClusterChoice(2, "best"));
  }

  @Test
  void fallsBackToTheLargestSmallestClusterAndToASingleOne() {
    assertThat(among(Optional.empty(), tried(2, 0.5, 0.05), tried(3, 0.9, 0.01)))
        .isEqualTo(new ClusterChoice(2, "fallback"));
    assertThat(among(Optional.of(3), tried(2, null, 0), tried(3, null, 0)))
        .isEqualTo(new ClusterChoice(1, "single"));
    assertThat(among(Optional.empty())).isEqualTo(new ClusterChoice(1, "single"));
  }

  private static ClusterChoice among(Optional<Integer> previous, ClusterModel.Metric... tried) {
    return ClusterChoice.among(List.of(tried), SETTINGS, previous);
  }

  private static ClusterModel.Metric tried(int k, Double silhouette, double smallestShare) {
    return new ClusterModel.Metric(k, silhouette, smallestShare, 1.0, null);
  }
}

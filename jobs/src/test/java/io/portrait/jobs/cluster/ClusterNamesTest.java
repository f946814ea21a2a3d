package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Title;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterNamesTest {

  private static final ClusterNames NAMES =
      new ClusterNames(
          List.of(
              new FeatureTitle("order_count", new Title("Orders", "訂單數"), false),
              new FeatureTitle("refund_share", new Title("Refund share", "退貨率"), true)),
          Map.of("order_count_high", new Title("Frequent buyers", "高頻購買")));

  @Test
  void namesByAsManyDeviationsAsItTakesToTellClustersApart() {
    List<Title> names =
        NAMES.names(
            List.of(profile(2.0, 1.0), profile(1.5, -0.6), profile(0.1, -0.8), profile(0.4, 0.2)),
            List.of(1, 2, 3, 4),
            List.of());

    assertThat(names)
        .containsExactly(
            new Title("Frequent buyers · High: Refund share", "高頻購買・高退貨率"),
            new Title("Frequent buyers · Low: Refund share", "高頻購買・低退貨率"),
            new Title("Low: Refund share", "低退貨率"),
            new Title("Average customers", "一般客群"));
  }

  @Test
  void addsTheIdToANameThatIsTaken() {
    assertThat(
            NAMES.names(
                List.of(profile(0.0, 0.0), profile(0.1, 0.1)),
                List.of(3, 7),
                List.of(new Title("Average customers", "一般客群"))))
        .containsExactly(
            new Title("Average customers 3", "一般客群 3"), new Title("Average customers 7", "一般客群 7"));
  }

  @Test
  void describesWhatIsNotableWithItsFigures() {
    assertThat(
            NAMES.description(
                new ClusterProfile(5, 10, List.of(21.44, 0.015), List.of(1.2, -0.6)),
                List.of(8.6, 0.123)))
        .isEqualTo(
            new Title(
                "Orders far above average (21.4 against 8.6); Refund share below average (1.5%"
                    + " against 12.3%)",
                "訂單數遠高於平均（21.4，整體 8.6）；退貨率低於平均（1.5%，整體 12.3%）"));
    assertThat(
            NAMES.description(
                new ClusterProfile(5, 10, Arrays.asList(8.0, null), List.of(-0.1, 0.0)),
                Arrays.asList(8.6, null)))
        .isEqualTo(new Title("Close to the average in every feature", "各項特徵皆接近平均"));
  }

  private static ClusterProfile profile(double orders, double refunds) {
    return new ClusterProfile(1, 1, List.of(1.0, 1.0), List.of(orders, refunds));
  }
}

package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.Fault;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoresTest {

  private static final Place PLACE = new Place("scores.yaml", 7, "clusters");

  @Test
  void readsTheShippedFile() {
    Scores scores = ShippedScores.load();

    assertThat(scores.habits()).isEqualTo(new Scores.Habits(new Scores.Interests(5, 1, 90), 10));
    assertThat(scores.rfm().segments()).hasSize(11);
    assertThat(scores.lifecycle()).isEqualTo(new Scores.Lifecycle(2, 2.0, 4.0, 7, 90));
    assertThat(scores.value())
        .isEqualTo(new Scores.Value(Scores.PurchaseModelKind.BG_NBD, 365, 0.1, 100, 200_000));
    assertThat(scores.learning()).isEqualTo(new Predictions.Learning(4, 30, 90, 30, 100_000));
    assertThat(scores.churn())
        .isEqualTo(
            new Predictions.Churn(
                Predictions.ChurnDefinition.NO_PURCHASE,
                90,
                "contract_end",
                List.of(0.2, 0.4, 0.6, 0.8)));
    assertThat(scores.nextPurchase())
        .isEqualTo(new Predictions.NextPurchase(180, List.of(0.2, 0.4, 0.6, 0.8)));
    assertThat(scores.credit().grades()).hasSize(5);
    assertThat(scores.credit().otherwise().code()).isEqualTo("manual_review");
    assertThat(scores.clusters().names().orElseThrow()).hasSize(15);
  }

  @Test
  void refusesSettingsThatContradictThemselves() {
    assertThatThrownBy(() -> new Scores.Interests(0, 0, 90))
        .hasMessageContaining("one of them above 0");
    assertThatThrownBy(() -> new Scores.Interests(5, 1001, 90)).hasMessageContaining("0 to 1000");
    assertThatThrownBy(() -> new Scores.Interests(5, 1, 0))
        .hasMessageContaining("half_life_days must be above 0");
    assertThatThrownBy(() -> new Scores.Habits(new Scores.Interests(5, 1, 90), Double.NaN))
        .hasMessage("prior_lines must be 0 to 1000000, is NaN");
    assertThatThrownBy(() -> new Scores.Lifecycle(2, 2.0, 2.0, 7, 90))
        .hasMessageContaining("dormant_multiple must be greater");
    assertThatThrownBy(() -> new Scores.Lifecycle(2, 2.0, 4.0, 7, 6))
        .hasMessageContaining("fallback_interval_days not below");
    assertThatThrownBy(
            () -> new Scores.Value(Scores.PurchaseModelKind.BG_NBD, 3651, 0.1, 100, 1000))
        .hasMessage("horizon_days must be 1 to 3650, is 3651");
    assertThatThrownBy(
            () -> new Scores.Value(Scores.PurchaseModelKind.BG_NBD, 365, Double.NaN, 100, 1000))
        .hasMessage("discount_rate must be 0 to 1 a year, is NaN");
    assertThatThrownBy(() -> new Scores.Value(Scores.PurchaseModelKind.BG_NBD, 365, 0.1, 100, 99))
        .hasMessageContaining("sample_customers not below it");
    assertThatThrownBy(() -> new Predictions.Learning(4, 30, 90, 30, 59))
        .hasMessage("sample_customers must be twice min_cases or more");
    assertThatThrownBy(() -> new Predictions.Learning(0, 30, 90, 30, 100))
        .hasMessageContaining("must be 1 or more");
    assertThatThrownBy(() -> churn(6, 0.5)).hasMessage("horizon_days must be 7 to 730, is 6");
    assertThatThrownBy(() -> churn(90, 0.5, 0.5)).hasMessageContaining("levels must be ascending");
    assertThatThrownBy(() -> churn(90, 0.5, 1.0)).hasMessageContaining("between 0 and 1");
    assertThatThrownBy(() -> new Predictions.NextPurchase(0, List.of(0.5)))
        .hasMessage("category_half_life_days must be 1 or more");
    assertThatThrownBy(() -> new Predictions.NextPurchase(180, List.of()))
        .hasMessageContaining("levels must be ascending");
    assertThatThrownBy(() -> clusters(List.of(), 100)).hasMessageContaining("features must name");
    assertThatThrownBy(() -> clusters(List.of("a", "a"), 100))
        .hasMessageContaining("features must name");
    assertThatThrownBy(() -> clusters(List.of("a"), 4)).hasMessageContaining("sample_rows must be");
  }

  @Test
  void namesTheNearestFeature() {
    assertThat(
            FeatureNames.faults(
                List.of("order_count", "ordr_amount"),
                List.of("order_count", "order_amount"),
                PLACE))
        .containsExactly(
            new Fault(
                "scores.yaml",
                7,
                "clusters",
                "'ordr_amount' is not a feature. Did you mean 'order_amount'?"));
  }

  private static Predictions.Churn churn(int horizonDays, Double... levels) {
    return new Predictions.Churn(
        Predictions.ChurnDefinition.EITHER, horizonDays, "contract_end", List.of(levels));
  }

  private static Scores.Clusters clusters(List<String> features, int sampleRows) {
    return new Scores.Clusters(
        features, 2, 5, 0.1, 0.05, sampleRows, 10, 1L, Optional.empty(), PLACE);
  }
}

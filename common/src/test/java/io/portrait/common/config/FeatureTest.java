package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.config.Feature.From;
import io.portrait.common.config.Feature.Unit;
import io.portrait.common.config.Feature.ValueType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FeatureTest {

  private static final Place PLACE = new Place("features.yaml", 3, "features[0]");

  @Test
  void picksFactsByLatestAndAttributesAlsoBySurest() {
    assertThat(feature(From.ATTRIBUTE, Aggregate.SUREST, ValueType.STRING, List.of()).columnNames())
        .containsExactly("x");
    assertThatThrownBy(
            () -> feature(From.CREDIT_REPORT, Aggregate.SUREST, ValueType.LONG, List.of()))
        .hasMessage("aggregate surest needs from: attribute");
    assertThatThrownBy(() -> feature(From.ATTRIBUTE, Aggregate.SUM, ValueType.LONG, List.of()))
        .hasMessage("the aggregate of an entity is latest or surest");
    assertThatThrownBy(() -> feature(From.ACCOUNT_DAY, Aggregate.LATEST, null, List.of()))
        .hasMessage("aggregate latest and surest need from: attribute or credit_report");
    assertThatThrownBy(() -> feature(From.ATTRIBUTE, null, ValueType.LONG, List.of()))
        .hasMessage("a feature over a rollup or an entity needs aggregate");
    assertThatThrownBy(() -> feature(From.CREDIT_REPORT, Aggregate.LATEST, null, List.of()))
        .hasMessage("a feature from credit_report needs type and takes no windows");
    assertThatThrownBy(
            () -> feature(From.ATTRIBUTE, Aggregate.LATEST, ValueType.LONG, List.of("30")))
        .hasMessage("a feature from attribute needs type and takes no windows");
  }

  private static Feature feature(
      From from, Aggregate aggregate, ValueType type, List<String> windows) {
    return new Feature(
        "x",
        from,
        Optional.ofNullable(aggregate),
        new Expression("value", PLACE),
        windows,
        Optional.ofNullable(type),
        Unit.NONE,
        Optional.empty(),
        new Title("X", "某"),
        Optional.empty(),
        Optional.empty(),
        PLACE);
  }
}

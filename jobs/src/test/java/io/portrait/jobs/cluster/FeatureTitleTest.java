package io.portrait.jobs.cluster;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Title;
import io.portrait.common.table.TableColumn;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTitleTest {

  @Test
  void takesTitlesFromTheCatalogueAndNamesOtherwise() {
    assertThat(
            FeatureTitle.of(
                List.of("refund_share", "x"),
                List.of(
                    new TableColumn(
                        "refund_share", DoubleType, true, "share", "Share refunded", "退款占比", ""))))
        .containsExactly(
            new FeatureTitle("refund_share", new Title("Share refunded", "退款占比"), true),
            new FeatureTitle("x", new Title("x", "x"), false));
  }

  @Test
  void writesNumbersWithAsManyDigitsAsTheyNeed() {
    FeatureTitle amount = new FeatureTitle("x", new Title("x", "x"), false);

    assertThat(List.of(12345.6, 21.44, -1.26, 0.126).stream().map(amount::words))
        .containsExactly("12,346", "21.4", "-1.3", "0.13");
    assertThat(new FeatureTitle("x", new Title("x", "x"), true).words(0.1234)).isEqualTo("12.3%");
    assertThat(amount.words(null)).isEqualTo("?");
  }
}

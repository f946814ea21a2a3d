package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.report.ReportData.Level;
import io.portrait.jobs.report.ReportData.LevelCell;
import io.portrait.jobs.report.ReportData.ProbabilityBand;
import io.portrait.jobs.report.ReportData.ScoreBand;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ProfileBandsTest {

  private static final Map<String, String> METHODS =
      Map.of("purchasing_power", "scorecard", "loyalty", "scorecard", "credit", "points");

  private static ProfileBands bands;

  /**
   * The second is worth nothing, the third has nothing known, the fourth has every greatest value.
   */
  @BeforeAll
  static void count(SparkSession spark) {
    Dataset<Row> profiles =
        spark.sql(
            """
            SELECT CAST(p AS DOUBLE) AS purchasing_power, pl AS purchasing_power_level,
              CAST(l AS DOUBLE) AS loyalty, ll AS loyalty_level, CAST(c AS DOUBLE) AS credit,
              CAST(v AS DECIMAL(18, 2)) AS customer_value, CAST(a AS DOUBLE) AS p_alive,
              CAST(e AS DECIMAL(18, 2)) AS expected_spend_365d,
              CAST(x AS DOUBLE) AS churn_probability, CAST(s AS DECIMAL(18, 2)) AS order_amount_365d
            FROM VALUES
              ('9.99', 1, '30.0', 2, '519.5', '10.00', '0.05', '11.00', '0.5', '100.00'),
              ('10.0', 1, '30.0', 2, '560.0', '0.00', '0.1', '0.50', '0.25', null),
              (null, null, '40.0', 3, null, null, null, null, null, '7.00'),
              ('100.0', 5, '39.9', 2, '579.9', '90.00', '1.0', null, '1.0', '10.00')
              AS t(p, pl, l, ll, c, v, a, e, x, s)
            """);
    bands =
        new ProfileBands(
            ReportTransforms.bandCounts(
                    profiles, ProfileBands.measures(Set.of(profiles.columns()), METHODS))
                .collectAsList());
  }

  @Test
  void countsLevelsAndPoints() {
    assertThat(bands.levels("purchasing_power")).containsExactly(new Level(1, 2), new Level(5, 1));
    assertThat(bands.levels("credit")).isEmpty();
    assertThat(bands.points("purchasing_power", "scorecard"))
        .hasSize(10)
        .startsWith(new ScoreBand(0, 10, 1), new ScoreBand(10, 20, 1), new ScoreBand(20, 30, 0))
        .endsWith(new ScoreBand(90, 100, 1));
    assertThat(bands.points("credit", "points"))
        .containsExactly(
            new ScoreBand(500, 520, 1),
            new ScoreBand(520, 540, 0),
            new ScoreBand(540, 560, 0),
            new ScoreBand(560, 580, 2));
    assertThat(bands.points("basket_index", "sql")).isEmpty();
    assertThat(bands.powerByLoyalty())
        .containsExactly(new LevelCell(1, 2, 2), new LevelCell(5, 2, 1));
  }

  @Test
  void leavesOutWhoIsNotKnownAndAddsUpAmounts() {
    assertThat(bands.value())
        .hasValueSatisfying(
            value -> {
              assertThat(value.customers()).isEqualTo(3);
              assertThat(value.amount()).isEqualTo(100.0);
              // A hundredth and a tenth of three customers would tell of one.
              assertThat(value.topShare()).isNull();
              assertThat(value.deciles()).isEmpty();
            });
    assertThat(bands.alive())
        .hasValueSatisfying(
            alive -> {
              assertThat(alive.expectedSpend()).isEqualByComparingTo("11.50");
              assertThat(alive.bands())
                  .extracting(ProbabilityBand::customers)
                  .containsExactly(1L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
              assertThat(alive.bands().get(9).amount()).isNull();
            });
    assertThat(bands.churn())
        .hasValueSatisfying(
            churn -> {
              assertThat(churn.sales()).isEqualByComparingTo("110.00");
              assertThat(churn.atRisk()).isEqualByComparingTo("60.00");
              assertThat(churn.bands().get(5).amount()).isNull();
            });
  }

  @Test
  void showsWhatFiveCustomersHaveTogetherAndNotWhatFourHave(SparkSession spark) {
    ProfileBands many =
        new ProfileBands(
            spark
                .sql(
                    "SELECT * FROM VALUES ('churn_probability', 2L, 4L, 80.00BD),"
                        + " ('churn_probability', 5L, 5L, 100.00BD)"
                        + " AS t(measure, band, customers, amount)")
                .collectAsList());

    assertThat(many.churn().orElseThrow().bands().get(2).amount()).isNull();
    assertThat(many.churn().orElseThrow().bands().get(5).amount())
        .isEqualByComparingTo(new BigDecimal("100.00"));
    assertThat(many.churn().orElseThrow().sales()).isEqualByComparingTo("180.00");
  }

  @Test
  void hasNothingToSayWithoutTheColumns() {
    assertThat(ProfileBands.measures(Set.of("customer_id"), METHODS)).isEmpty();
    ProfileBands empty = new ProfileBands(List.of());
    assertThat(empty.value()).isEmpty();
    assertThat(empty.alive()).isEmpty();
    assertThat(empty.churn()).isEmpty();
    assertThat(empty.points("loyalty", "scorecard")).isEmpty();
  }
}

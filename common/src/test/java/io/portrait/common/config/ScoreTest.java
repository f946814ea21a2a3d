package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.error.Fault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreTest {

  @Test
  void namesTheGapOrOverlapOfBins() {
    assertThat(binFaults("{to: 550, points: 10}, {from: 600, points: 60}"))
        .containsExactly(
            "scores.yaml:9: scores[0].scorecard.parts[0].characteristics[0]: bins of 'credit' leave"
                + " a gap from 550 to 600");
    assertThat(binFaults("{to: 550, points: 10}, {from: 500.5, points: 60}"))
        .singleElement()
        .asString()
        .endsWith("bins of 'credit' overlap from 500.5 to 550");
    assertThat(binFaults("{from: 300, to: 550, points: 10}, {from: 550, to: 900, points: 60}"))
        .singleElement()
        .asString()
        .endsWith(
            "bins of 'credit' leave a gap below 300; bins of 'credit' leave a gap from 900 on");
    assertThat(binFaults("{to: 5, points: 10}, {to: 7, points: 10}, {from: 6, points: 60}"))
        .singleElement()
        .asString()
        .endsWith("bins of 'credit' overlap below 5; bins of 'credit' overlap from 6 to 7");
    assertThat(binFaults("{points: 10}, {from: 7, points: 60}"))
        .singleElement()
        .asString()
        .endsWith("bins of 'credit' overlap from 7 on");
    assertThat(binFaults("{to: 5, points: 1}, {from: 5, to: 5, points: 2}, {from: 5, points: 3}"))
        .singleElement()
        .asString()
        .endsWith("the bin from 5 to 5 is empty");
    assertThat(binFaults("{from: 5, points: 1}, {to: 5, points: 2}")).isEmpty();
  }

  @Test
  void saysWhatWeightsSumTo() {
    assertThat(
            faults(
                """
                - name: power
                  scorecard:
                    parts:
                      - name: all
                        weight: 90
                        characteristics:
                          - {name: a, value: a, weight: 70, percentile: high}
                          - {name: b, value: b, weight: 40.5, percentile: low}
                """))
        .containsExactly(
            "scores.yaml:5: scores[0].scorecard.parts[0]: weights of the characteristics of 'all'"
                + " sum to 110.5, not 100");
    assertThat(
            faults(
                """
                - name: power
                  scorecard:
                    parts:
                      - name: all
                        weight: 90
                        characteristics: [{name: a, value: a, weight: 100, percentile: high}]
                      - name: all
                        weight: 0
                        characteristics: [{name: a, value: a, weight: 100, percentile: high}]
                """))
        .containsExactly(
            "scores.yaml:4: scores[0].scorecard: weights of the parts sum to 90, not 100; weights of"
                + " the parts must be greater than 0: 90, 0; the part 'all' is declared twice; the"
                + " characteristic 'a' is declared twice");
  }

  @Test
  void wantsExactlyOneKindOfScoreAndOfPoints() {
    assertThat(
            faults(
                """
                - {name: Power, levels: [40, 20]}
                - {name: both, sql: a, class: com.example.Own}
                - name: points
                  points:
                    base: 500
                    characteristics:
                      - {name: a, value: a, percentile: high}
                      - {name: a, value: b, weight: 3, bins: [{points: 3}]}
                - name: power
                  scorecard:
                    parts:
                      - name: all
                        weight: 100
                        characteristics:
                          - {name: a, value: a, weight: 40, percentile: high, bins: [{points: 3}]}
                          - {name: b, value: b, weight: 40}
                          - {name: c, value: c, weight: 40, percentile: up}
                - name: power
                  scorecard:
                    parts:
                      - name: all
                        weight: 100
                        characteristics:
                          - {name: a, value: a, weight: 40, categories: {x: 120}, other: -1}
                          - {name: b, value: b, bins: [{points: 3}], missing: 3}
                """))
        .containsExactly(
            "scores.yaml:2: scores[0]: name 'Power' is not snake_case; 'Power' needs exactly one of"
                + " scorecard, points, sql and class; levels of 'Power' are not ascending: 40, 20",
            "scores.yaml:3: scores[1]: 'both' needs exactly one of scorecard, points, sql and class",
            "scores.yaml:6: scores[2].points: the characteristic 'a' is declared twice; 'a' has"
                + " percentile, but points are given by bins or categories; 'a' has a weight, but"
                + " points are added up as they are",
            "scores.yaml:16: scores[3].scorecard.parts[0].characteristics[0]: 'a' needs exactly one"
                + " of percentile, bins and categories",
            "scores.yaml:17: scores[3].scorecard.parts[0].characteristics[1]: 'b' needs exactly one"
                + " of percentile, bins and categories",
            "scores.yaml:18: scores[3].scorecard.parts[0].characteristics[2].percentile: 'up' is not"
                + " valid. Valid are: high, low.",
            "scores.yaml:22: scores[4].scorecard.parts[0]: points of 'a' leave 0 to 100: 120; points"
                + " of 'a' leave 0 to 100: -1; 'b' has no weight; 'b' must not say missing: what is"
                + " not known has the neutral 50 points");
  }

  @Test
  void scalesPointsToOdds() {
    Score.Scale scale = new Score.Scale(600, 50, 20);

    // The customary figures of a scorecard with 600 points at 50:1 and 20 points to double.
    assertThat(scale.factor()).isCloseTo(28.8539, within(0.0001));
    assertThat(scale.offset()).isCloseTo(487.1229, within(0.0001));
  }

  @Test
  void keepsShippedSectionsThatAreLeftOut() {
    Scores shipped = ShippedScores.load();

    Scores own =
        ShippedScores.with(
            "value: {purchase_model: bg_nbd, horizon_days: 90, discount_rate: 0, min_repeaters: 5, sample_customers: 9}");

    assertThat(own.value())
        .isEqualTo(new Scores.Value(Scores.PurchaseModelKind.BG_NBD, 90, 0, 5, 9));
    assertThat(own.rfm()).isEqualTo(shipped.rfm());
    assertThat(own.scores()).isEqualTo(shipped.scores());
  }

  private static List<String> binFaults(String bins) {
    return faults(
        """
        - name: power
          scorecard:
            parts:
              - name: all
                weight: 100

                # A fault is told where the characteristic stands.
                characteristics: [{name: credit, value: a, weight: 100, bins: [%s]}]
        """
            .formatted(bins));
  }

  private static List<String> faults(String scores) {
    List<Fault> faults = new ArrayList<>();
    new YamlBinder("scores.yaml", name -> null, faults)
        .bindOver("scores:\n" + scores.indent(2), Scores.class, ShippedScores.load());
    return faults.stream().map(Fault::toString).toList();
  }
}

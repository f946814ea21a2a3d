package io.portrait.jobs.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatchModelTest {

  private static final List<Integer> LEVELS = List.of(2, 3, 2, 2);
  private static final double PRIOR = 0.0005;
  private static final List<List<Double>> M =
      List.of(List.of(0.95, 0.05), List.of(0.8, 0.15, 0.05), List.of(0.9, 0.1), List.of(0.7, 0.3));
  private static final List<List<Double>> U =
      List.of(
          List.of(1 / 12.0, 11 / 12.0),
          List.of(0.001, 0.009, 0.99),
          List.of(0.01, 0.99),
          List.of(0.02, 0.98));
  private static final double ACCOUNTS = 10_000;
  private static final double ALL_PAIRS = ACCOUNTS * (ACCOUNTS - 1) / 2;

  /**
   * The month of birth, the usual example of the method (as in Wikipedia's Record linkage): m 0.95,
   * u 1 of 12; 0.95 * 12 = 11.4 = 2 ^ 3.51, 0.05 / (11 / 12) = 0.0545 = 2 ^ -4.20.
   */
  @Test
  void weighsTheMonthOfBirthAsTheLiteratureDoes() {
    MatchModel model =
        new MatchModel(0.01, List.of(List.of(0.95, 0.05)), List.of(List.of(1 / 12.0, 11 / 12.0)));

    assertThat(model.weight(0, 0)).isCloseTo(3.511, within(0.001));
    assertThat(model.weight(0, 1)).isCloseTo(-4.196, within(0.001));
    // Odds 1 to 99, and 11.4 to 99 after an agreement: 11.4 / 110.4.
    Agreement agrees = new Agreement(List.of(0), 1);
    assertThat(MatchModel.probability(model.weight(agrees))).isCloseTo(0.10326, within(1e-5));
    Agreement unknown = new Agreement(Arrays.asList((Integer) null), 1);
    assertThat(MatchModel.probability(model.weight(unknown))).isCloseTo(0.01, within(1e-12));
  }

  /** Weights 2, 3 and -1 of one group, 1 of another: 3 - 1 + 1, and the odds of one to one. */
  @Test
  void countsTheStrongestOfAGroupOnce() {
    List<List<Double>> m =
        List.of(List.of(0.8, 0.2), List.of(0.8, 0.2), List.of(0.6, 0.4), List.of(0.8, 0.2));
    List<List<Double>> u =
        List.of(List.of(0.2, 0.8), List.of(0.1, 0.9), List.of(0.2, 0.8), List.of(0.4, 0.6));
    MatchModel model = new MatchModel(0.5, m, u, List.of(0, 0, 0, 3));

    assertThat(model.weight(new Agreement(List.of(0, 0, 1, 0), 1))).isCloseTo(3, within(1e-12));
    assertThat(model.weight(new Agreement(Arrays.asList(0, null, 1, null), 1)))
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void recoversWhatAgreementsWereDrawnFrom() {
    List<Agreement> all = expected(ALL_PAIRS);

    MatchModel model = new MatchModel.Fit(all, all, LEVELS, List.of(0, 1, 2, 3), ALL_PAIRS).model();

    assertThat(model.prior()).isCloseTo(PRIOR, within(PRIOR * 0.01));
    assertClose(model.m(), M, 0.01);
    assertClose(model.u(), U, 0.001);
  }

  /** As in practice: candidates agree in something, and random pairs are few. */
  @Test
  void recoversThemFromBlockedPairsAndASample() {
    List<Agreement> blocked =
        expected(ALL_PAIRS).stream()
            .filter(a -> a.levels().get(1) == 0 || a.levels().get(2) == 0)
            .toList();

    MatchModel model =
        new MatchModel.Fit(blocked, expected(200_000), LEVELS, List.of(0, 1, 2, 3), ALL_PAIRS)
            .model();

    // 2 of 100 pairs of one person are in no block.
    assertThat(model.prior()).isCloseTo(PRIOR * 0.98, within(PRIOR * 0.03));
    assertClose(model.m(), M, 0.03);
    assertClose(model.u(), U, 0.001);
  }

  @Test
  void knowsNothingOfAnUnknownFieldAndFindsNobodyAmongNone() {
    MatchModel model = new MatchModel.Fit(List.of(), List.of(), List.of(3), List.of(0), 0).model();

    assertThat(model.weight(0, 0)).isCloseTo(0, within(1e-9));
    assertThat(model.weight(0, 2)).isCloseTo(0, within(1e-9));
    assertThat(model.prior()).isBetween(0.0, 0.5);
  }

  @Test
  void givesTheSameWhateverTheOrderOfRows() {
    List<Agreement> all = expected(ALL_PAIRS);
    List<Agreement> turned = new ArrayList<>(all);
    Collections.reverse(turned);

    assertThat(new MatchModel.Fit(turned, turned, LEVELS, List.of(0, 1, 2, 3), ALL_PAIRS).model())
        .isEqualTo(new MatchModel.Fit(all, all, LEVELS, List.of(0, 1, 2, 3), ALL_PAIRS).model());
  }

  /** How many pairs of each kind are to be expected. */
  private static List<Agreement> expected(double pairs) {
    List<Agreement> agreements = new ArrayList<>();
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 3; b++) {
        for (int c = 0; c < 2; c++) {
          for (int d = 0; d < 2; d++) {
            double one =
                PRIOR * M.get(0).get(a) * M.get(1).get(b) * M.get(2).get(c) * M.get(3).get(d);
            double two =
                (1 - PRIOR) * U.get(0).get(a) * U.get(1).get(b) * U.get(2).get(c) * U.get(3).get(d);
            agreements.add(new Agreement(List.of(a, b, c, d), Math.round(pairs * (one + two))));
          }
        }
      }
    }
    return agreements;
  }

  private static void assertClose(
      List<List<Double>> actual, List<List<Double>> expected, double tolerance) {
    for (int c = 0; c < expected.size(); c++) {
      for (int l = 0; l < expected.get(c).size(); l++) {
        assertThat(actual.get(c).get(l))
            .as("comparison %d, level %d", c, l)
            .isCloseTo(expected.get(c).get(l), within(tolerance));
      }
    }
  }
}

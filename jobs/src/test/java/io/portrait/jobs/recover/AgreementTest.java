package io.portrait.jobs.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.portrait.jobs.recover.Agreement.Overlap;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AgreementTest {

  private static final Offset<Double> EXACTLY = within(1e-12);

  @Test
  void sameGroupsUnderOtherNamesAgreeFully() {
    assertThat(
            Agreement.adjustedRandIndex(
                List.of(new Overlap("1", "b", 3), new Overlap("2", "a", 2))))
        .isCloseTo(1, EXACTLY);
  }

  @Test
  void groupsThatPartlyOverlapAgreePartly() {
    // Planted 0 0 1 1 2 2, found 0 0 1 2 2 2: pairs together 1 + 0 + 1 = 2, planted 3, found 1 + 3.
    assertThat(
            Agreement.adjustedRandIndex(
                List.of(
                    new Overlap("0", "0", 2),
                    new Overlap("1", "1", 1),
                    new Overlap("2", "1", 1),
                    new Overlap("2", "2", 2))))
        .isCloseTo((2 - 3 * 4 / 15.0) / (3.5 - 3 * 4 / 15.0), EXACTLY);
  }

  @Test
  void groupsAcrossEachOtherAgreeLessThanByChance() {
    // Planted 0 0 1 1, found 0 1 0 1: (0 - 2 x 2 / 6) / (2 - 2 x 2 / 6).
    assertThat(
            Agreement.adjustedRandIndex(
                List.of(
                    new Overlap("0", "0", 1),
                    new Overlap("1", "0", 1),
                    new Overlap("0", "1", 1),
                    new Overlap("1", "1", 1))))
        .isCloseTo(-0.5, EXACTLY);
  }

  @Test
  void oneGroupAgreesWithOneGroup() {
    assertThat(Agreement.adjustedRandIndex(List.of(new Overlap("1", "a", 5)))).isEqualTo(1);
    assertThat(Agreement.adjustedRandIndex(List.of())).isNaN();
  }

  @Test
  void equalValuesShareTheirMeanRank() {
    assertThat(Agreement.ranks(new double[] {7, -1, 7, 3, 7})).containsExactly(4, 1, 4, 2, 4);
    assertThat(Agreement.ranks(new double[0])).isEmpty();
  }

  @Test
  void rankCorrelationLooksAtTheOrderAlone() {
    assertThat(Agreement.spearman(new double[] {1, 2, 3, 4}, new double[] {1, 10, 100, 1000}))
        .isCloseTo(1, EXACTLY);
    assertThat(Agreement.spearman(new double[] {1, 2, 3, 4}, new double[] {9, 4, 1, 0}))
        .isCloseTo(-1, EXACTLY);
    // Without ties 1 - 6 sum(d^2) / (n (n^2 - 1)): d = -1, 1, 0, -1, 1.
    assertThat(Agreement.spearman(new double[] {1, 2, 3, 4, 5}, new double[] {2, 1, 3, 5, 4}))
        .isCloseTo(1 - 6 * 4 / 120.0, EXACTLY);
    // With ties: ranks 1.5 1.5 3 against 1 2 3 give 1.5 / sqrt(1.5 x 2).
    assertThat(Agreement.spearman(new double[] {5, 5, 6}, new double[] {1, 2, 3}))
        .isCloseTo(1.5 / Math.sqrt(3), EXACTLY);
    assertThat(Agreement.spearman(new double[] {1, 1}, new double[] {1, 2})).isNaN();
  }

  @Test
  void sidesOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> Agreement.pearson(new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 values against 3");
  }

  @Test
  void areaUnderTheCurveCountsPairsInOrder() {
    double[] outcome = {0, 0, 1, 1};
    // Pairs (with, without): 0.35 > 0.1, 0.35 < 0.4, 0.8 > both.
    assertThat(Agreement.areaUnderCurve(new double[] {0.1, 0.4, 0.35, 0.8}, outcome))
        .isCloseTo(0.75, EXACTLY);
    // 2 > 1 counts 1; 1 = 1 counts half, both against two.
    assertThat(Agreement.areaUnderCurve(new double[] {1, 1, 1, 2}, outcome))
        .isCloseTo(0.75, EXACTLY);
    assertThat(Agreement.areaUnderCurve(new double[] {4, 3, 2, 1}, outcome)).isZero();
    assertThat(Agreement.areaUnderCurve(new double[] {1, 2}, new double[] {1, 1})).isNaN();
  }
}

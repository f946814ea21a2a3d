package io.portrait.jobs.fitscorecard;

import io.portrait.common.config.Score;
import java.util.List;

/**
 * A scorecard in whole points: 600 points at 50 goods a bad, 20 points double the odds.
 *
 * @param base points of everybody
 * @param items what is added for each characteristic
 */
record Scorecard(long base, List<Item> items) {

  /** What points mean. */
  static final Score.Scale SCALE = new Score.Scale(600, 50, 20);

  /**
   * Scales a regression: score = offset + factor x log-odds of a good, part by part.
   *
   * @param intercept log-odds of a customer whose weights are all 0
   */
  static Scorecard of(double intercept, List<Item> items) {
    return new Scorecard(
        Math.round(SCALE.offset() + SCALE.factor() * intercept), List.copyOf(items));
  }

  /**
   * A characteristic and how much its weight of evidence counts.
   *
   * @param characteristic the characteristic
   * @param coefficient of the regression, above 0
   */
  record Item(Characteristic characteristic, double coefficient) {

    /** Points of a bin. */
    long points(Bin bin) {
      return Math.round(SCALE.factor() * coefficient * bin.weight());
    }
  }
}

package io.portrait.jobs.fitscorecard;

import java.util.List;

/**
 * A scorecard in whole points: 600 points at 50 goods a bad, 20 points double the odds.
 *
 * @param base points of everybody
 * @param items what is added for each characteristic
 */
record Scorecard(long base, List<Item> items) {

  /** Points at {@link #ODDS}. */
  static final int SCORE = 600;

  /** Goods a bad at {@link #SCORE}. */
  static final int ODDS = 50;

  /** Points that double the odds. */
  static final int DOUBLING = 20;

  /** Points a unit of log-odds: 28.8539. */
  static final double FACTOR = DOUBLING / Math.log(2);

  /** Points at even odds: 487.123. */
  static final double OFFSET = SCORE - FACTOR * Math.log(ODDS);

  /**
   * Scales a regression: score = offset + factor x log-odds of a good, part by part.
   *
   * @param intercept log-odds of a customer whose weights are all 0
   */
  static Scorecard of(double intercept, List<Item> items) {
    return new Scorecard(Math.round(OFFSET + FACTOR * intercept), List.copyOf(items));
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
      return Math.round(FACTOR * coefficient * bin.weight());
    }
  }
}

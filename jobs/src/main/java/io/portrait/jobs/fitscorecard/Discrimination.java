package io.portrait.jobs.fitscorecard;

import java.util.Map;
import java.util.SortedMap;

/**
 * How well a score tells goods from bads.
 *
 * @param counts rows
 * @param auc probability that a good row scores higher than a bad one, a tie being half; 0.5 by
 *     chance
 * @param kolmogorovSmirnov greatest distance of the two cumulative distributions
 */
record Discrimination(Counts counts, double auc, double kolmogorovSmirnov) {

  /**
   * Measures a score.
   *
   * @param byScore rows by score, ascending; a higher score is meant to be better
   */
  static Discrimination of(SortedMap<Long, Counts> byScore) {
    Counts all = byScore.values().stream().reduce(Counts.NONE, Counts::plus);
    double pairs = 0;
    double distance = 0;
    Counts below = Counts.NONE;
    for (Map.Entry<Long, Counts> score : byScore.entrySet()) {
      Counts here = score.getValue();
      pairs += here.goods() * (below.bads() + here.bads() / 2.0);
      below = below.plus(here);
      distance =
          Math.max(
              distance,
              Math.abs((double) below.bads() / all.bads() - (double) below.goods() / all.goods()));
    }
    return new Discrimination(all, pairs / ((double) all.goods() * all.bads()), distance);
  }

  /** 2 AUC - 1: 0 by chance, 1 at best. */
  double gini() {
    return 2 * auc - 1;
  }
}

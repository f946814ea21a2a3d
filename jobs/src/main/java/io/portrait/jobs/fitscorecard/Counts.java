package io.portrait.jobs.fitscorecard;

/**
 * Rows of a class of values.
 *
 * @param goods rows that turned out well
 * @param bads rows that turned out badly
 */
record Counts(long goods, long bads) {

  /** No rows. */
  static final Counts NONE = new Counts(0, 0);

  /**
   * What an empty cell counts as, in rows: its share would have no logarithm. Other cells count as
   * they are.
   */
  private static final double EMPTY_CELL = 0.5;

  long rows() {
    return goods + bads;
  }

  /** Whether both kinds are there. */
  boolean isMixed() {
    return goods > 0 && bads > 0;
  }

  Counts plus(Counts other) {
    return new Counts(goods + other.goods, bads + other.bads);
  }

  /** Share of the rows that turned out badly. */
  double badShare() {
    return (double) bads / rows();
  }

  /**
   * Weight of evidence: the logarithm of the class's share of all goods over its share of all bads.
   * Above 0, the class is better than the whole.
   */
  double weightOfEvidence(Counts all) {
    return Math.log(share(goods, all.goods) / share(bads, all.bads));
  }

  /** What the class adds to the information value: (share of goods - share of bads) x weight. */
  double informationValue(Counts all) {
    return rows() == 0
        ? 0
        : (share(goods, all.goods) - share(bads, all.bads)) * weightOfEvidence(all);
  }

  private static double share(long rows, long all) {
    return Math.max((double) rows, EMPTY_CELL) / all;
  }
}

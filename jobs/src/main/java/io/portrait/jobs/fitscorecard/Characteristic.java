package io.portrait.jobs.fitscorecard;

import java.util.List;

/**
 * An input, cut into bins.
 *
 * @param input what is cut
 * @param bins bins of values, in order, {@link Bin.Kind#OTHER} after the categories, {@link
 *     Bin.Kind#MISSING} last
 * @param informationValue how much the bins tell goods from bads; below 0.02 nothing of use, above
 *     0.3 much
 */
record Characteristic(Input input, List<Bin> bins, double informationValue) {

  /** The bins of a kind. */
  List<Bin> bins(Bin.Kind kind) {
    return bins.stream().filter(bin -> bin.kind() == kind).toList();
  }

  /** The bin of rows without a value. */
  Bin missing() {
    return bins(Bin.Kind.MISSING).get(0);
  }

  /** How many bins have rows enough to tell something. */
  long countTelling() {
    return bins.stream().filter(bin -> bin.weight() != 0).count();
  }
}

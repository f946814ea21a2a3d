package io.portrait.jobs.match;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * How pairs of accounts agree: the sufficient statistic of the model.
 *
 * @param levels for each comparison the level, 0 the nearest; null: not known of both
 * @param pairs how many pairs agree so
 */
record Agreement(List<Integer> levels, long pairs) {

  /** An order of their own, so that sums come out the same however rows arrive. */
  static final Comparator<Agreement> ORDER = (a, b) -> compare(a.levels, b.levels);

  /** Keeps the levels, nulls included. */
  Agreement {
    levels = Collections.unmodifiableList(levels);
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    Comparator<Integer> nullsFirst = Comparator.nullsFirst(Comparator.naturalOrder());
    for (int i = 0; i < a.size(); i++) {
      int order = nullsFirst.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}

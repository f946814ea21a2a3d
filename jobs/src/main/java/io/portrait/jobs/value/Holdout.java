package io.portrait.jobs.value;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The latest days of the history, kept back to be predicted from what lies before them.
 *
 * @param cutoff first of them
 * @param days number of them; the last is the day before the as-of date
 */
record Holdout(LocalDate cutoff, int days) {

  /** Fewer tell nothing. */
  private static final int SHORTEST_DAYS = 14;

  /**
   * As many days as a value is of, but no more than half of the history; none if that is too short.
   *
   * @param first day of the first purchase of all
   * @param horizonDays days that a value is of
   */
  static Optional<Holdout> of(LocalDate first, LocalDate asOf, int horizonDays) {
    int days = (int) Math.min(horizonDays, ChronoUnit.DAYS.between(first, asOf) / 2);
    return days < SHORTEST_DAYS
        ? Optional.empty()
        : Optional.of(new Holdout(asOf.minusDays(days), days));
  }
}

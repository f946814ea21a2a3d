package io.portrait.jobs.predict;

import io.portrait.common.config.Predictions.Learning;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * When a model is trained, measured and used.
 *
 * <p>It is measured at the latest day whose horizon ends by the as-of date, after training at
 * earlier days whose horizons end by that day. If the history is too short for that, half of what
 * lies before that day is learnt from and the other half is the horizon: since inputs measure time
 * in horizons, what was learnt of a short one is said of a long one.
 *
 * @param horizonDays days ahead that are asked
 * @param trainedHorizonDays days ahead that the measured model was trained with; 0: not at all
 * @param training days that the measured model is trained at, latest first; empty: too little
 *     history
 * @param tested the day at which it is measured
 * @param asOf the day at which it is used
 */
record Schedule(
    int horizonDays,
    int trainedHorizonDays,
    List<LocalDate> training,
    LocalDate tested,
    LocalDate asOf) {

  /** A shorter horizon tells nothing. */
  private static final int SHORTEST_HORIZON_DAYS = 14;

  /**
   * Finds the days.
   *
   * @param first day of the first purchase of all
   */
  static Schedule of(LocalDate first, LocalDate asOf, int horizonDays, Learning learning) {
    LocalDate tested = asOf.minusDays(horizonDays);
    LocalDate latest = tested.minusDays(horizonDays);
    LocalDate earliest = first.plusDays(learning.minHistoryDays());
    List<LocalDate> training =
        IntStream.range(0, learning.maxCutoffs())
            .mapToObj(i -> latest.minusDays((long) i * learning.stepDays()))
            .filter(day -> !day.isBefore(earliest))
            .toList();
    if (!training.isEmpty()) {
      return new Schedule(horizonDays, horizonDays, training, tested, asOf);
    }
    int half = (int) Math.min(horizonDays, ChronoUnit.DAYS.between(first, tested) / 2);
    return half < SHORTEST_HORIZON_DAYS
        ? new Schedule(horizonDays, 0, List.of(), tested, asOf)
        : new Schedule(horizonDays, half, List.of(tested.minusDays(half)), tested, asOf);
  }

  /** Days that the model to use is trained at: all that are past, if they have the full horizon. */
  List<LocalDate> known() {
    return trainedHorizonDays == horizonDays
        ? Stream.concat(Stream.of(tested), training.stream()).toList()
        : List.of(tested);
  }

  /** All days, with their horizons. */
  List<Cutoff> cutoffs() {
    Stream<Cutoff> now = Stream.of(new Cutoff(asOf, horizonDays));
    return training.isEmpty()
        ? now.toList()
        : Stream.concat(
                now,
                Stream.concat(
                    Stream.of(new Cutoff(tested, horizonDays)),
                    training.stream().map(day -> new Cutoff(day, trainedHorizonDays))))
            .toList();
  }
}

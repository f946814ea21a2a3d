package io.portrait.jobs.summarize;

import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;

/**
 * The months to rebuild.
 *
 * @param days first day of each month, ascending; absent: every month
 */
record Months(Optional<List<LocalDate>> days) {

  static Months all() {
    return new Months(Optional.empty());
  }

  static Months of(List<LocalDate> firstDays) {
    return new Months(Optional.of(List.copyOf(new TreeSet<>(firstDays))));
  }

  boolean isAll() {
    return days.isEmpty();
  }

  boolean isNone() {
    return days.isPresent() && days.get().isEmpty();
  }

  /** Whether a day lies in these months; as ranges, by which Delta leaves out files. */
  Column contain(Column day) {
    if (isAll()) {
      return lit(true);
    }
    Column found = lit(false);
    LocalDate from = null;
    LocalDate until = null;
    for (LocalDate month : days.get()) {
      if (!month.equals(until)) {
        found = from == null ? found : found.or(between(day, from, until));
        from = month;
      }
      until = month.plusMonths(1);
    }
    return from == null ? found : found.or(between(day, from, until));
  }

  /** The condition that selects these months in a rollup. */
  String condition() {
    return days.orElseThrow().stream()
        .map(month -> String.format("DATE'%s'", month))
        .collect(Collectors.joining(", ", "month IN (", ")"));
  }

  private static Column between(Column day, LocalDate from, LocalDate until) {
    return day.geq(lit(Date.valueOf(from))).and(day.lt(lit(Date.valueOf(until))));
  }
}

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
 * @param from first day of the earliest month that is rebuilt; absent: there is none
 */
record Months(Optional<List<LocalDate>> days, Optional<LocalDate> from) {

  static Months all() {
    return new Months(Optional.empty(), Optional.empty());
  }

  static Months of(List<LocalDate> firstDays) {
    return new Months(Optional.of(List.copyOf(new TreeSet<>(firstDays))), Optional.empty());
  }

  /** Those of these months that are not before a month. */
  Months since(Optional<LocalDate> month) {
    return new Months(
        days.map(
            all -> all.stream().filter(d -> month.isEmpty() || !d.isBefore(month.get())).toList()),
        month);
  }

  /** Whether every month there is, so that nothing has to stay. */
  boolean isAll() {
    return days.isEmpty() && from.isEmpty();
  }

  boolean isNone() {
    return days.isPresent() && days.get().isEmpty();
  }

  /** Whether a day lies in these months; as ranges, by which Delta leaves out files. */
  Column contain(Column day) {
    if (days.isEmpty()) {
      return from.map(first -> day.geq(lit(Date.valueOf(first)))).orElse(lit(true));
    }
    Column found = lit(false);
    LocalDate first = null;
    LocalDate until = null;
    for (LocalDate month : days.get()) {
      if (!month.equals(until)) {
        found = first == null ? found : found.or(between(day, first, until));
        first = month;
      }
      until = month.plusMonths(1);
    }
    return first == null ? found : found.or(between(day, first, until));
  }

  /** The condition that selects these months in a rollup. */
  String condition() {
    if (days.isEmpty()) {
      return String.format("month >= DATE'%s'", from.orElseThrow());
    }
    return days.get().stream()
        .map(month -> String.format("DATE'%s'", month))
        .collect(Collectors.joining(", ", "month IN (", ")"));
  }

  private static Column between(Column day, LocalDate from, LocalDate until) {
    return day.geq(lit(Date.valueOf(from))).and(day.lt(lit(Date.valueOf(until))));
  }
}

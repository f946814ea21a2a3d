package io.portrait.common.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a table must be like; an element of {@code expectations} in {@code quality.yaml}.
 *
 * <p>Exactly one of {@code range}, {@code pattern}, {@code values}, {@code not_null}, {@code
 * reference}, {@code unique}, {@code fresh_within_days}, {@code volume} and {@code condition} says
 * what. A null passes each of them but {@code not_null}.
 *
 * @param name snake_case name, unique
 * @param title titles
 * @param table layer and name of the table, as {@code silver/order_item}
 * @param severity what happens where it is not so
 * @param column column that the rule is about, where it is about one
 * @param range bounds of a number or a date
 * @param pattern regular expression that a whole text matches
 * @param values texts that are allowed
 * @param notNull whether a value is demanded
 * @param reference column of another table that holds the value
 * @param unique columns that together identify a row
 * @param freshWithinDays greatest number of days from the newest event to the as-of date
 * @param volume bounds of the rows of the last day
 * @param condition SQL condition over one row
 * @param maxFailedShare share of the rows, 0 to 1, that may break the rule; none if absent
 * @param place where it stands
 */
public record Expectation(
    String name,
    Title title,
    String table,
    Severity severity,
    Optional<String> column,
    Optional<Range> range,
    Optional<String> pattern,
    List<String> values,
    Optional<Boolean> notNull,
    Optional<Reference> reference,
    List<String> unique,
    Optional<Integer> freshWithinDays,
    Optional<Volume> volume,
    Optional<Expression> condition,
    Optional<Double> maxFailedShare,
    Place place) {

  /** Checks that there is one rule, with what it needs and nothing else. */
  public Expectation {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("name '" + name + "' is not snake_case");
    }
    boolean isOfColumn =
        range.isPresent()
            || pattern.isPresent()
            || !values.isEmpty()
            || notNull.isPresent()
            || reference.isPresent();
    long rules =
        Stream.of(
                range.isPresent(),
                pattern.isPresent(),
                !values.isEmpty(),
                notNull.isPresent(),
                reference.isPresent(),
                !unique.isEmpty(),
                freshWithinDays.isPresent(),
                volume.isPresent(),
                condition.isPresent())
            .filter(isGiven -> isGiven)
            .count();
    if (rules != 1) {
      throw new IllegalArgumentException(
          "give exactly one of range, pattern, values, not_null, reference, unique,"
              + " fresh_within_days, volume and condition; there are "
              + rules);
    }
    if (isOfColumn != column.isPresent()) {
      throw new IllegalArgumentException(
          isOfColumn
              ? "column is missing: say which column the rule is about"
              : "column goes with range, pattern, values, not_null and reference alone");
    }
    if (notNull.filter(isDemanded -> !isDemanded).isPresent()) {
      throw new IllegalArgumentException("not_null must be true; leave the rule out otherwise");
    }
    // Throws PatternSyntaxException, which says where.
    pattern.ifPresent(Pattern::compile);
    if (freshWithinDays.filter(days -> days < 1).isPresent()) {
      throw new IllegalArgumentException(
          "fresh_within_days must be 1 or more: the newest day that counts is the one before the"
              + " as-of date");
    }
    if (severity == Severity.REJECT && !isOfRow(column, reference, condition)) {
      throw new IllegalArgumentException(
          "severity reject needs a rule that one row can be judged by: range, pattern, values,"
              + " not_null or condition");
    }
    if (maxFailedShare.filter(share -> !(share >= 0 && share < 1)).isPresent()) {
      throw new IllegalArgumentException("max_failed_share must be 0 or more and below 1");
    }
    if (maxFailedShare.isPresent()
        && (severity == Severity.REJECT || freshWithinDays.isPresent() || volume.isPresent())) {
      throw new IllegalArgumentException(
          "max_failed_share goes with rules over rows, of severity warn and stop; how many rows"
              + " may be rejected says max_rejected_share in portrait.yaml");
    }
  }

  /** What happens where an expectation is not met. */
  public enum Severity {
    /** The run warns and goes on. */
    WARN,
    /** The row is refused on its way to silver, as one that breaks the entity's contract. */
    REJECT,
    /** The run stops. */
    STOP
  }

  /**
   * Bounds, both included; at least one.
   *
   * @param from least number, or first day as 2026-01-31
   * @param to greatest number, or last day
   */
  public record Range(Optional<String> from, Optional<String> to) {
    /** Refuses a range without bounds. */
    public Range {
      if (from.isEmpty() && to.isEmpty()) {
        throw new IllegalArgumentException("a range needs from, to or both");
      }
    }

    /** The bounds that are given. */
    public List<String> bounds() {
      return Stream.concat(from.stream(), to.stream()).toList();
    }
  }

  /**
   * Where a value has to be found.
   *
   * @param table layer and name
   * @param column column of it
   */
  public record Reference(String table, String column) {
    @Override
    public String toString() {
      return table + "." + column;
    }
  }

  /**
   * The rows of the day before the as-of date, as a multiple of the mean a day of the days before.
   *
   * @param days number of days that make the mean
   * @param min least multiple
   * @param max greatest multiple
   */
  public record Volume(int days, double min, double max) {
    /** Checks the bounds. */
    public Volume {
      if (days < 1 || !(min >= 0 && min < max)) {
        throw new IllegalArgumentException(
            "volume needs days of 1 or more, and min of 0 or more below max");
      }
    }
  }

  /** Whether a row can be judged by itself. */
  public boolean isOfRow() {
    return isOfRow(column, reference, condition);
  }

  private static boolean isOfRow(
      Optional<String> column, Optional<Reference> reference, Optional<Expression> condition) {
    return (column.isPresent() && reference.isEmpty()) || condition.isPresent();
  }

  /** What is found wrong in a row that a rule of severity reject refuses; never a value. */
  public String reason() {
    return column.orElse("row") + ": expectation " + name;
  }

  /** The columns that the rule names, as results tell them; * stands for the whole row. */
  public String columns() {
    return column.orElse(unique.isEmpty() ? "*" : String.join(", ", unique));
  }

  /** What is demanded, in words. */
  public String expected() {
    String demanded =
        range
            .map(Expectation::words)
            .or(() -> pattern.map(p -> "matches " + p))
            .or(() -> notNull.map(isDemanded -> "a value"))
            .or(() -> reference.map(r -> "is in " + r))
            .or(() -> freshWithinDays.map(d -> "newest day at most " + d + " days before"))
            .or(() -> volume.map(Expectation::words))
            .or(() -> condition.map(c -> Expression.oneLine(c.sql())))
            .orElseGet(
                () ->
                    unique.isEmpty()
                        ? "one of " + String.join(", ", values)
                        : "no two rows with the same value");
    return demanded
        + maxFailedShare
            .map(
                share ->
                    "; at most "
                        + BigDecimal.valueOf(share)
                            .movePointRight(2)
                            .stripTrailingZeros()
                            .toPlainString()
                        + " % of rows may fail")
            .orElse("");
  }

  private static String words(Range range) {
    return range.from().isEmpty()
        ? "at most " + range.to().orElseThrow()
        : range
            .to()
            .map(to -> range.from().get() + " to " + to)
            .orElseGet(() -> "at least " + range.from().get());
  }

  private static String words(Volume volume) {
    return String.format(
        Locale.ROOT,
        "%.2f to %.2f times the mean of the %d days before",
        volume.min(),
        volume.max(),
        volume.days());
  }
}

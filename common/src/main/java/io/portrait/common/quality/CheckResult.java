package io.portrait.common.quality;

import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.table.ProfileTables;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What one check of a table has found; a row of {@link ProfileTables#QUALITY_RESULT}.
 *
 * @param table the table's path
 * @param column the column, or * for the whole table
 * @param rule name of the rule
 * @param severity what happens where it does not pass
 * @param rowsChecked rows that were looked at; null where the rule is not about rows
 * @param rowsFailed rows that break the rule; null where the rule is not about rows
 * @param expected what it demands
 * @param found what there is; never a value of a row
 * @param passed whether that is as demanded; null if it could not be checked
 */
public record CheckResult(
    String table,
    String column,
    String rule,
    Severity severity,
    Long rowsChecked,
    Long rowsFailed,
    String expected,
    String found,
    Boolean passed) {

  /** An expectation that could not be checked. */
  static CheckResult notChecked(Expectation expectation, String why) {
    return of(expectation, null, null, "not checked: " + why, null);
  }

  static CheckResult of(
      Expectation expectation, Long checked, Long failed, String found, Boolean passed) {
    return new CheckResult(
        expectation.table(),
        expectation.columns(),
        expectation.name(),
        expectation.severity(),
        checked,
        failed,
        expectation.expected(),
        found,
        passed);
  }

  /**
   * A rule over rows.
   *
   * @param checked rows looked at; without any the rule is not checked
   * @param failed rows that break it
   */
  public static CheckResult ofRows(Expectation expectation, long checked, long failed) {
    if (checked == 0) {
      return notChecked(expectation, "no rows");
    }
    return of(
        expectation,
        checked,
        failed,
        failed + " of " + checked + " rows fail",
        failed <= expectation.maxFailedShare().orElse(0.0) * checked);
  }

  /** Whether it was checked and is not as demanded. */
  public boolean isFailed() {
    return Optional.ofNullable(passed).filter(isPassed -> !isPassed).isPresent();
  }

  /** Whether the run may not go on. */
  public boolean isStopping() {
    return severity == Severity.STOP && isFailed();
  }

  /** The row of {@link ProfileTables#QUALITY_RESULT}. */
  public Row row(LocalDate asOf, String runId) {
    return RowFactory.create(
        Date.valueOf(asOf),
        table,
        column,
        rule,
        runId,
        severity.name().toLowerCase(Locale.ROOT),
        rowsChecked,
        rowsFailed,
        expected,
        found,
        passed);
  }

  /** The checks that let nothing go on. */
  public static List<CheckResult> stopping(List<CheckResult> results) {
    return results.stream().filter(CheckResult::isStopping).toList();
  }

  @Override
  public String toString() {
    return String.format("%s of %s: expected %s, found %s", rule, column, expected, found);
  }
}

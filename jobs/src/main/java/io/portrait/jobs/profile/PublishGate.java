package io.portrait.jobs.profile;

import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.error.JobException;
import io.portrait.common.table.TableColumn;
import io.portrait.jobs.profile.StabilityIndex.Bin;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Decides whether profiles may replace the published ones.
 *
 * <p>Against the last published as-of date it compares the number of rows, each column's share of
 * nulls and its distribution. Distributions are judged only where a difference means something:
 * with at least {@value #JUDGED_ROWS} customers on both sides (shares of nulls too), at most
 * {@value #JUDGED_DAYS} days apart, and a column that had values before; otherwise the figure is
 * kept, and passes.
 */
final class PublishGate {

  /** Stands for the whole table. */
  static final String WHOLE_TABLE = "*";

  static final String MIN_ROWS = "min_rows";
  static final String UNIQUE_KEY = "unique_key";
  static final String ROW_CHANGE = "row_change";
  static final String NULL_SHARE_CHANGE = "null_share_change";
  static final String STABILITY_INDEX = "stability_index";

  /** With fewer customers, chance alone moves a distribution that far. */
  static final long JUDGED_ROWS = 100;

  /** Runs farther apart differ for good reasons. */
  static final long JUDGED_DAYS = 31;

  private static final String FEW_ROWS = "fewer than " + JUDGED_ROWS + " rows";

  private final Publish limits;
  private final List<Check> checks = new ArrayList<>();

  PublishGate(Publish limits) {
    this.limits = limits;
  }

  /**
   * One check of one column.
   *
   * @param column the column, or {@link #WHOLE_TABLE}
   * @param rule name of the rule
   * @param expected what it demands
   * @param found what there is
   * @param passed whether that is as demanded
   */
  record Check(String column, String rule, String expected, String found, boolean passed) {

    @Override
    public String toString() {
      return String.format("%s of %s: expected %s, found %s", rule, column, expected, found);
    }
  }

  /** All checks so far. */
  List<Check> checks() {
    return List.copyOf(checks);
  }

  /** Checks the number of rows and that no customer has two. */
  void checkRows(long rows, long duplicates) {
    checks.add(
        new Check(
            WHOLE_TABLE,
            MIN_ROWS,
            "at least " + limits.minRows(),
            String.valueOf(rows),
            rows >= limits.minRows()));
    checks.add(
        new Check(
            WHOLE_TABLE,
            UNIQUE_KEY,
            "no customer_id twice",
            duplicates + " rows too many",
            duplicates == 0));
  }

  /** Checks the number of rows against the last published run. */
  void checkRowChange(long previousRows, long rows) {
    if (previousRows == 0) {
      return;
    }
    double change = Math.abs(rows - previousRows) / (double) previousRows;
    checks.add(
        new Check(
            WHOLE_TABLE,
            ROW_CHANGE,
            atMost(limits.maxRowChange()),
            number(change) + " (" + previousRows + " to " + rows + " rows)",
            change <= limits.maxRowChange()));
  }

  /**
   * Checks columns against the last published run.
   *
   * @param bins rows per bin of each column
   * @param isJudged whether a column's distribution may stop publishing
   */
  void checkColumns(
      Map<TableColumn, List<Bin>> bins, LocalDate previousAsOf, LocalDate asOf, Judged isJudged) {
    long days = ChronoUnit.DAYS.between(previousAsOf, asOf);
    bins.forEach(
        (column, counts) -> {
          long previousRows = counts.stream().mapToLong(Bin::previousRows).sum();
          long rows = counts.stream().mapToLong(Bin::currentRows).sum();
          if (previousRows == 0 || rows == 0) {
            return;
          }
          checkNullShare(column, counts, previousRows, rows);
          if (isJudged.test(column)) {
            checkStability(column, counts, Math.min(previousRows, rows), days);
          }
        });
  }

  private void checkNullShare(TableColumn column, List<Bin> counts, long previousRows, long rows) {
    double before = nulls(counts, true) / (double) previousRows;
    double now = nulls(counts, false) / (double) rows;
    boolean isJudged = Math.min(previousRows, rows) >= JUDGED_ROWS;
    checks.add(
        new Check(
            column.name(),
            NULL_SHARE_CHANGE,
            isJudged ? "a rise of " + atMost(limits.maxNullShareChange()) : "anything: " + FEW_ROWS,
            number(now - before) + " (" + number(before) + " to " + number(now) + ")",
            !isJudged || now - before <= limits.maxNullShareChange()));
  }

  private void checkStability(TableColumn column, List<Bin> counts, long fewerRows, long days) {
    double index = StabilityIndex.of(counts);
    String excuse = null;
    if (fewerRows < JUDGED_ROWS) {
      excuse = FEW_ROWS;
    } else if (days > JUDGED_DAYS) {
      excuse = days + " days apart";
    } else if (counts.stream().allMatch(bin -> bin.isNull() || bin.previousRows() == 0)) {
      excuse = "no values before";
    }
    checks.add(
        new Check(
            column.name(),
            STABILITY_INDEX,
            excuse == null ? atMost(limits.maxStabilityIndex()) : "anything: " + excuse,
            number(index),
            excuse != null || index <= limits.maxStabilityIndex()));
  }

  /**
   * Refuses to publish if any check failed.
   *
   * @throws JobException naming every failed check
   */
  void requirePassed(String table, LocalDate asOf) {
    List<Check> failed = checks.stream().filter(check -> !check.passed()).toList();
    if (!failed.isEmpty()) {
      throw JobException.invalidData(
          "Table %s as of %s is not published; %d of %d checks failed, and"
              + " gold/customer_profile_latest is left as it was:%n  %s%nMend the data and run"
              + " again from the step that brought it in, or raise the limit under publish in"
              + " portrait.yaml if the change is real. All results: ops/quality_result.",
          table,
          asOf,
          failed.size(),
          checks.size(),
          failed.stream().map(Check::toString).collect(Collectors.joining("\n  ")));
    }
  }

  /** Whether a column's distribution is judged. */
  interface Judged {
    boolean test(TableColumn column);
  }

  private static long nulls(List<Bin> counts, boolean isPrevious) {
    return counts.stream()
        .filter(Bin::isNull)
        .mapToLong(bin -> isPrevious ? bin.previousRows() : bin.currentRows())
        .sum();
  }

  private static String atMost(double limit) {
    return "at most " + number(limit);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}

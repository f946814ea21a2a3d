package io.portrait.jobs.profile;

import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.error.JobException;
import io.portrait.common.quality.CheckResult;
import io.portrait.common.table.TableColumn;
import io.portrait.jobs.profile.Drift.Bin;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides whether profiles may replace the published ones.
 *
 * <p>Against the last published as-of date it compares the number of rows, which customers are
 * gone, how many accounts have another customer id, the sizes of the clusters, and each column's
 * share of nulls and its distribution. Shares and distributions are judged only where a difference
 * means something: with at least {@value #JUDGED_ROWS} customers on both sides, for distributions,
 * clusters and ids also at most {@value #JUDGED_DAYS} days apart, and for distributions a column
 * that had values before; otherwise the figure is kept, and passes.
 */
final class PublishGate {

  /** Stands for the whole table. */
  static final String WHOLE_TABLE = "*";

  static final String MIN_ROWS = "min_rows";
  static final String UNIQUE_KEY = "unique_key";
  static final String ROW_CHANGE = "row_change";
  static final String NULL_SHARE_CHANGE = "null_share_change";
  static final String STABILITY_INDEX = "stability_index";
  static final String CUSTOMERS_GONE = "customers_gone";
  static final String CUSTOMER_ID_CHANGE = "customer_id_change";
  static final String CLUSTER_SHARE_CHANGE = "cluster_share_change";

  /** With fewer customers, chance alone moves a distribution that far. */
  static final long JUDGED_ROWS = 100;

  /** Runs farther apart differ for good reasons. */
  static final long JUDGED_DAYS = 31;

  private static final String FEW_ROWS = "fewer than " + JUDGED_ROWS + " rows";

  private final String table;
  private final Publish limits;
  private final List<CheckResult> checks = new ArrayList<>();

  PublishGate(String table, Publish limits) {
    this.table = table;
    this.limits = limits;
  }

  /** All checks so far. */
  List<CheckResult> checks() {
    return List.copyOf(checks);
  }

  /** Takes over what else was checked. */
  void addAll(List<CheckResult> results) {
    checks.addAll(results);
  }

  private void add(String column, String rule, String expected, String found, boolean passed) {
    checks.add(
        new CheckResult(table, column, rule, Severity.STOP, null, null, expected, found, passed));
  }

  /** Checks the number of rows and that no customer has two. */
  void checkRows(long rows, long duplicates) {
    add(
        WHOLE_TABLE,
        MIN_ROWS,
        "at least " + limits.minRows(),
        String.valueOf(rows),
        rows >= limits.minRows());
    add(
        WHOLE_TABLE,
        UNIQUE_KEY,
        "no customer_id twice",
        duplicates + " rows too many",
        duplicates == 0);
  }

  /** Checks the number of rows against the last published run. */
  void checkRowChange(long previousRows, long rows) {
    if (previousRows == 0) {
      return;
    }
    double change = Math.abs(rows - previousRows) / (double) previousRows;
    add(
        WHOLE_TABLE,
        ROW_CHANGE,
        atMost(limits.maxRowChange()),
        number(change) + " (" + previousRows + " to " + rows + " rows)",
        change <= limits.maxRowChange());
  }

  /**
   * Checks that customers of the last published run are still there, and that clusters have kept
   * their size: a cluster that is new or gone has changed by its whole share.
   *
   * @param movements customers by cluster then and now
   */
  void checkCustomers(List<Movement> movements, LocalDate previousAsOf, LocalDate asOf) {
    long before = sum(movements, Movement::isBefore);
    long now = sum(movements, Movement::isNow);
    if (before == 0 || now == 0) {
      return;
    }
    Optional<String> fewRows =
        Math.min(before, now) < JUDGED_ROWS ? Optional.of(FEW_ROWS) : Optional.empty();
    long gone = sum(movements, m -> m.isBefore() && !m.isNow());
    addLimited(
        "customer_id",
        CUSTOMERS_GONE,
        gone / (double) before,
        gone + " of " + before + " customers",
        limits.maxCustomersGone(),
        fewRows);
    long clusteredBefore = sum(movements, m -> m.clusterBefore() != null);
    long clusteredNow = sum(movements, m -> m.clusterNow() != null);
    if (clusteredBefore == 0) {
      return;
    }
    SortedSet<Integer> clusters = new TreeSet<>();
    movements.stream()
        .flatMap(m -> Stream.of(m.clusterBefore(), m.clusterNow()))
        .filter(Objects::nonNull)
        .forEach(clusters::add);
    double greatest = 0;
    String found = "no cluster has changed";
    for (Integer cluster : clusters) {
      double shareBefore =
          sum(movements, m -> cluster.equals(m.clusterBefore())) / (double) clusteredBefore;
      double shareNow =
          clusteredNow == 0
              ? 0
              : sum(movements, m -> cluster.equals(m.clusterNow())) / (double) clusteredNow;
      if (Math.abs(shareNow - shareBefore) > greatest) {
        greatest = Math.abs(shareNow - shareBefore);
        found = "cluster " + cluster + ": " + number(shareBefore) + " to " + number(shareNow);
      }
    }
    addLimited(
        "cluster_id",
        CLUSTER_SHARE_CHANGE,
        greatest,
        found,
        limits.maxClusterShareChange(),
        // None at all is no small number: the clusters are gone.
        clusteredBefore < JUDGED_ROWS || (clusteredNow > 0 && clusteredNow < JUDGED_ROWS)
            ? Optional.of(FEW_ROWS)
            : apart(previousAsOf, asOf));
  }

  /**
   * Checks how many accounts have another customer id than in the last published run.
   *
   * @param changed accounts with an event since then
   * @param accounts accounts of this run
   */
  void checkCustomerIds(long changed, long accounts, LocalDate previousAsOf, LocalDate asOf) {
    if (accounts == 0) {
      return;
    }
    addLimited(
        "customer_id",
        CUSTOMER_ID_CHANGE,
        changed / (double) accounts,
        changed + " of " + accounts + " accounts",
        limits.maxCustomerIdChange(),
        accounts < JUDGED_ROWS ? Optional.of(FEW_ROWS) : apart(previousAsOf, asOf));
  }

  /** A share with a limit, which an excuse lifts. */
  private void addLimited(
      String column,
      String rule,
      double share,
      String found,
      double limit,
      Optional<String> excuse) {
    add(
        column,
        rule,
        excuse.map(e -> "anything: " + e).orElse(atMost(limit)),
        number(share) + " (" + found + ")",
        excuse.isPresent() || share <= limit);
  }

  private static Optional<String> apart(LocalDate previousAsOf, LocalDate asOf) {
    long days = ChronoUnit.DAYS.between(previousAsOf, asOf);
    return days > JUDGED_DAYS ? Optional.of(days + " days apart") : Optional.empty();
  }

  private static long sum(List<Movement> movements, Predicate<Movement> isCounted) {
    return movements.stream().filter(isCounted).mapToLong(Movement::customers).sum();
  }

  /**
   * Customers that went from one cluster to another.
   *
   * @param isBefore whether they were in the last published run
   * @param isNow whether they are in this one
   * @param clusterBefore their cluster then, or null
   * @param clusterNow their cluster now, or null
   * @param customers how many
   */
  record Movement(
      boolean isBefore, boolean isNow, Integer clusterBefore, Integer clusterNow, long customers) {}

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
    add(
        column.name(),
        NULL_SHARE_CHANGE,
        isJudged ? "a rise of " + atMost(limits.maxNullShareChange()) : "anything: " + FEW_ROWS,
        number(now - before) + " (" + number(before) + " to " + number(now) + ")",
        !isJudged || now - before <= limits.maxNullShareChange());
  }

  private void checkStability(TableColumn column, List<Bin> counts, long rows, long days) {
    double index = Drift.stabilityIndex(counts);
    String excuse = null;
    if (rows < JUDGED_ROWS) {
      excuse = FEW_ROWS;
    } else if (days > JUDGED_DAYS) {
      excuse = days + " days apart";
    } else if (counts.stream().allMatch(bin -> bin.isNull() || bin.previousRows() == 0)) {
      excuse = "no values before";
    }
    add(
        column.name(),
        STABILITY_INDEX,
        excuse == null ? atMost(limits.maxStabilityIndex()) : "anything: " + excuse,
        number(index),
        excuse != null || index <= limits.maxStabilityIndex());
  }

  /**
   * Refuses to publish if any check failed.
   *
   * @throws JobException naming every failed check, with what it expects and what was found
   */
  void requirePassed(LocalDate asOf) {
    List<CheckResult> failed = CheckResult.stopping(checks);
    if (!failed.isEmpty()) {
      throw JobException.invalidData(
          "Table %s as of %s is not published; %d of %d checks failed, and"
              + " gold/customer_profile_latest is left as it was:%n  %s%nMend the data and run again"
              + " from the step that brought it in, or raise the limit under publish in"
              + " portrait.yaml (an expectation's in quality.yaml) if the change is real. All results: ops/quality_result.",
          table,
          asOf,
          failed.size(),
          checks.size(),
          failed.stream().map(CheckResult::toString).collect(Collectors.joining("\n  ")));
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

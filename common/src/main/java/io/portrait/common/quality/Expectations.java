package io.portrait.common.quality;

import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.config.Expectation.Volume;
import io.portrait.common.io.AnsiOff;
import io.portrait.common.io.Tables;
import io.portrait.common.table.TableSchema;
import java.sql.Date;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures tables against what is expected of them, all in one Spark job and each table in one
 * pass, but for the columns of a {@code unique} rule, which are read once more.
 *
 * <p>Rows count that were known strictly before the as-of date; of a table that has as-of dates,
 * the rows of this one. Expressions are evaluated with ANSI off: one row that cannot be computed
 * comes out as null, which passes, and does not stop the run.
 */
public final class Expectations {

  private final Tables tables;
  private final Map<String, TableSchema> schemas;
  private final LocalDate asOf;
  private final List<CheckResult> results = new ArrayList<>();
  private final List<Expectation> measured = new ArrayList<>();
  private final List<Dataset<Row>> measures = new ArrayList<>();

  private Expectations(Tables tables, Catalogue catalogue, LocalDate asOf) {
    this.tables = tables;
    this.schemas = ExpectedTables.all(catalogue);
    this.asOf = asOf;
  }

  /**
   * Measures tables.
   *
   * @param paths tables to measure, those without expectations too
   * @param completeness columns whose share of values is told, by table; a table without is not
   *     counted
   * @return a result for each expectation but those that reject rows, and for each table counted
   *     that is there
   */
  public static List<CheckResult> measure(
      SparkSession spark,
      Tables tables,
      Catalogue catalogue,
      LocalDate asOf,
      List<String> paths,
      Map<String, List<String>> completeness) {
    AnsiOff ansi = AnsiOff.in(spark);
    try {
      Expectations expectations = new Expectations(tables, catalogue, asOf);
      for (String path : paths) {
        List<Expectation> rules =
            catalogue.expectations().stream()
                .filter(e -> e.table().equals(path) && e.severity() != Severity.REJECT)
                .toList();
        List<String> counted = completeness.getOrDefault(path, List.of());
        if (!rules.isEmpty() || !counted.isEmpty()) {
          expectations.add(path, rules, counted);
        }
      }
      return expectations.results();
    } finally {
      ansi.close();
    }
  }

  /** Plans the measures of one table. */
  private void add(String path, List<Expectation> rules, List<String> counted) {
    TableSchema table = schemas.get(path);
    if (!isThere(table)) {
      rules.forEach(rule -> results.add(CheckResult.notChecked(rule, "there is no " + path)));
      return;
    }
    Dataset<Row> rows = known(table);
    List<Expectation> inOnePass = new ArrayList<>();
    Map<String, Dataset<Row>> referenced = new HashMap<>();
    for (Expectation rule : rules) {
      Optional<TableSchema> other = rule.reference().map(r -> schemas.get(r.table()));
      if (other.isPresent() && !isThere(other.get())) {
        results.add(CheckResult.notChecked(rule, "there is no " + other.get().path()));
      } else if (!rule.unique().isEmpty()) {
        measured.add(rule);
        measures.add(ExpectationTransforms.measureUnique(rows, rule));
      } else {
        other.ifPresent(
            o ->
                referenced.put(
                    rule.name(),
                    ExpectationTransforms.referenced(
                        known(o), rule.reference().orElseThrow().column())));
        inOnePass.add(rule);
      }
    }
    measured.addAll(inOnePass);
    if (!inOnePass.isEmpty() || !counted.isEmpty()) {
      measures.add(
          ExpectationTransforms.measure(rows, table, inOnePass, referenced, counted, asOf)
              .withColumn("table_name", lit(path)));
    }
  }

  /** A table that is not there is noted as read too, so that the step runs again once it is. */
  private boolean isThere(TableSchema table) {
    boolean isThere = tables.exists(table);
    if (!isThere) {
      tables.readOrEmpty(table);
    }
    return isThere;
  }

  private Dataset<Row> known(TableSchema table) {
    return ExpectationTransforms.known(
        tables.readAsStored(table).transform(table::conform), table, asOf);
  }

  private List<CheckResult> results() {
    Map<String, Row> byName = new HashMap<>();
    measures.stream()
        .reduce((all, more) -> all.unionByName(more, true))
        .ifPresent(
            all ->
                all.collectAsList()
                    .forEach(
                        row -> {
                          if (row.getString(0).equals(ExpectationTransforms.COMPLETENESS)) {
                            results.add(completeness(row));
                          } else {
                            byName.put(row.getString(0), row);
                          }
                        }));
    measured.forEach(rule -> results.add(result(rule, byName.get(rule.name()))));
    return List.copyOf(results);
  }

  private static CheckResult completeness(Row row) {
    long values = row.getLong(1);
    long missing = row.getLong(2);
    return new CheckResult(
        row.getAs("table_name"),
        "*",
        ExpectationTransforms.COMPLETENESS,
        Severity.WARN,
        values,
        missing,
        "anything",
        values == 0
            ? "no rows"
            : String.format(
                Locale.ROOT, "%.4f of the values", (values - missing) / (double) values),
        values == 0 ? null : Boolean.TRUE);
  }

  private CheckResult result(Expectation rule, Row row) {
    long checked = row.getAs("rows_checked");
    if (rule.freshWithinDays().isPresent()) {
      return freshness(rule, checked, row.getAs("newest_day"));
    }
    if (rule.volume().isPresent()) {
      return volume(rule, row);
    }
    return CheckResult.ofRows(rule, checked, row.getAs("rows_failed"));
  }

  /** A table without events is not fresh: there is nothing that could be. */
  private CheckResult freshness(Expectation rule, long checked, Date newest) {
    if (newest == null) {
      return CheckResult.of(rule, checked, null, "no event", false);
    }
    long days = ChronoUnit.DAYS.between(newest.toLocalDate(), asOf);
    return CheckResult.of(
        rule,
        checked,
        null,
        newest + ", " + days + " days before",
        days <= rule.freshWithinDays().orElseThrow());
  }

  private CheckResult volume(Expectation rule, Row row) {
    Volume volume = rule.volume().orElseThrow();
    Date first = row.getAs("first_day");
    if (first == null || first.toLocalDate().isAfter(asOf.minusDays(1L + volume.days()))) {
      return CheckResult.notChecked(rule, "fewer than " + volume.days() + " days of history");
    }
    long history = row.getAs("history_rows");
    if (history == 0) {
      return CheckResult.notChecked(rule, "no rows in the " + volume.days() + " days before");
    }
    long last = row.getAs("last_rows");
    double mean = history / (double) volume.days();
    double multiple = last / mean;
    return CheckResult.of(
        rule,
        last,
        null,
        String.format(Locale.ROOT, "%d rows, %.2f times the mean of %.1f", last, multiple, mean),
        multiple >= volume.min() && multiple <= volume.max());
  }
}

package io.portrait.jobs.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.quality.CheckResult;
import io.portrait.common.quality.Expectations;
import io.portrait.common.quality.ExpectedTables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/**
 * Holds silver tables against what {@code quality.yaml} expects of them, before anything is made of
 * them. What it expects of the profile is part of the publish gate.
 *
 * <p>Reads {@code silver/*}, {@link RawTables#CONFORM_RESULT} and {@link RawTables#REJECT_REASON},
 * for conform has judged the rules that reject rows. Replaces the silver tables' rows of one as-of
 * date of {@link ProfileTables#QUALITY_RESULT}, and stops the run if a rule of severity stop
 * failed.
 */
public final class VerifyJob implements Job {

  @Override
  public String name() {
    return "verify";
  }

  /** The publish gate keeps its results there too. */
  @Override
  public Set<String> sharedTables() {
    return Set.of(ProfileTables.QUALITY_RESULT.path());
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Catalogue catalogue = context.catalogue();
    List<CheckResult> results =
        new ArrayList<>(
            Expectations.measure(
                context.spark(),
                tables,
                catalogue,
                context.asOf(),
                List.copyOf(ExpectedTables.silver().keySet()),
                mappedColumns(catalogue)));
    results.addAll(rejections(tables, catalogue));
    List<Row> rows =
        results.stream().map(result -> result.row(context.asOf(), context.runId())).toList();
    tables.replaceWhere(
        ProfileTables.QUALITY_RESULT,
        context
            .spark()
            .createDataFrame(rows, ProfileTables.QUALITY_RESULT.structType())
            .coalesce(1),
        String.format("as_of = DATE'%s' AND table_name LIKE 'silver/%%'", context.asOf()));
    context.counts().addOut(tables.rowsWritten());
    results.stream()
        .filter(result -> result.severity() == Severity.WARN && result.isFailed())
        .forEach(result -> context.console().warn(result.table() + ": " + result));
    requirePassed(context, results);
  }

  private static void requirePassed(JobContext context, List<CheckResult> results) {
    List<CheckResult> failed = CheckResult.stopping(results);
    if (!failed.isEmpty()) {
      throw JobException.invalidData(
          "Silver as of %s is not as expected, and nothing is made of it:%n  %s%nMend the data and"
              + " run again from the step that brought it in, or change the expectation in"
              + " quality.yaml. All results: ops/quality_result.",
          context.asOf(),
          failed.stream()
              .map(result -> result.table() + ": " + result)
              .collect(Collectors.joining("\n  ")));
    }
  }

  /** Columns of entities' tables that some source gives and that may be null. */
  private static Map<String, List<String>> mappedColumns(Catalogue catalogue) {
    Map<String, List<String>> mapped = new HashMap<>();
    for (Entity entity : Entities.ALL) {
      TableSchema silver = entity.silver();
      List<EntityMap> maps =
          catalogue.sources().stream()
              .map(Source::maps)
              .flatMap(List::stream)
              .filter(map -> map.entity().equals(entity.name()))
              .toList();
      List<String> columns =
          entity.columns().stream()
              .filter(c -> maps.stream().anyMatch(map -> map.columns().containsKey(c.name())))
              .map(EntityColumn::storedName)
              .filter(c -> silver.has(c) && silver.column(c).nullable())
              .toList();
      if (!columns.isEmpty()) {
        mapped.put(silver.path(), columns);
      }
    }
    return mapped;
  }

  /** What conform has counted of the rules that reject rows, over all batches. */
  private static List<CheckResult> rejections(Tables tables, Catalogue catalogue) {
    List<Expectation> rules =
        catalogue.expectations().stream().filter(e -> e.severity() == Severity.REJECT).toList();
    if (rules.isEmpty()) {
      return List.of();
    }
    Map<String, Long> checked = new HashMap<>();
    tables
        .readOrEmpty(RawTables.CONFORM_RESULT)
        .groupBy("entity")
        .agg(sum(col("rows_in").minus(col("rows_elsewhere"))))
        .collectAsList()
        .forEach(row -> checked.put(row.getString(0), row.getLong(1)));
    Map<String, Long> failed = new HashMap<>();
    tables
        .readOrEmpty(RawTables.REJECT_REASON)
        .filter(col("outcome").equalTo("rejected"))
        .groupBy("entity", "reason")
        .agg(sum("rows"))
        .collectAsList()
        .forEach(row -> failed.put(row.getString(0) + "/" + row.getString(1), row.getLong(2)));
    return rules.stream()
        .map(
            rule -> {
              String entity = ExpectedTables.entity(rule.table()).orElseThrow().name();
              return CheckResult.ofRows(
                  rule,
                  checked.getOrDefault(entity, 0L),
                  failed.getOrDefault(entity + "/" + rule.reason(), 0L));
            })
        .toList();
  }
}

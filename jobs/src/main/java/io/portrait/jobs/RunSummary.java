package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portrait.common.config.Catalogue;
import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.io.RunLock;
import io.portrait.common.io.RunLock.Holder;
import io.portrait.common.io.Tables;
import io.portrait.common.io.WholeFile;
import io.portrait.common.job.Console;
import io.portrait.common.job.Failures;
import io.portrait.common.job.JobRunner;
import io.portrait.common.job.JobRunner.StepResult;
import io.portrait.common.table.ProfileTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/**
 * What became of a run, as a small JSON file for whoever watches runs: {@code
 * ops/run-summary.json}, that of the latest {@code portrait run}, or step that ran alone.
 *
 * <p>It says {@code running} from the start on, so that a killed run leaves that. Its texts are
 * those of the console; of a failure that nobody has explained it tells the class alone.
 */
final class RunSummary {

  /** Its place below the warehouse. */
  static final String FILE = "ops/run-summary.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Tables tables;
  private final JobRunner runner;
  private final Console console;
  private final Instant start = Instant.now();
  private final ObjectNode summary = JSON.createObjectNode();
  private Optional<LocalDate> asOf = Optional.empty();

  private RunSummary(Tables tables, JobRunner runner, Console console) {
    this.tables = tables;
    this.runner = runner;
    this.console = console;
  }

  /** Says that a run has begun; its lock is held. */
  static RunSummary begin(
      Tables tables, Catalogue catalogue, Holder holder, JobRunner runner, Console console) {
    RunSummary begun = new RunSummary(tables, runner, console);
    begun
        .summary
        .put("run_id", holder.runId())
        .put("command", holder.command())
        .put("deployment", catalogue.deployment().deployment())
        .putNull("as_of")
        .put("outcome", "running")
        .putNull("exit_code")
        .putNull("error")
        .put("started_at", begun.start.toString())
        .putNull("ended_at")
        .putNull("seconds")
        .put("code_version", Version.fingerprint())
        .put("config_hash", catalogue.hash());
    begun.write();
    return begun;
  }

  /** Notes the as-of date, which is known when the data has been looked at. */
  void asOf(LocalDate date) {
    asOf = Optional.of(date);
    summary.put("as_of", date.toString());
  }

  /** Says that the run has ended well. */
  void done() {
    end("done", ExitCode.OK);
  }

  /** Says that the run has failed, unless another has taken over the warehouse. */
  void failed(RunLock lock, RuntimeException failure) {
    RuntimeException known = Failures.explained(failure);
    summary.put(
        "error", known instanceof JobException ? known.getMessage() : known.getClass().getName());
    try {
      lock.during(() -> end("failed", ExitCode.of(known)));
    } catch (RuntimeException e) {
      // What cannot be written must not hide why the run failed.
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  private void end(String outcome, ExitCode code) {
    Instant now = Instant.now();
    summary
        .put("outcome", outcome)
        .put("exit_code", code.code())
        .put("ended_at", now.toString())
        .put("seconds", Duration.between(start, now).toMillis() / 1000.0);
    ArrayNode steps = summary.putArray("steps");
    for (StepResult step : runner.results()) {
      steps
          .addObject()
          .put("step", step.job())
          .put("outcome", step.outcome())
          .put("rows_in", step.counts().in())
          .put("rows_out", step.counts().out())
          .put("rows_rejected", step.counts().rejected())
          .put("rows_duplicate", step.counts().duplicate())
          .put("seconds", step.seconds());
    }
    ArrayNode warnings = summary.putArray("warnings");
    console.warnings().forEach(warnings::add);
    if (runner.results().stream().anyMatch(step -> step.job().equals("verify"))) {
      checks();
    }
    write();
  }

  /** The checks of the as-of date: those of a step that was unchanged are of the run before. */
  private void checks() {
    List<Row> results =
        tables
            .readAsOf(ProfileTables.QUALITY_RESULT, asOf.orElseThrow())
            .select(
                "table_name",
                "column_name",
                "rule",
                "severity",
                "expected",
                "found",
                "passed",
                "run_id")
            .orderBy(col("table_name"), col("rule"), col("column_name"))
            .collectAsList();
    long unknown = results.stream().filter(row -> row.isNullAt(6)).count();
    long passed = results.stream().filter(row -> !row.isNullAt(6) && row.getBoolean(6)).count();
    ObjectNode checks = summary.putObject("checks");
    checks
        .put("passed", passed)
        .put("failed", results.size() - passed - unknown)
        .put("not_checked", unknown);
    ArrayNode failures = checks.putArray("failures");
    for (Row row : results) {
      if (!row.isNullAt(6) && !row.getBoolean(6)) {
        failures
            .addObject()
            .put("table", row.getString(0))
            .put("column", row.getString(1))
            .put("rule", row.getString(2))
            .put("severity", row.getString(3))
            .put("expected", row.getString(4))
            .put("found", row.getString(5))
            .put("run_id", row.getString(7));
      }
    }
  }

  private void write() {
    try {
      WholeFile.write(
          tables.hadoop(),
          new Path(tables.root(), FILE),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(summary));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

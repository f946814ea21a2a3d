package io.portrait.common.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.Tables;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Runs jobs one after the other, skips those with nothing to do, and keeps the run log. */
public final class JobRunner {

  private static final String DONE = "done";
  private static final String UNCHANGED = "unchanged";
  private static final String FAILED = "failed";

  private final SparkSession spark;
  private final Catalogue catalogue;
  private final String warehouse;
  private final String runId;
  private final String codeVersion;
  private final Console console;
  private final List<StepResult> results = new ArrayList<>();
  private Map<String, Map<String, Long>> past;

  /**
   * Makes a runner for one run.
   *
   * @param warehouse absolute location
   * @param runId id of the run
   * @param codeVersion version of Portrait; another version runs every job again
   */
  public JobRunner(
      SparkSession spark,
      Catalogue catalogue,
      String warehouse,
      String runId,
      String codeVersion,
      Console console) {
    this.spark = spark;
    this.catalogue = catalogue;
    this.warehouse = warehouse;
    this.runId = runId;
    this.codeVersion = codeVersion;
    this.console = console;
  }

  /**
   * What became of a job.
   *
   * @param job name of the job
   * @param outcome done, unchanged or failed
   * @param counts rows; all 0 if it was unchanged
   * @param seconds wall time
   */
  public record StepResult(String job, String outcome, RowCounts counts, double seconds) {}

  /** The jobs so far, in their order. */
  public List<StepResult> results() {
    return List.copyOf(results);
  }

  /** Runs one job; whatever it throws goes on after it has been logged. */
  public void run(Job job, Optional<LocalDate> asOf) {
    Optional<LocalDate> jobAsOf = job.hasAsOf() ? asOf : Optional.empty();
    Tables tables = new Tables(spark, warehouse);
    RowCounts counts = new RowCounts();
    JobContext context = new JobContext(spark, catalogue, tables, runId, jobAsOf, counts, console);
    Instant start = Instant.now();
    spark.sparkContext().setJobGroup(job.name(), job.name(), false);
    QueryMode.interpret(spark);
    if (!job.readsSources() && isUnchanged(job, jobAsOf)) {
      double seconds = note(job, UNCHANGED, counts, start);
      console.unchanged(job.name(), seconds);
      return;
    }
    try {
      job.run(context);
    } catch (RuntimeException e) {
      note(job, FAILED, counts, start);
      logFailure(job, context, start, e);
      throw e;
    }
    log(job, context, start, DONE, null);
    console.step(job.name(), counts, note(job, DONE, counts, start));
  }

  private double note(Job job, String outcome, RowCounts counts, Instant start) {
    double seconds = secondsSince(start);
    results.add(new StepResult(job.name(), outcome, counts, seconds));
    return seconds;
  }

  /**
   * Whether the job has run for this as-of date with the same configuration and code, and every
   * table that it read or wrote then stands at the same version now; a shared one at this or a
   * later version.
   */
  private boolean isUnchanged(Job job, Optional<LocalDate> asOf) {
    if (past == null) {
      past = readPast();
    }
    Map<String, Long> expected = past.get(key(job.name(), asOf));
    Tables tables = new Tables(spark, warehouse);
    return expected != null
        && expected.entrySet().stream()
            .allMatch(
                entry -> {
                  long version = tables.version(entry.getKey());
                  return job.sharedTables().contains(entry.getKey())
                      ? version >= entry.getValue()
                      : version == entry.getValue();
                });
  }

  /** Versions of the tables of the last run of each job and as-of date, as it would run now. */
  private Map<String, Map<String, Long>> readPast() {
    Tables tables = new Tables(spark, warehouse);
    Map<String, Map<String, Long>> versions = new HashMap<>();
    if (!tables.exists(RunLogTable.SCHEMA)) {
      return versions;
    }
    tables
        .read(RunLogTable.SCHEMA)
        .filter(col("status").equalTo(DONE))
        .filter(col("config_hash").equalTo(catalogue.hash()))
        .filter(col("code_version").equalTo(codeVersion))
        .groupBy("job", "as_of")
        .agg(
            max_by(struct(col("tables_read"), col("tables_written")), col("started_at"))
                .as("tables"))
        .select("job", "as_of", "tables.tables_read", "tables.tables_written")
        .collectAsList()
        .forEach(
            row -> {
              Map<String, Long> expected = new HashMap<>(row.<String, Long>getJavaMap(2));
              expected.putAll(row.getJavaMap(3));
              Optional<LocalDate> asOf = Optional.ofNullable(row.getDate(1)).map(Date::toLocalDate);
              versions.put(key(row.getString(0), asOf), expected);
            });
    return versions;
  }

  private static String key(String job, Optional<LocalDate> asOf) {
    return job + "/" + asOf.map(LocalDate::toString).orElse("");
  }

  private void log(Job job, JobContext context, Instant start, String status, String error) {
    Row row =
        RowFactory.create(
            runId,
            job.name(),
            context.asOfDate().map(Date::valueOf).orElse(null),
            status,
            Timestamp.from(start),
            secondsSince(start),
            context.counts().in(),
            context.counts().out(),
            context.counts().rejected(),
            context.counts().duplicate(),
            catalogue.hash(),
            codeVersion,
            context.tables().versionsRead(),
            context.tables().versionsWritten(),
            error);
    Dataset<Row> rows = spark.createDataFrame(List.of(row), RunLogTable.SCHEMA.structType());
    new Tables(spark, warehouse).append(RunLogTable.SCHEMA, rows.coalesce(1));
  }

  /** Logs a failure; a log that cannot be written must not hide why the job failed. */
  private void logFailure(Job job, JobContext context, Instant start, RuntimeException failure) {
    try {
      log(job, context, start, FAILED, failure.getClass().getName());
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static double secondsSince(Instant start) {
    return (Instant.now().toEpochMilli() - start.toEpochMilli()) / 1000.0;
  }
}

package io.portrait.jobs.testing;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Runs one step in a test. */
public final class Steps {

  private Steps() {}

  /** Runs a job and gives what it printed. */
  public static String run(
      SparkSession spark, Job job, Catalogue catalogue, String warehouse, LocalDate asOf) {
    return run(spark, job, catalogue, warehouse, asOf, new RowCounts());
  }

  /** Runs a job, tells its rows to {@code counts}, and gives what it printed. */
  public static String run(
      SparkSession spark,
      Job job,
      Catalogue catalogue,
      String warehouse,
      LocalDate asOf,
      RowCounts counts) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    job.run(
        new JobContext(
            spark,
            catalogue,
            new Tables(spark, warehouse),
            "run-1",
            Optional.of(asOf),
            counts,
            new Console(new PrintStream(printed, true, StandardCharsets.UTF_8))));
    return printed.toString(StandardCharsets.UTF_8);
  }
}

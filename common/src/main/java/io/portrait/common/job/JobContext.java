package io.portrait.common.job;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * What a job is given.
 *
 * @param spark the session
 * @param catalogue what the deployment declares
 * @param tables the warehouse
 * @param runId this run, as in every gold row
 * @param asOfDate only what was known strictly before it counts; absent for jobs without one
 * @param counts rows that the job tells the run log
 * @param console warnings for the person who started it
 */
public record JobContext(
    SparkSession spark,
    Catalogue catalogue,
    Tables tables,
    String runId,
    Optional<LocalDate> asOfDate,
    RowCounts counts,
    Console console) {

  /** The as-of date of a job that has one. */
  public LocalDate asOf() {
    return asOfDate.orElseThrow(
        () -> new IllegalStateException("A job without an as-of date asked for it"));
  }
}

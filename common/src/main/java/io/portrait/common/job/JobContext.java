package io.portrait.common.job;

import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import io.portrait.common.table.TableSchema;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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

  /** Replaces the rows of this as-of date of a gold table, and marks them as this run's. */
  public void replaceAsOf(TableSchema table, Dataset<Row> rows) {
    tables.replaceAsOf(
        table,
        rows.withColumn("as_of", lit(Date.valueOf(asOf()))).withColumn("run_id", lit(runId)),
        asOf());
  }
}

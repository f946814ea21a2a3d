package io.portrait.jobs.bench;

import java.util.Optional;

/**
 * One piece of work, done by the product and by DuckDB.
 *
 * @param name what is done
 * @param rows rows that it gives
 * @param differing rows in which the two differ
 * @param job the step of the line, which reads and writes Delta tables; absent: no step does this
 *     alone
 * @param compute the queries of the step, read from the same files and written nowhere
 * @param duckDb the same by DuckDB, into its memory
 * @param duckDbWrite seconds to write DuckDB's results as Parquet
 */
record Comparison(
    String name,
    long rows,
    long differing,
    Optional<Timing> job,
    Timing compute,
    Timing duckDb,
    double duckDbWrite) {

  /** How many times DuckDB's time the queries take, warm. */
  double computeRatio() {
    return compute.best() / duckDb.best();
  }

  /** How many times DuckDB's time with writing the whole step takes, warm. */
  Optional<Double> jobRatio() {
    return job.map(j -> j.best() / (duckDb.best() + duckDbWrite));
  }
}

package io.portrait.jobs.ingest;

import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a source has that bronze has not.
 *
 * @param rows {@code origin, operation, row, malformed}
 * @param origins files or the query that they come from
 * @param columns raw columns; empty if only the rows can tell
 * @param watermark raw column whose greatest value is where the next run goes on; JDBC alone
 */
record NewRows(
    Dataset<Row> rows, List<Origin> origins, List<String> columns, Optional<String> watermark) {

  /**
   * A file or query.
   *
   * @param name its location, as it stands in the rows
   * @param bytes length; null for a query
   * @param modifiedAt modification time; null for a query
   */
  record Origin(String name, Long bytes, Timestamp modifiedAt) {}

  /** Adds another part of the same source. */
  NewRows and(NewRows other) {
    List<String> all = Stream.concat(columns.stream(), other.columns.stream()).distinct().toList();
    List<Origin> both = Stream.concat(origins.stream(), other.origins.stream()).toList();
    return new NewRows(rows.unionByName(other.rows), both, all, watermark);
  }
}

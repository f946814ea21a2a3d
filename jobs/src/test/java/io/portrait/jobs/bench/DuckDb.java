package io.portrait.jobs.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/** An embedded DuckDB that reads the Parquet files of Delta tables. */
final class DuckDb implements AutoCloseable {

  private final Connection connection;

  /**
   * Opens an empty database.
   *
   * @param megabytes memory that it may take
   * @param spill folder for what does not fit
   */
  DuckDb(int threads, long megabytes, Path spill) throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    execute("SET threads = " + threads);
    execute("SET memory_limit = '" + megabytes + "MiB'");
    execute("SET temp_directory = " + text(spill.toString()));
    execute("SET preserve_insertion_order = false");
  }

  /**
   * Makes a view of a table's files; one without rows if there are none.
   *
   * @param schema columns of the table
   */
  void view(String name, List<String> files, StructType schema) throws SQLException {
    String rows =
        files.isEmpty()
            ? "SELECT "
                + Stream.of(schema.fields())
                    .map(f -> "NULL::" + typeName(f.dataType()) + " AS " + f.name())
                    .collect(Collectors.joining(", "))
                + " WHERE false"
            : "SELECT * FROM read_parquet(["
                + files.stream().map(DuckDb::text).collect(Collectors.joining(", "))
                + "], hive_partitioning = true)";
    execute("CREATE OR REPLACE VIEW " + name + " AS " + rows);
  }

  /** Runs statements, separated by semicolons. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Rows that one of two tables lacks, or that differ in any of the columns. */
  long differences(String left, String right, List<String> key, List<String> columns)
      throws SQLException {
    return number(
        String.format(
            "SELECT count(*) FROM (SELECT *, true AS is_there FROM %s) l FULL JOIN"
                + " (SELECT *, true AS is_there FROM %s) r ON %s"
                + " WHERE l.is_there IS NULL OR r.is_there IS NULL OR %s",
            left,
            right,
            key.stream()
                .map(c -> String.format("l.%s = r.%s", c, c))
                .collect(Collectors.joining(" AND ")),
            columns.stream()
                .map(c -> String.format("l.%s IS DISTINCT FROM r.%s", c, c))
                .collect(Collectors.joining(" OR "))));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** A value as a literal. */
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  private static String typeName(DataType type) {
    if (type instanceof LongType) {
      return "BIGINT";
    } else if (type instanceof DoubleType) {
      return "DOUBLE";
    } else if (type instanceof BooleanType) {
      return "BOOLEAN";
    } else if (type instanceof DateType) {
      return "DATE";
    } else if (type instanceof TimestampType) {
      return "TIMESTAMPTZ";
    }
    return "VARCHAR";
  }
}

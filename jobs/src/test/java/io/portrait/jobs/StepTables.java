package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_keys;

import io.portrait.common.io.Tables;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.job.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Writes which tables each step of a run read and wrote: lines of step, {@code reads} or {@code
 * writes}, and table. What {@code scripts/airflow/test} holds the schedule's graph against.
 */
public final class StepTables {

  private StepTables() {}

  /** Arguments: a warehouse, and the file to write. */
  public static void main(String[] args) throws IOException {
    try (Sessions session = Sessions.open("step tables")) {
      Dataset<Row> runs = new Tables(session.spark(), args[0]).read(RunLogTable.SCHEMA);
      List<String> lines =
          tables(runs, "reads", "tables_read")
              .union(tables(runs, "writes", "tables_written"))
              .distinct()
              .collectAsList()
              .stream()
              .map(row -> row.getString(0) + " " + row.getString(1) + " " + row.getString(2))
              .sorted()
              .toList();
      Files.write(Path.of(args[1]), lines);
    }
  }

  private static Dataset<Row> tables(Dataset<Row> runs, String does, String versions) {
    return runs.select(col("job"), lit(does), explode(map_keys(col(versions))));
  }
}

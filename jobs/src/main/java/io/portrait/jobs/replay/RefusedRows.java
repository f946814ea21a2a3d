package io.portrait.jobs.replay;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.error.JobException;
import io.portrait.common.io.Batches;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.table.RawTables;
import io.portrait.jobs.replay.CorrectionFile.Refused;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tells which rows were refused and why, and writes them out to be corrected. */
public final class RefusedRows {

  private RefusedRows() {}

  /** Prints refused rows by source, entity and reason, and batches that are not conformed yet. */
  public static void list(Tables tables, ReplayRequest request, Console console) {
    Dataset<Row> reasons = tables.readOrEmpty(RawTables.REJECT_REASON);
    List<Row> rows =
        narrowed(reasons.filter(col("outcome").equalTo("rejected")), request)
            .filter(
                request
                    .reason()
                    .map(reason -> col("reason").equalTo(reason))
                    .orElse(col("reason").isNotNull()))
            .groupBy("source", "entity", "reason")
            .agg(sum("rows").as("all_rows"), min("batch_id"), max("batch_id"))
            .orderBy(col("all_rows").desc(), col("source"), col("entity"), col("reason"))
            .collectAsList();
    if (rows.isEmpty()) {
      console.say("no row is refused" + (isNarrowed(request) ? " of those asked for" : ""));
    } else {
      console.say(
          String.format(
              "%-16s %-16s %12s %-12s %s", "source", "entity", "rows", "batches", "reason"));
      rows.forEach(
          row ->
              console.say(
                  String.format(
                      Locale.ROOT,
                      "%-16s %-16s %,12d %-12s %s",
                      row.getString(0),
                      row.getString(1),
                      row.getLong(3),
                      row.getLong(4) == row.getLong(5)
                          ? String.valueOf(row.getLong(4))
                          : row.getLong(4) + " to " + row.getLong(5),
                      row.getString(2))));
    }
    listPending(tables, request, console);
  }

  /** Batches that were read and that conform has not passed, as one above the limit. */
  private static void listPending(Tables tables, ReplayRequest request, Console console) {
    Dataset<Row> conformed =
        tables.readOrEmpty(RawTables.CONFORM_RESULT).select("source", "batch_id").distinct();
    Dataset<Row> ingested =
        tables
            .readOrEmpty(RawTables.INGEST_FILE)
            .filter(
                request
                    .source()
                    .map(source -> col("source").equalTo(source))
                    .orElse(col("source").isNotNull()))
            .groupBy("source", "batch_id")
            .agg(sum("rows").as("rows"));
    ingested
        .join(
            conformed,
            ingested
                .col("source")
                .equalTo(conformed.col("source"))
                .and(ingested.col("batch_id").equalTo(conformed.col("batch_id"))),
            "left_anti")
        .orderBy("source", "batch_id")
        .collectAsList()
        .forEach(
            row ->
                console.say(
                    String.format(
                        Locale.ROOT,
                        "not conformed yet: source %s, batch %d, %,d rows",
                        row.getString(0),
                        row.getLong(1),
                        row.getLong(2))));
  }

  /**
   * Writes refused rows as {@link CorrectionFile}, one of equal rows; none of batches that bronze
   * has no more, for they cannot be conformed again.
   *
   * @return how many
   * @throws JobException if there is none, or there are too many
   */
  public static int writeTemplate(Configuration hadoop, Tables tables, ReplayRequest request) {
    String file = request.template().orElseThrow();
    List<Row> rows =
        narrowed(
                tables
                    .readOrEmpty(RawTables.REJECTED)
                    .filter("NOT " + Batches.gone(tables).condition()),
                request)
            .filter(
                request
                    .reason()
                    .map(reason -> array_contains(col("reasons"), reason))
                    .orElse(col("reasons").isNotNull()))
            .groupBy("source", "row_hash")
            .agg(sort_array(flatten(collect_set("reasons"))).as("reasons"), first("row").as("row"))
            .orderBy("source", "row_hash")
            .limit(CorrectionFile.MOST_ROWS + 1)
            .collectAsList();
    if (rows.isEmpty()) {
      throw JobException.invalidConfig(
          "No row is refused of those asked for that bronze still has. See portrait replay without"
              + " --template for what there is.");
    }
    if (rows.size() > CorrectionFile.MOST_ROWS) {
      throw JobException.invalidConfig(
          "More than %,d rows are refused. Narrow them by --source, --entity and --reason, or"
              + " correct the map in sources.yaml: conform then judges all of them again.",
          CorrectionFile.MOST_ROWS);
    }
    Map<String, SortedSet<String>> columns = columns(tables);
    CorrectionFile.write(hadoop, file, rows.stream().map(row -> refused(row, columns)).toList());
    return rows.size();
  }

  /** A refused row with all columns of its source, also those that it came without. */
  private static Refused refused(Row row, Map<String, SortedSet<String>> columns) {
    Map<String, String> values = new HashMap<>();
    Map<String, String> received = row.getJavaMap(3);
    columns
        .getOrDefault(row.getString(0), new TreeSet<>())
        .forEach(column -> values.put(column, received.get(column)));
    return new Refused(
        new Correction(0, row.getString(0), row.getString(1), values),
        new TreeSet<>(row.<String>getList(2)));
  }

  /** The raw columns of each source, over all batches. */
  static Map<String, SortedSet<String>> columns(Tables tables) {
    Map<String, SortedSet<String>> columns = new HashMap<>();
    tables
        .readOrEmpty(RawTables.INGEST_FILE)
        .groupBy("source")
        .agg(flatten(collect_set("columns")))
        .collectAsList()
        .forEach(row -> columns.put(row.getString(0), new TreeSet<>(row.<String>getList(1))));
    return columns;
  }

  private static Dataset<Row> narrowed(Dataset<Row> rows, ReplayRequest request) {
    Dataset<Row> ofSource =
        request.source().map(s -> rows.filter(col("source").equalTo(s))).orElse(rows);
    return request.entity().map(e -> ofSource.filter(col("entity").equalTo(e))).orElse(ofSource);
  }

  private static boolean isNarrowed(ReplayRequest request) {
    return request.source().isPresent()
        || request.entity().isPresent()
        || request.reason().isPresent();
  }
}

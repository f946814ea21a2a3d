package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.io.File;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** All rows of small warehouses, to be compared. */
final class Snapshot {

  private static final int SHOWN = 4;

  private static final List<String> LAYERS =
      List.of("bronze", "silver", "vault", "gold", "gold_sensitive", "ops");

  /** Marks of a run, and times of the clock. */
  private static final Except MARKS =
      new Except(
          Set.of("run_id", "ingested_at"),
          Map.of(
              // One row per run and step that ended, of which there may be more.
              "ops/run_log", Set.of(),
              // What files there were is another's matter, after a run that was killed.
              "ops/erasure",
                  Set.of(
                      "erased_at",
                      "files_purged",
                      "bytes_purged",
                      "files_searched",
                      "bytes_searched"),
              // Delta's versions of the tables: a table that was written again has a higher one.
              "ops/summarize_state", Set.of("table_version", "version")));

  private final Map<String, List<String>> tables;

  private Snapshot(Map<String, List<String>> tables) {
    this.tables = tables;
  }

  /**
   * What is left out of a comparison.
   *
   * @param columns names, of any table
   * @param tables paths as {@code gold/customer_tag} with the columns that are left out of them;
   *     all if there is none
   */
  record Except(Set<String> columns, Map<String, Set<String>> tables) {}

  /** Reads all tables but for marks of the run that wrote them. */
  static Snapshot ofAll(SparkSession spark, String warehouse) {
    return of(spark, warehouse, LAYERS, Optional.empty(), MARKS);
  }

  /**
   * Reads the tables of some layers.
   *
   * @param asOf of tables with as-of dates the one that is read; absent for all
   */
  static Snapshot of(
      SparkSession spark,
      String warehouse,
      List<String> layers,
      Optional<LocalDate> asOf,
      Except except) {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String layer : layers) {
      File[] folders = new File(warehouse, layer).listFiles(File::isDirectory);
      for (File folder : folders == null ? new File[0] : folders) {
        String name = layer + "/" + folder.getName();
        Set<String> own = except.tables().getOrDefault(name, Set.of("?"));
        if (new File(folder, "_delta_log").isDirectory() && !own.isEmpty()) {
          Set<String> out = new HashSet<>(except.columns());
          out.addAll(own);
          tables.put(name, rows(spark.read().format("delta").load(folder.getPath()), asOf, out));
        }
      }
    }
    return new Snapshot(tables);
  }

  private static List<String> rows(
      Dataset<Row> table, Optional<LocalDate> asOf, Set<String> except) {
    List<String> names = Arrays.asList(table.columns());
    Dataset<Row> rows =
        asOf.isPresent() && names.contains("as_of")
            ? table.filter(col("as_of").equalTo(lit(Date.valueOf(asOf.get()))))
            : table;
    Column[] columns =
        names.stream()
            .filter(name -> !except.contains(name))
            .sorted()
            .map(name -> col("`" + name + "`"))
            .toArray(Column[]::new);
    return rows.select(to_json(struct(columns)).as("row")).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  int tables() {
    return tables.size();
  }

  long rows() {
    return tables.values().stream().mapToLong(List::size).sum();
  }

  /** Tables with a row that is there twice. */
  List<String> repeated() {
    return tables.entrySet().stream()
        .filter(table -> new HashSet<>(table.getValue()).size() < table.getValue().size())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the two do not share, a few rows of each table; empty if they are equal. */
  List<String> differences(Snapshot other) {
    List<String> differences = new ArrayList<>();
    Set<String> names = new TreeSet<>(tables.keySet());
    names.addAll(other.tables.keySet());
    for (String name : names) {
      List<String> here = new ArrayList<>(tables.getOrDefault(name, List.of()));
      List<String> there = new ArrayList<>(other.tables.getOrDefault(name, List.of()));
      if (!here.equals(there)) {
        List<String> onlyHere = without(here, there);
        List<String> onlyThere = without(there, here);
        differences.add(
            String.format(
                "%s: %d and %d rows, %d only here, %d only there%n    here:  %s%n    there: %s",
                name,
                here.size(),
                there.size(),
                onlyHere.size(),
                onlyThere.size(),
                String.join("\n           ", onlyHere.stream().limit(SHOWN).toList()),
                String.join("\n           ", onlyThere.stream().limit(SHOWN).toList())));
      }
    }
    return differences;
  }

  private static List<String> without(List<String> rows, List<String> others) {
    List<String> left = new ArrayList<>(rows);
    others.forEach(left::remove);
    return left;
  }
}

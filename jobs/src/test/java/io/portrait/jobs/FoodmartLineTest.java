package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.run;
import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.generate.FoodmartCompanion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole line, by the command line, on FoodMart and its generated files.
 *
 * <p>With a warehouse that {@code scripts/demo} has filled in {@code FOODMART_WAREHOUSE}, that one
 * is looked at, and the line is not run again.
 */
@ExtendWith(SparkExtension.class)
@Order(2)
class FoodmartLineTest {

  private static final String FOODMART = "jdbc:hsqldb:res:foodmart";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TableSchema RUN_LOG = TableSchema.table(Layer.OPS, "run_log", "").build();

  @Test
  void foodmartGivesThePublishedTotalsAndASecondRunChangesNothing(
      SparkSession spark, @TempDir Path folder) throws IOException, SQLException {
    Optional<Path> made = Optional.ofNullable(System.getenv("FOODMART_WAREHOUSE")).map(Path::of);
    Path dir = made.orElse(folder);
    Path conf = Path.of("../conf/foodmart");
    if (made.isEmpty()) {
      makeSources(Path.of(System.getenv("FOODMART_FILES")));
      assertThat(run(conf, dir).err()).isEmpty();
    }

    Tables tables = new Tables(spark, dir.toString());
    // All lines; FoodMart's published totals of 1997, of silver; ids that are built from a
    // customer's and show it.
    assertThat(
            tables
                .read(Entities.ORDER_ITEM.silver())
                .selectExpr(
                    "count(*)",
                    "sum(if(year(event_day) = 1997, quantity_milli, 0)) / 1000",
                    "sum(if(year(event_day) = 1997, amount_minor, 0)) / 100",
                    "count(DISTINCT if(year(event_day) = 1997, account_key, NULL))",
                    "count_if(order_id RLIKE '^[0-9]{1,5}-')")
                .head()
                .mkString("|"))
        .isEqualTo("269720|266773.0|565238.13|5581|0");
    assertThat(tables.read(Entities.CUSTOMER.silver()).count()).isEqualTo(10_281);
    assertAccounted(tables);
    assertRunLogComplete(tables);
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duckDb = connection.createStatement()) {
      assertDuckDbAgrees(spark, dir, duckDb);
      assertNoDirectIdentifierOutsideTheRestrictedZone(spark, dir, duckDb);
    }

    if (made.isEmpty()) {
      assertSecondRunDoesNothing(run(conf, dir), dir);
    }
    assertSecondRunWroteNothing(spark, dir);
  }

  private static void assertSecondRunDoesNothing(Cli.Result second, Path dir) {
    assertThat(second.err()).isEmpty();
    // Ingest looks at the sources and report at the run log; every step between has nothing to do.
    assertThat(second.out().lines().filter(line -> line.contains("unchanged")).count())
        .as("steps with nothing to do in%n%s", second.out())
        .isEqualTo(14);
    List<String> lines = second.out().lines().toList();
    assertThat(lines.get(lines.size() - 2)).isEqualTo("warehouse: " + dir);
    assertThat(lines.get(lines.size() - 1)).startsWith("report: " + dir);
    assertThat(Path.of(lines.get(lines.size() - 1).substring("report: ".length()))).exists();
  }

  /** No table of data has a version from after the first run. */
  private static void assertSecondRunWroteNothing(SparkSession spark, Path warehouse)
      throws IOException {
    List<Row> runs =
        new Tables(spark, warehouse.toString())
            .readAsStored(RUN_LOG)
            .groupBy("run_id")
            .agg(min("started_at"))
            .orderBy("run_id")
            .collectAsList();
    assertThat(runs).hasSizeGreaterThan(1);
    long second = runs.get(1).getTimestamp(1).getTime();
    for (String layer : List.of("bronze", "vault", "silver", "gold", "gold_sensitive")) {
      for (Path table : tablesOf(warehouse, layer)) {
        List<Path> commits = commitsOf(table);
        assertThat(commits).as("%s", table).isNotEmpty();
        assertThat(time(commits.get(commits.size() - 1))).as("%s", table).isLessThan(second);
      }
    }
  }

  /** When a version was committed, in milliseconds. */
  private static long time(Path commit) throws IOException {
    for (String line : Files.readAllLines(commit)) {
      JsonNode action = JSON.readTree(line);
      if (action.has("commitInfo")) {
        return action.get("commitInfo").get("timestamp").asLong();
      }
    }
    throw new AssertionError(commit + " does not tell its time");
  }

  /**
   * Copies FoodMart and makes up the files that it lacks. Those of 1997 are taken away again: they
   * are of the same kinds as those of 1998.
   */
  private static void makeSources(Path folder) throws IOException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    CompletableFuture<Void> copy =
        CompletableFuture.runAsync(() -> FoodmartCompanion.copyDatabase(FOODMART, folder));
    FoodmartCompanion.generate(FOODMART, folder, 1997, nowhere);
    copy.join();
    List<Path> of1997;
    try (Stream<Path> files = Files.walk(folder)) {
      of1997 = files.filter(file -> file.getFileName().toString().contains("-1997")).toList();
    }
    for (Path file : of1997) {
      Files.delete(file);
    }
  }

  /** Of the first run, which had everything to do. */
  private static void assertRunLogComplete(Tables tables) {
    Dataset<Row> log = tables.readAsStored(RUN_LOG);
    String first = log.agg(min("run_id")).head().getString(0);
    assertThat(
            log.filter("status = 'done'")
                .filter(col("run_id").equalTo(first))
                .select("job")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(
            "ingest",
            "conform",
            "identify",
            "consent",
            "summarize",
            "verify",
            "features",
            "habits",
            "score",
            "value",
            "predict",
            "credit",
            "cluster",
            "profile",
            "segment",
            "report");
  }

  /** Another engine reads every gold table from the files that Delta's log names. */
  private static void assertDuckDbAgrees(SparkSession spark, Path warehouse, Statement duckDb)
      throws IOException, SQLException {
    for (Path table : tablesOf(warehouse, "gold")) {
      Map<String, Long> files = liveFiles(table);
      if (files.isEmpty()) {
        continue;
      }
      try (ResultSet count = duckDb.executeQuery("SELECT count(*) FROM " + parquet(table, files))) {
        count.next();
        assertThat(count.getLong(1))
            .as("%s", table)
            .isEqualTo(files.values().stream().mapToLong(Long::longValue).sum());
      }
    }
    Path profile = warehouse.resolve("gold/customer_profile_latest");
    try (ResultSet sums =
        duckDb.executeQuery(
            "SELECT sum(order_amount), sum(order_count), count(DISTINCT customer_id), count(*)"
                + " FROM "
                + parquet(profile, liveFiles(profile)))) {
      sums.next();
      Row expected =
          spark
              .read()
              .format("delta")
              .load(profile.toString())
              .selectExpr(
                  "sum(order_amount)",
                  "sum(order_count)",
                  "count(DISTINCT customer_id)",
                  "count(*)")
              .head();
      assertThat(sums.getBigDecimal(1)).isEqualByComparingTo(expected.getDecimal(0));
      assertThat(sums.getLong(2)).isEqualTo(expected.getLong(1));
      assertThat(sums.getLong(3)).isEqualTo(expected.getLong(2));
      assertThat(sums.getLong(4)).isEqualTo(expected.getLong(3));
    }
  }

  /**
   * Names, phones and addresses of the vault stand in no text of silver, gold, ops and the report,
   * nor in the statistics of their transaction logs.
   */
  private static void assertNoDirectIdentifierOutsideTheRestrictedZone(
      SparkSession spark, Path warehouse, Statement duckDb) throws IOException, SQLException {
    Path vault = warehouse.resolve("vault/account");
    List<String> secrets =
        spark
            .read()
            .format("delta")
            .load(vault.toString())
            .select("full_name", "phone", "address")
            .filter("full_name IS NOT NULL AND phone IS NOT NULL AND address IS NOT NULL")
            .limit(5)
            .collectAsList()
            .stream()
            .flatMap(row -> Stream.of(row.getString(0), row.getString(1), row.getString(2)))
            .toList();
    assertThat(secrets).hasSize(15);
    assertThat(rowsWithAny(secrets, vault, duckDb)).as("%s", vault).isPositive();
    for (String layer : List.of("silver", "gold", "ops", "report")) {
      for (Path table : tablesOf(warehouse, layer)) {
        if (table.toString().endsWith(".html")) {
          assertThat(Files.readString(table)).as("%s", table).doesNotContain(secrets);
          continue;
        }
        assertThat(rowsWithAny(secrets, table, duckDb)).as("%s", table).isZero();
        for (Path commit : commitsOf(table)) {
          assertThat(Files.readString(commit)).as("%s", commit).doesNotContain(secrets);
        }
      }
    }
  }

  /** How many rows of a table have one of the texts in a column. */
  private static long rowsWithAny(List<String> texts, Path table, Statement duckDb)
      throws IOException, SQLException {
    Map<String, Long> files = liveFiles(table);
    if (files.isEmpty()) {
      return 0;
    }
    String rows = parquet(table, files);
    List<String> columns = new ArrayList<>();
    try (ResultSet described = duckDb.executeQuery("DESCRIBE SELECT * FROM " + rows)) {
      while (described.next()) {
        if (described.getString("column_type").contains("VARCHAR")) {
          columns.add("CAST(\"" + described.getString("column_name") + "\" AS VARCHAR)");
        }
      }
    }
    if (columns.isEmpty()) {
      return 0;
    }
    String condition =
        texts.stream()
            .map(text -> "contains(line, '" + text.replace("'", "''") + "')")
            .collect(Collectors.joining(" OR "));
    String query =
        String.format(
            "SELECT count(*) FROM (SELECT concat_ws(chr(10), %s) AS line FROM %s) WHERE %s",
            String.join(", ", columns), rows, condition);
    try (ResultSet count = duckDb.executeQuery(query)) {
      count.next();
      return count.getLong(1);
    }
  }

  /** DuckDB's view of a table's files. */
  private static String parquet(Path table, Map<String, Long> files) {
    return files.keySet().stream()
        .map(file -> "'" + table.resolve(URI.create(file).getPath()) + "'")
        .collect(Collectors.joining(", ", "read_parquet([", "])"));
  }

  /** The files that make up a table now, as Delta's log names them, with their rows. */
  private static Map<String, Long> liveFiles(Path table) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    for (Path commit : commitsOf(table)) {
      for (String line : Files.readAllLines(commit)) {
        JsonNode action = JSON.readTree(line);
        if (action.has("remove")) {
          files.remove(action.get("remove").get("path").asText());
        }
        if (action.has("add")) {
          JsonNode added = action.get("add");
          JsonNode statistics = JSON.readTree(added.get("stats").asText());
          files.put(added.get("path").asText(), statistics.get("numRecords").asLong());
        }
      }
    }
    return files;
  }

  private static List<Path> commitsOf(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table.resolve("_delta_log"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static List<Path> tablesOf(Path warehouse, String layer) throws IOException {
    try (Stream<Path> folders = Files.list(warehouse.resolve(layer))) {
      return folders
          .filter(p -> Files.isDirectory(p.resolve("_delta_log")) || p.toString().endsWith(".html"))
          .sorted()
          .toList();
    }
  }
}

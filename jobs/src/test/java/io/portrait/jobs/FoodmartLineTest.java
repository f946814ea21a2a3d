package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.run;
import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on FoodMart and its generated files. */
@ExtendWith(SparkExtension.class)
class FoodmartLineTest {

  @Test
  void foodmartGivesThePublishedTotalsAndASecondRunChangesNothing(
      SparkSession spark, @TempDir Path dir) throws IOException, SQLException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    Path files = Path.of(System.getenv("FOODMART_FILES"));
    FoodmartCompanion.generate("jdbc:hsqldb:res:foodmart", files, 1997, nowhere);
    FoodmartCompanion.copyDatabase("jdbc:hsqldb:res:foodmart", files);

    Cli.Result first = run("foodmart", dir);
    assertThat(first.err()).isEmpty();

    Tables tables = new Tables(spark, dir.toString());
    Dataset<Row> sales = tables.read(Entities.ORDER_ITEM.silver());
    assertThat(sales.count()).isEqualTo(269_720);
    // FoodMart's published totals of 1997, of silver.
    assertThat(
            sales
                .filter("year(event_day) = 1997")
                .selectExpr(
                    "sum(quantity_milli) / 1000",
                    "sum(amount_minor) / 100",
                    "count(DISTINCT account_key)")
                .head()
                .mkString("|"))
        .isEqualTo("266773.0|565238.13|5581");
    assertThat(tables.read(Entities.CUSTOMER.silver()).count()).isEqualTo(10_281);
    assertAccounted(tables);
    assertRunLogComplete(tables);
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
    assertDuckDbAgrees(spark, dir);
    assertNoDirectIdentifierOutsideTheRestrictedZone(spark, dir);
    // Ids that are built from a customer's hide it.
    assertThat(sales.filter("order_id RLIKE '^[0-9]{1,5}-'").count()).isZero();

    Map<String, Long> versions = versions(tables, dir);
    Cli.Result second = run("foodmart", dir);

    assertThat(second.err()).isEmpty();
    // Ingest looks at the sources and report at the run log; every step between has nothing to do.
    assertThat(second.out().lines().filter(line -> line.contains("unchanged")).count())
        .as("steps with nothing to do in%n%s", second.out())
        .isEqualTo(7);
    assertThat(versions(new Tables(spark, dir.toString()), dir)).isEqualTo(versions);
    List<String> lines = second.out().lines().toList();
    assertThat(lines.get(lines.size() - 2)).isEqualTo("warehouse: " + dir);
    assertThat(lines.get(lines.size() - 1)).startsWith("report: " + dir);
    assertThat(Path.of(lines.get(lines.size() - 1).substring("report: ".length()))).exists();
  }

  private static void assertRunLogComplete(Tables tables) {
    assertThat(
            tables
                .readAsStored(TableSchema.table(Layer.OPS, "run_log", "").build())
                .filter("status = 'done'")
                .select("job")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(
            "ingest",
            "conform",
            "identify",
            "summarize",
            "features",
            "score",
            "cluster",
            "profile",
            "report");
  }

  /** Another engine reads every gold table from the files that Delta's log names. */
  private static void assertDuckDbAgrees(SparkSession spark, Path warehouse)
      throws IOException, SQLException {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:")) {
      for (Path table : tablesOf(warehouse, "gold")) {
        Dataset<Row> stored = spark.read().format("delta").load(table.toString());
        String[] files = stored.inputFiles();
        if (files.length == 0) {
          continue;
        }
        String list =
            Arrays.stream(files)
                .map(f -> "'" + URI.create(f).getPath() + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        try (ResultSet count =
            duckDb
                .createStatement()
                .executeQuery("SELECT count(*) FROM read_parquet(" + list + ")")) {
          count.next();
          assertThat(count.getLong(1)).as("%s", table).isEqualTo(stored.count());
        }
      }
      Dataset<Row> profile =
          spark
              .read()
              .format("delta")
              .load(warehouse.resolve("gold/customer_profile_latest").toString());
      String list =
          Arrays.stream(profile.inputFiles())
              .map(f -> "'" + URI.create(f).getPath() + "'")
              .collect(Collectors.joining(", ", "[", "]"));
      try (ResultSet sums =
          duckDb
              .createStatement()
              .executeQuery(
                  "SELECT sum(order_amount), sum(order_count), count(DISTINCT customer_id)"
                      + " FROM read_parquet("
                      + list
                      + ")")) {
        sums.next();
        Row expected =
            profile
                .selectExpr("sum(order_amount)", "sum(order_count)", "count(DISTINCT customer_id)")
                .head();
        assertThat(sums.getBigDecimal(1)).isEqualByComparingTo(expected.getDecimal(0));
        assertThat(sums.getLong(2)).isEqualTo(expected.getLong(1));
        assertThat(sums.getLong(3)).isEqualTo(expected.getLong(2));
      }
    }
  }

  /**
   * Names, phones and addresses of the vault stand in no text of silver, gold, ops and the report,
   * nor in the statistics of their transaction logs.
   */
  private static void assertNoDirectIdentifierOutsideTheRestrictedZone(
      SparkSession spark, Path warehouse) throws IOException {
    List<String> secrets =
        spark
            .read()
            .format("delta")
            .load(warehouse.resolve("vault/account").toString())
            .select("full_name", "phone", "address")
            .filter("full_name IS NOT NULL AND phone IS NOT NULL AND address IS NOT NULL")
            .limit(5)
            .collectAsList()
            .stream()
            .flatMap(row -> Stream.of(row.getString(0), row.getString(1), row.getString(2)))
            .toList();
    assertThat(secrets).hasSize(15);
    for (String layer : List.of("silver", "gold", "ops", "report")) {
      for (Path table : tablesOf(warehouse, layer)) {
        if (table.toString().endsWith(".html")) {
          assertThat(Files.readString(table)).as("%s", table).doesNotContain(secrets);
          continue;
        }
        Dataset<Row> stored = spark.read().format("delta").load(table.toString());
        String condition =
            Arrays.stream(stored.schema().fields())
                .filter(field -> field.dataType().equals(DataTypes.StringType))
                .flatMap(
                    field ->
                        secrets.stream()
                            .map(s -> s.replace("\\", "\\\\").replace("'", "\\'"))
                            .map(s -> "contains(" + field.name() + ", '" + s + "')"))
                .collect(Collectors.joining(" OR "));
        assertThat(condition.isEmpty() ? 0 : stored.filter(condition).count())
            .as("%s", table)
            .isZero();
        try (Stream<Path> commits = Files.list(table.resolve("_delta_log"))) {
          for (Path commit : commits.filter(c -> c.toString().endsWith(".json")).toList()) {
            assertThat(Files.readString(commit)).as("%s", commit).doesNotContain(secrets);
          }
        }
      }
    }
  }

  private static Map<String, Long> versions(Tables tables, Path warehouse) throws IOException {
    Map<String, Long> versions = new TreeMap<>();
    for (String layer : List.of("bronze", "vault", "silver", "gold")) {
      for (Path table : tablesOf(warehouse, layer)) {
        String name = layer + "/" + table.getFileName();
        versions.put(name, tables.version(name));
      }
    }
    return versions;
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

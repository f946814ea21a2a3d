package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Layer;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.generate.FoodmartCompanion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on data that nobody here wrote. */
@ExtendWith(SparkExtension.class)
class WorldLineTest {

  @Test
  void foodmartGivesThePublishedTotalsAndASecondRunChangesNothing(
      SparkSession spark, @TempDir Path dir) throws IOException, SQLException {
    FoodmartCompanion.generate(
        "jdbc:hsqldb:res:foodmart",
        Path.of(System.getenv("FOODMART_FILES")),
        1997,
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

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
    assertGoldReadableAnywhere(spark, dir);
    assertDuckDbAgrees(spark, dir);
    assertNoDirectIdentifierOutsideTheRestrictedZone(spark, dir);

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

  @Test
  void onlineRetailGivesThePublishedTotalsAndLosesNoLine(SparkSession spark, @TempDir Path dir) {
    needs("ONLINE_RETAIL_DATA");

    Cli.Result result = run("online-retail", dir);
    assertThat(result.err()).isEmpty();

    Tables tables = new Tables(spark, dir.toString());
    Dataset<Row> account = tables.read(RawTables.CONFORM_RESULT).filter("entity = 'order_item'");
    assertThat(
            account
                .selectExpr("sum(rows_in)", "sum(rows_kept)", "sum(rows_rejected)")
                .head()
                .mkString("|"))
        .isEqualTo("541909|406829|135080");
    assertThat(
            tables
                .read(Entities.ORDER_ITEM.silver())
                .filter("line_type = 'sale'")
                .selectExpr(
                    "count(*)", "count(DISTINCT account_key)", "round(sum(amount_minor) / 100, 2)")
                .head()
                .mkString("|"))
        .isEqualTo("397884|4338|8911407.9");
    assertAccounted(tables);
    assertThat(tables.readAsStored(gold("customer_profile_latest")).count()).isEqualTo(4_372);
  }

  @Test
  void cdnowRunsOnOrdersWithoutLines(SparkSession spark, @TempDir Path dir) {
    needs("CDNOW_DATA");

    Cli.Result result = run("cdnow", dir);
    assertThat(result.err()).isEmpty();

    Tables tables = new Tables(spark, dir.toString());
    assertThat(
            tables
                .read(Entities.ORDER.silver())
                .selectExpr(
                    "count(*)",
                    "count(DISTINCT account_key)",
                    "sum(quantity_milli) DIV 1000",
                    "sum(amount_minor)")
                .head()
                .mkString("|"))
        .isEqualTo("69659|23570|167881|250031563");
    assertThat(
            tables
                .readAsStored(gold("customer_feature"))
                .selectExpr("sum(order_count)", "sum(order_amount)", "count(*)")
                .head()
                .mkString("|"))
        .isEqualTo("69659|2500315.63|23570");
    assertAccounted(tables);
  }

  @Test
  void completeJourneyRunsWithDemographicsAndCampaigns(SparkSession spark, @TempDir Path dir) {
    needs("COMPLETE_JOURNEY_DATA");

    Cli.Result result = run("complete-journey", dir);
    assertThat(result.err()).isEmpty();

    Tables tables = new Tables(spark, dir.toString());
    assertThat(tables.read(Entities.ORDER_ITEM.silver()).count()).isEqualTo(75_000);
    assertThat(tables.read(Entities.CUSTOMER.silver()).count()).isEqualTo(801);
    assertAccounted(tables);
    assertThat(tables.readAsStored(gold("customer_profile_latest")).count()).isPositive();
  }

  private static Cli.Result run(String world, Path warehouse) {
    Cli.Result result =
        Cli.run("run", "--conf", "../conf/" + world, "--warehouse", warehouse.toString());
    System.out.println(result.out());
    return result;
  }

  private static void needs(String variable) {
    boolean isThere = Files.isDirectory(Path.of(System.getenv(variable)));
    assertThat(isThere || !"true".equals(System.getenv("CI")))
        .as("the data of %s, which CI must have", variable)
        .isTrue();
    assumeTrue(isThere, "There is no " + System.getenv(variable) + ", the data of this world");
  }

  /** Rows in = elsewhere + kept + rejected + duplicate + deleted, and what was refused is there. */
  private static void assertAccounted(Tables tables) {
    Row sums =
        tables
            .read(RawTables.CONFORM_RESULT)
            .selectExpr(
                "sum(rows_in - rows_elsewhere - rows_kept - rows_rejected - rows_duplicate"
                    + " - rows_deleted)",
                "sum(rows_rejected)",
                "sum(rows_in)")
            .head();
    assertThat(sums.getLong(0)).isZero();
    assertThat(sums.getLong(2)).isPositive();
    long rejected = tables.readOrEmpty(RawTables.REJECTED).filter("size(reasons) > 0").count();
    assertThat(rejected).isEqualTo(sums.getLong(1));
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

  /** Delta reader 1 and writer 3 at most, a comment on each column, and types that all can read. */
  private static void assertGoldReadableAnywhere(SparkSession spark, Path warehouse)
      throws IOException {
    for (Path table : tablesOf(warehouse, "gold")) {
      Row detail = spark.sql("DESCRIBE DETAIL delta.`" + table + "`").head();
      assertThat(detail.<Integer>getAs("minReaderVersion")).as("%s", table).isEqualTo(1);
      assertThat(detail.<Integer>getAs("minWriterVersion")).as("%s", table).isLessThanOrEqualTo(3);
      Arrays.stream(spark.read().format("delta").load(table.toString()).schema().fields())
          .forEach(
              field -> {
                assertThat(field.getComment().isDefined()).as("%s %s", table, field).isTrue();
                assertThat(field.dataType().typeName())
                    .as("%s %s", table, field)
                    .doesNotContain("timestamp_ntz", "variant", "map", "struct", "array");
              });
    }
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
                .map(f -> "'" + java.net.URI.create(f).getPath() + "'")
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
              .map(f -> "'" + java.net.URI.create(f).getPath() + "'")
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

  /** Phones and names of the vault stand in no file of silver, gold, ops and the report. */
  private static void assertNoDirectIdentifierOutsideTheRestrictedZone(
      SparkSession spark, Path warehouse) throws IOException {
    List<Row> people =
        spark
            .read()
            .format("delta")
            .load(warehouse.resolve("vault/account").toString())
            .select("full_name", "phone")
            .limit(200)
            .collectAsList();
    assertThat(people).hasSize(200);
    List<String> secrets =
        people.stream()
            .flatMap(row -> Stream.of(row.getString(0), row.getString(1)))
            .filter(s -> s != null)
            .toList();
    for (String layer : List.of("silver", "gold", "ops", "report")) {
      for (Path table : tablesOf(warehouse, layer)) {
        Dataset<Row> stored =
            Files.isDirectory(table.resolve("_delta_log"))
                ? spark
                    .read()
                    .format("delta")
                    .load(table.toString())
                    .selectExpr("to_json(struct(*))")
                : spark.read().option("wholetext", true).text(table.toString());
        String condition =
            secrets.stream()
                .map(s -> "contains(_text, '" + s.replace("\\", "\\\\").replace("'", "\\'") + "')")
                .limit(100)
                .collect(Collectors.joining(" OR "));
        assertThat(stored.toDF("_text").filter(condition).count()).as("%s", table).isZero();
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

  private static TableSchema gold(String name) {
    return TableSchema.table(Layer.GOLD, name, "").build();
  }
}

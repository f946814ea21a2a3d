package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Layer;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.testing.RealData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What the tests of the whole line share. */
final class Worlds {

  /** Steps that are the same for every as-of date. */
  private static final Set<String> BEFORE_AS_OF = Set.of("ingest", "conform", "summarize");

  private Worlds() {}

  /**
   * Runs a world on real data from end to end, and gives its tables.
   *
   * @param data {@link RealData#of}, or a folder with some of it
   * @param dir where the warehouse is made
   */
  static Tables runOn(SparkSession spark, String world, Path data, Path dir) throws IOException {
    Path conf = configure(world, data, dir);
    Path warehouse = dir.resolve("warehouse");

    assertThat(run(conf, warehouse).err()).isEmpty();
    return new Tables(spark, warehouse.toString());
  }

  /** Runs some steps of a world on real data, one by one, and gives its tables. */
  static Tables runSteps(
      SparkSession spark, String world, Path data, Path dir, String asOf, List<String> steps)
      throws IOException {
    Path conf = configure(world, data, dir);
    Path warehouse = dir.resolve("warehouse");
    for (String step : steps) {
      List<String> arguments = new ArrayList<>();
      arguments.addAll(List.of(step, "--conf", conf.toString()));
      arguments.addAll(List.of("--warehouse", warehouse.toString()));
      if (!BEFORE_AS_OF.contains(step)) {
        arguments.addAll(List.of("--as-of", asOf));
      }
      assertThat(Cli.run(arguments.toArray(String[]::new)).err()).as(step).isEmpty();
    }
    return new Tables(spark, warehouse.toString());
  }

  /**
   * Makes a world's deployment in a folder and gives it.
   *
   * <p>Its own two files are as shipped. Only three and four clusters are tried, since no test asks
   * how many there are, and 2,000 customers are learnt from; FoodMart runs with the shipped scores.
   */
  private static Path configure(String world, Path data, Path dir) throws IOException {
    Path shipped = Path.of("../conf", world);
    Path conf = Files.createDirectories(dir.resolve("conf"));
    Files.copy(shipped.resolve("portrait.yaml"), conf.resolve("portrait.yaml"));
    Files.writeString(
        conf.resolve("sources.yaml"),
        replaced(
            shipped.resolve("sources.yaml"),
            "${" + RealData.variable(world) + "}",
            data.toString()));
    Files.writeString(
        conf.resolve("scores.yaml"),
        replaced(
            replaced(Path.of("../conf/catalogue/scores.yaml"), "max_k: 8", "max_k: 4"),
            "sample_customers: 100000",
            "sample_customers: 2000"));
    return conf;
  }

  /** Runs a deployment's folder by the command line and prints what a person sees. */
  static Cli.Result run(Path conf, Path warehouse) {
    Cli.Result result =
        Cli.run("run", "--conf", conf.toString(), "--warehouse", warehouse.toString());
    System.out.println(result.out());
    return result;
  }

  /** Rows in = elsewhere + kept + rejected + duplicate + deleted, and what was refused is there. */
  static void assertAccounted(Tables tables) {
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

  /** A gold table by its name. */
  static TableSchema gold(String name) {
    return TableSchema.table(Layer.GOLD, name, "").build();
  }

  /** A file's text with one part, which it must have, replaced. */
  private static String replaced(Path file, String part, String replacement) throws IOException {
    return replaced(Files.readString(file), part, replacement);
  }

  private static String replaced(String text, String part, String replacement) {
    assertThat(text).contains(part);
    return text.replace(part, replacement);
  }
}

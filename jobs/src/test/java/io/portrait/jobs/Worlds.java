package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Layer;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Row;

/** What the tests of the whole line share. */
final class Worlds {

  private Worlds() {}

  /** Runs a world by the command line and prints what a person sees. */
  static Cli.Result run(String world, Path warehouse) {
    Cli.Result result =
        Cli.run("run", "--conf", "../conf/" + world, "--warehouse", warehouse.toString());
    System.out.println(result.out());
    return result;
  }

  /** Skips the test without the data of a world, but not in CI. */
  static void needs(String variable) {
    boolean isThere = Files.isDirectory(Path.of(System.getenv(variable)));
    assertThat(isThere || !"true".equals(System.getenv("CI")))
        .as("the data of %s, which CI must have", variable)
        .isTrue();
    assumeTrue(isThere, "There is no " + System.getenv(variable) + ", the data of this world");
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
}

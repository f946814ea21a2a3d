package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.runSteps;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ValueTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The line up to value, by the command line, on real orders without lines. */
@ExtendWith(SparkExtension.class)
class CdnowLineTest {

  @Test
  void cdnowRunsOnOrdersWithoutLines(SparkSession spark, @TempDir Path dir) throws IOException {
    Tables tables =
        runSteps(
            spark,
            "cdnow",
            RealData.of("cdnow"),
            dir,
            "1998-07-01",
            List.of("ingest", "conform", "identify", "summarize", "features", "value"));

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
                .readAsStored(FeatureTable.schema(List.of()))
                .selectExpr("sum(order_count)", "sum(order_amount)", "count(*)")
                .head()
                .mkString("|"))
        .isEqualTo("69659|2500315.63|23570");
    // Of the whole cohort to the end of June 1998; found by another program, by simplex search.
    assertThat(
            tables
                .read(ValueTables.VALUE_MODEL)
                .selectExpr("parameter", "round(value, 2)", "round(log_likelihood)", "repeaters")
                .collectAsList())
        .extracting(row -> row.mkString(" "))
        .containsExactlyInAnyOrder(
            "r 0.27 -173426.0 11516",
            "alpha 5.99 -173426.0 11516",
            "a 0.48 -173426.0 11516",
            "b 2.11 -173426.0 11516",
            "p 5.09 -49497.0 11515",
            "q 4.0 -49497.0 11515",
            "gamma 21.25 -49497.0 11515");
    assertAccounted(tables);
  }
}

package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.runSteps;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.RawTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The line up to features, by the command line, on real orders of a web shop. */
@ExtendWith(SparkExtension.class)
class OnlineRetailLineTest {

  @Test
  void onlineRetailGivesThePublishedTotalsAndLosesNoLine(SparkSession spark, @TempDir Path dir)
      throws IOException {
    Tables tables =
        runSteps(
            spark,
            "online-retail",
            RealData.of("online-retail"),
            dir,
            "2011-12-10",
            List.of("ingest", "conform", "identify", "summarize", "features"));

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
    assertThat(tables.readAsStored(FeatureTable.schema(List.of())).count()).isEqualTo(4_372);
  }
}

package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.gold;
import static io.portrait.jobs.Worlds.runOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.RawTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on real orders of a web shop. */
@ExtendWith(SparkExtension.class)
class OnlineRetailLineTest {

  @Test
  void onlineRetailGivesThePublishedTotalsAndLosesNoLine(SparkSession spark, @TempDir Path dir)
      throws IOException {
    Tables tables = runOn(spark, "online-retail", RealData.of("online-retail"), dir);

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
}

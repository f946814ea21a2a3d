package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.data;
import static io.portrait.jobs.Worlds.gold;
import static io.portrait.jobs.Worlds.runOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on real orders without lines. */
@ExtendWith(SparkExtension.class)
class CdnowLineTest {

  @Test
  void cdnowRunsOnOrdersWithoutLines(SparkSession spark, @TempDir Path dir) throws IOException {
    Tables tables = runOn(spark, "cdnow", data("cdnow"), dir);

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
}

package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.gold;
import static io.portrait.jobs.Worlds.needs;
import static io.portrait.jobs.Worlds.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.testing.SparkExtension;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on a real panel of households. */
@ExtendWith(SparkExtension.class)
class CompleteJourneyLineTest {

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
}

package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a run that fails leaves for whoever watches; a whole run's is in PrivacyLineTest. */
@ExtendWith(SparkExtension.class)
class RunSummaryTest {

  @Test
  void aFailedRunLeavesItsStepsAndWhyItFailed(SparkSession spark, @TempDir Path dir)
      throws IOException {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
                sources:
                  - name: sales
                    format: csv
                    path: $DATA/sales.csv
                    maps:
                      - entity: order
                        realm: shop
                        columns: {order_id: number, account_id: customer, ordered_at: day, amount: total}
                """)
            .write("sales.csv", "number,customer,day,total\n1,a,2024-03-01,10\n2,b,soon,20\n");

    Cli.Result result = world.run("run");

    assertThat(result.code()).isEqualTo(3);
    JsonNode summary =
        new ObjectMapper().readTree(world.warehouse().resolve("ops/run-summary.json").toFile());
    assertThat(summary.get("deployment").asText()).isEqualTo("small");
    assertThat(summary.get("outcome").asText()).isEqualTo("failed");
    assertThat(summary.get("exit_code").asInt()).isEqualTo(3);
    assertThat(result.err()).contains(summary.get("error").asText());
    assertThat(summary.get("as_of").isNull()).isTrue();
    assertThat(summary.get("steps")).hasSize(2);
    assertThat(summary.at("/steps/0/step").asText()).isEqualTo("ingest");
    assertThat(summary.at("/steps/0/outcome").asText()).isEqualTo("done");
    assertThat(summary.at("/steps/0/rows_out").asLong()).isEqualTo(2);
    assertThat(summary.at("/steps/1/step").asText()).isEqualTo("conform");
    assertThat(summary.at("/steps/1/outcome").asText()).isEqualTo("failed");
    assertThat(summary.has("checks")).isFalse();
    assertThat(summary.get("command").asText()).isEqualTo("run");

    assertThat(world.run("conform").code()).isEqualTo(3);
    assertThat(world.run("ingest").err()).isEmpty();

    JsonNode step =
        new ObjectMapper().readTree(world.warehouse().resolve("ops/run-summary.json").toFile());
    assertThat(step.get("command").asText()).isEqualTo("ingest");
    assertThat(step.get("outcome").asText()).isEqualTo("done");
    assertThat(step.get("steps")).hasSize(1);
  }
}

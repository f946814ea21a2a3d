package io.portrait.jobs.fitscorecard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.DataFile;
import io.portrait.common.job.Console;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Scorecards of public data, measured on rows that they were not fitted to. */
@ExtendWith(SparkExtension.class)
class RealScorecardTest {

  @TempDir private Path dir;

  @Test
  void tellsWhoOfTaiwansCardHoldersDefaults(SparkSession spark) {
    String data = RealData.of("uci-credit-default").resolve("UCI_Credit_Card.csv.gz").toString();

    FitScorecard.Fitted fitted =
        FitScorecard.fitted(
            DataFile.csv(spark, data, ",", Optional.empty()),
            new FitScorecard.Request(
                "UCI",
                "default_payment_next_month",
                "1",
                12,
                List.of("ID"),
                Map.of("utilisation", "BILL_AMT1 / LIMIT_BAL"),
                42),
            new Console(System.out));

    assertThat(fitted.heldOut().auc()).isGreaterThanOrEqualTo(0.76);
    assertThat(fitted.train().counts().plus(fitted.heldOut().counts()))
        .isEqualTo(new Counts(23_364, 6_636));
    assertThat(fitted.scorecard().items())
        .hasSizeLessThanOrEqualTo(12)
        .allSatisfy(item -> assertThat(item.coefficient()).isPositive())
        .extracting(item -> item.characteristic().input().name())
        .startsWith("PAY_0")
        .doesNotContain("ID");
  }

  @Test
  void tellsWhoRepaysAGermanBank(SparkSession spark) throws IOException {
    Path data = RealData.of("german-credit").resolve("german.data.gz");
    Path file = dir.resolve("german.data");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(data))) {
      // This copy's first line names the columns, but not in the form of the others.
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(file, text.substring(text.indexOf('\n') + 1));
    }
    Dataset<Row> table = DataFile.csv(spark, file.toString(), " ", Optional.of(List.of()));

    FitScorecard.Fitted fitted =
        FitScorecard.fitted(
            table,
            new FitScorecard.Request("German", "c21", "2", 12, List.of(), Map.of(), 42),
            new Console(System.out));

    assertThat(fitted.heldOut().auc()).isGreaterThanOrEqualTo(0.75);
    assertThat(fitted.train().counts().plus(fitted.heldOut().counts()))
        .isEqualTo(new Counts(700, 300));
    assertThat(fitted.scorecard().items()).hasSizeLessThanOrEqualTo(12);
  }
}

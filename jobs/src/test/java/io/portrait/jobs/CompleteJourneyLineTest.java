package io.portrait.jobs;

import static io.portrait.jobs.Worlds.assertAccounted;
import static io.portrait.jobs.Worlds.gold;
import static io.portrait.jobs.Worlds.runOn;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole line, by the command line, on a real panel of households. */
@ExtendWith(SparkExtension.class)
class CompleteJourneyLineTest {

  private static final Pattern COMMA = Pattern.compile(",");

  @Test
  void completeJourneyRunsWithDemographicsAndCampaigns(SparkSession spark, @TempDir Path dir)
      throws IOException {
    Path tenth = copyTenth(RealData.of("complete-journey"), dir.resolve("data"));

    Tables tables = runOn(spark, "complete-journey", tenth, dir);

    assertThat(tables.read(Entities.ORDER_ITEM.silver()).count()).isEqualTo(7_845);
    assertThat(tables.read(Entities.CUSTOMER.silver()).count()).isEqualTo(81);
    assertAccounted(tables);
    assertThat(tables.readAsStored(gold("customer_profile_latest")).count()).isEqualTo(240);
  }

  /**
   * Copies the households whose number ends in 7, a tenth of all: their lines, answers, campaigns
   * and coupons, and the products that they bought. No published total is lost, as the whole file
   * is a sample of lines itself.
   */
  private static Path copyTenth(Path all, Path tenth) throws IOException {
    Files.createDirectories(tenth);
    Set<String> bought = new HashSet<>();
    copy(all, tenth, "demographics.csv.gz", row -> isInTenth(row[0]));
    copy(all, tenth, "coupon_redemptions.csv.gz", row -> isInTenth(row[0]));
    copy(all, tenth, "campaigns.csv.gz", row -> isInTenth(row[1]));
    copy(
        all,
        tenth,
        "transactions_sample.csv.gz",
        row -> {
          if (isInTenth(row[0])) {
            bought.add(row[3]);
          }
          return isInTenth(row[0]);
        });
    copy(all, tenth, "products.csv.gz", row -> bought.contains(row[0]));
    return tenth;
  }

  private static boolean isInTenth(String household) {
    return household.endsWith("7");
  }

  /** Copies the header and some rows of a file; none of these files quotes a value. */
  private static void copy(Path from, Path to, String name, Predicate<String[]> isTaken)
      throws IOException {
    try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(from.resolve(name))),
                    StandardCharsets.UTF_8));
        BufferedWriter writer =
            new BufferedWriter(
                new OutputStreamWriter(
                    new GZIPOutputStream(Files.newOutputStream(to.resolve(name))),
                    StandardCharsets.UTF_8))) {
      writer.write(reader.readLine() + "\n");
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (isTaken.test(COMMA.split(line, -1))) {
          writer.write(line + "\n");
        }
      }
    }
  }
}

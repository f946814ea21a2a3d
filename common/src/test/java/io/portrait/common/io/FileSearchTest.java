package io.portrait.common.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.privacy.TextSearch;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class FileSearchTest {

  private static final TextSearch TEXTS =
      new TextSearch(
          Map.of(
              "amy@example.com", "email",
              "+886912345678", "phone",
              "陳美玲", "name",
              "Amy van Dyk", "name",
              "C000001", "crm",
              "4711", "short"));

  @Test
  void findsWholeWordsInAnyCaseAndNoOthers() {
    assertThat(found("write to AMY@Example.COM, please")).containsExactly("email");
    assertThat(found("\"+886912345678\"")).containsExactly("phone");
    assertThat(found("客戶 陳美玲 女士")).containsExactly("name");
    assertThat(found("amy VAN dyk|user=c000001;")).containsExactly("name", "crm");
    assertThat(found("C000001")).containsExactly("crm");
    assertThat(found("C0000012 XC000001 陳美玲玲 Amy van Dyke 4711 may.amy@example.com amy@example.co"))
        .isEmpty();
    assertThat(found("")).isEmpty();
    assertThat(TEXTS.size()).isEqualTo(5);
  }

  @Test
  void findsTextsThatLieAcrossThePartsOfALongFile() {
    String filler = "x".repeat(31) + " ";
    for (int cut = 0; cut < 40; cut++) {
      String text = filler + "C000001" + " ".repeat(40);
      int end = Math.min(text.length(), 10 + cut);
      int next = Math.max(0, end - TEXTS.overlap());
      List<String> found = new ArrayList<>();
      TEXTS.scan(text.substring(0, end), true, false, found::add);
      TEXTS.scan(text.substring(next), next == 0, true, found::add);
      assertThat(found).as("cut at %d", end).contains("crm");
      String part = filler + "XC000001 C0000012" + " ".repeat(40);
      end = Math.min(part.length(), 10 + cut);
      next = Math.max(0, end - TEXTS.overlap());
      found.clear();
      TEXTS.scan(part.substring(0, end), true, false, found::add);
      TEXTS.scan(part.substring(next), next == 0, true, found::add);
      assertThat(found).as("cut at %d", end).isEmpty();
    }
  }

  @Test
  void looksIntoEveryFile(SparkSession spark, @TempDir Path dir) throws IOException {
    spark
        .sql(
            "SELECT id, map('mail', if(id = 700, 'amy@example.com', concat('m', id))) AS row,"
                + " if(id < 500, 'C000001', 'C000002') AS account FROM range(0, 1000, 1, 1)")
        .write()
        .parquet(dir.resolve("bronze/crm").toString());
    spark
        .sql("SELECT id, 'C0000012' AS account FROM range(0, 10, 1, 1)")
        .write()
        .parquet(dir.resolve("silver/clean").toString());
    Files.createDirectories(dir.resolve("gold/_delta_log"));
    Files.writeString(
        dir.resolve("gold/_delta_log/0.json"),
        "{\"min\":\"" + "y".repeat(300_000) + "\",\"C000001\"}");
    Files.writeString(dir.resolve("gold/_delta_log/.0.json.crc"), "c 陳美玲");
    Files.writeString(dir.resolve("gold/half.parquet"), "PAR1 +886912345678");
    Files.createDirectories(dir.resolve("ops/account=C000001"));
    Files.writeString(dir.resolve("ops/account=C000001/empty"), "");
    Files.writeString(dir.resolve("ops/left-out.json"), "C000001");

    FileSearch.Result result = FileSearch.search(spark, dir.toString(), TEXTS, "ops/left-out.json");

    assertThat(result.findings())
        .extracting(f -> f.file().replaceFirst("/part-.*", "") + " " + f.meaning())
        .containsExactly(
            "bronze/crm crm",
            "bronze/crm email",
            "gold/_delta_log/.0.json.crc name",
            "gold/_delta_log/0.json crm",
            "gold/half.parquet phone",
            "ops/account=C000001/empty crm");
    assertThat(result.files()).isGreaterThanOrEqualTo(8);
    assertThat(result.bytes()).isGreaterThan(300_000);
  }

  private static List<String> found(String text) {
    List<String> found = new ArrayList<>();
    TEXTS.scan(text, true, true, found::add);
    return found;
  }
}

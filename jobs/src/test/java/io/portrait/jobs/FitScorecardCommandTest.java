package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Score;
import io.portrait.common.table.DataClass;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A made-up bank: who owes much and who has no work defaults more often. */
@ExtendWith(SparkExtension.class)
class FitScorecardCommandTest {

  @TempDir private Path dir;
  private Path data;
  private Path out;

  @BeforeEach
  void writeData(SparkSession spark) throws IOException {
    data = dir.resolve("bank.csv");
    out = dir.resolve("scorecard.yaml");
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder("id,Debt-now,income,work,country,defaulted\n");
    for (int i = 0; i < 3000; i++) {
      double debt = random.nextInt(1000);
      String work = List.of("\"clerk\"", "none", "").get(random.nextInt(3));
      double odds = -3 + debt / 400 + (work.equals("none") ? 1.5 : 0);
      boolean isBad = random.nextDouble() < 1 / (1 + Math.exp(-odds));
      text.append(i).append(',').append(debt).append(",1000,").append(work);
      text.append(",TW,").append(i % 100 == 0 ? "" : isBad ? "yes" : "no").append('\n');
    }
    Files.writeString(data, text);
  }

  @Test
  void writesAScoreThatScoresYamlTakesAsItIs() throws IOException {
    Cli.Result result =
        fit(
            "--target",
            "defaulted",
            "--bad",
            "yes",
            "--exclude",
            "id",
            "--derive",
            "debt_share=`Debt-now` / income");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    // A share of the debt says what the debt says: one of them is enough.
    assertThat(result.out())
        .containsPattern("(?m)^(Debt-now|debt_share) ")
        .containsPattern("(?m)^work +3 ")
        .doesNotContainPattern("(?m)^(income|country|id) ")
        .contains("warning: 30 rows without 'defaulted' are left out", "held out", "Gini");
    Score score = loaded();
    assertThat(score.points().orElseThrow().scale()).contains(new Score.Scale(600, 50, 20));
    // It replaces the shipped score as a whole, and is as strict and as useful to tags as that.
    Score shipped = credit(TestCatalogue.shipped());
    assertThat(score.purpose()).isEqualTo(shipped.purpose()).contains("credit");
    assertThat(score.sensitivity()).isEqualTo(shipped.sensitivity()).contains(DataClass.SENSITIVE);
    assertThat(score.levels()).isEqualTo(shipped.levels()).isNotEmpty();
    List<Score.Characteristic> found = score.characteristics();
    assertThat(found).hasSize(2);
    Score.Characteristic work =
        found.stream().filter(c -> c.name().equals("work")).findFirst().orElseThrow();
    assertThat(work.categories().get("none")).isLessThan(-10);
    assertThat(work.categories().get("clerk")).isPositive();
    assertThat(work.missing().orElseThrow()).isPositive();
    Score.Characteristic debt =
        found.stream().filter(c -> !c.name().equals("work")).findFirst().orElseThrow();
    assertThat(debt.bins())
        .extracting(Score.Bin::points)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(debt.value().sql()).contains("`Debt-now`");
    assertThat(Files.readString(out))
        .contains("# Fitted to: 1,", "# Held out: ", "weight of evidence");

    String first = Files.readString(out);
    fit(
        "--target",
        "defaulted",
        "--bad",
        "yes",
        "--exclude",
        "id",
        "--derive",
        "debt_share=`Debt-now` / income");
    assertThat(Files.readString(out)).isEqualTo(first);
  }

  /** Of columns of which one is always yes, the last says what the others say together. */
  @Test
  void leavesOutWhatOthersSayTogether() throws IOException {
    Cli.Result result =
        fit(
            "--target",
            "defaulted",
            "--bad",
            "yes",
            "--exclude",
            "id,work,income,country",
            "--derive",
            "debt_again=`Debt-now`",
            "--derive",
            "is_clerk=CAST(coalesce(work, '') = 'clerk' AS INT)",
            "--derive",
            "is_none=CAST(coalesce(work, '') = 'none' AS INT)",
            "--derive",
            "is_unknown=CAST(work IS NULL AS INT)");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    List<String> found =
        loaded().characteristics().stream().map(Score.Characteristic::name).toList();
    assertThat(found).contains("is_none").doesNotContain("income");
    assertThat(found).filteredOn(name -> name.startsWith("is_")).hasSizeLessThanOrEqualTo(2);
    assertThat(found).filteredOn(name -> name.startsWith("debt")).hasSize(1);
  }

  @Test
  void tellsWhatIsWrong() throws IOException {
    fails(
        fit("--target", "default", "--bad", "yes"),
        2,
        "bank.csv has no column 'default'. Did you mean 'defaulted'?");
    fails(
        fit("--target", "defaulted", "--bad", "1"),
        2,
        "--bad 1: the column 'defaulted' of bank.csv has the values no, yes.");
    fails(fit("--target", "work", "--bad", "none", "--exclude", "idd"), 2, "'idd'");
    fails(
        fit("--target", "country", "--bad", "TW"),
        3,
        "'country' of bank.csv has the value TW alone");
    fails(fit("--target", "id", "--bad", "1"), 3, "'id' of bank.csv has more than two values");
    fails(
        fit("--target", "defaulted", "--bad", "yes", "--exclude", "id,Debt-now,work"),
        3,
        "None of the 2 columns of bank.csv tells good from bad");
    fails(
        fit("--target", "defaulted", "--bad", "yes", "--derive", "a=debt / 2"),
        2,
        "--derive: a: unknown column 'debt'");
    fails(
        fit("--target", "defaulted", "--bad", "yes", "--max-characteristics", "0"),
        2,
        "--max-characteristics must be 1 or more, is 0");
    fails(
        fit("--target", "a", "--bad", "yes", "--columns", "a,b"),
        2,
        "bank.csv has 6 columns with separator ',', and 2 names are given");
    Files.writeString(data, "id,defaulted\n");
    fails(fit("--target", "defaulted", "--bad", "yes"), 3, "no row with a value in 'defaulted'");
    Files.writeString(data, "");
    fails(fit("--target", "defaulted", "--bad", "yes"), 3, "bank.csv is empty");
    Files.delete(data);
    fails(fit("--target", "defaulted", "--bad", "yes"), 2, "There is no file", "bank.csv");
    assertThat(out).doesNotExist();
  }

  private Cli.Result fit(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "fit-scorecard",
                "--data",
                data.toString(),
                "--format",
                "csv",
                "--out",
                out.toString()));
    arguments.addAll(List.of(options));
    return Cli.run(arguments.toArray(String[]::new));
  }

  private static void fails(Cli.Result result, int code, String... words) {
    assertThat(result.err()).contains(words).doesNotContain("\tat ");
    assertThat(result.code()).isEqualTo(code);
  }

  /** The score as a deployment's own scores.yaml has it. */
  private Score loaded() throws IOException {
    SmallWorld world =
        new SmallWorld(dir.resolve("world"))
            .sources(
                """
                sources:
                  - name: customers
                    format: csv
                    path: customers.csv
                    maps: [{entity: customer, realm: crm, columns: {account_id: id}}]
                """)
            .write("conf/scores.yaml", "scores:\n" + Files.readString(out));
    return credit(world.catalogue());
  }

  private static Score credit(Catalogue catalogue) {
    return catalogue.scores().scores().stream()
        .filter(score -> score.name().equals("credit"))
        .findFirst()
        .orElseThrow();
  }
}

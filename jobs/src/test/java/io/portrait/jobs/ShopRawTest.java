package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entities;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.recover.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The generated shop goes into the line: what is broken on purpose is refused, and no more. */
@ExtendWith(SparkExtension.class)
class ShopRawTest {

  /** The sources that are conformed here; all are checked. */
  private static final List<String> SOURCES =
      List.of("crm_customer", "club_member", "orders", "payment_provider", "web_log", "survey");

  /** Why a row may be refused. */
  private static final Set<String> PLANTED =
      Set.of(
          "account_id: missing",
          "occurred_at: not a timestamp in the declared format",
          "paid_at: missing",
          "row: bot",
          "row: error_response",
          "row: health_check",
          "row: not 18 columns",
          "row: not a JSON object",
          "row: not a line of the declared form",
          "row: score_off_the_scale",
          "row: test_account",
          "score: not a number");

  @Test
  void isReadAndItsPeopleAreFoundAgain(SparkSession spark, @TempDir Path dir) throws IOException {
    Path files = dir.resolve("files");
    Cli.Result generated =
        Cli.run(
            "generate", "shop", "--customers", "300", "--days", "400", "--out", files.toString());
    assertThat(generated.err()).isEmpty();
    assertThat(generated.out()).contains("truth/customer");
    Path conf = conf(dir, files, source -> true);

    assertThat(Cli.run("check", "--conf", conf.toString()).err()).isEmpty();
    Path some = conf(dir, files, SOURCES::contains);
    String warehouse = dir.resolve("warehouse").toString();
    for (String step : new String[] {"ingest", "conform"}) {
      Cli.Result result = Cli.run(step, "--conf", some.toString(), "--warehouse", warehouse);
      assertThat(result.err()).as(step).isEmpty();
    }
    Cli.Result identified =
        Cli.run(
            "identify",
            "--conf",
            some.toString(),
            "--warehouse",
            warehouse,
            "--as-of",
            "2025-01-01");
    assertThat(identified.err()).isEmpty();

    Tables tables = new Tables(spark, warehouse);
    Worlds.assertAccounted(tables);
    assertThat(reasons(tables)).contains("account_id: missing", "row: bot").isSubsetOf(PLANTED);
    Dataset<Row> truth = spark.read().parquet(files.resolve("truth/identity").toString());
    long split = truth.filter("realm <> 'visitor' AND NOT is_linkable").count();
    assertThat(tables.read(SilverTables.CUSTOMER).count()).isEqualTo(300 + split);
    Identities found =
        Identities.compare(
            truth,
            tables.read(SilverTables.CUSTOMER_MAP),
            new KeyedHash(System.getenv("PORTRAIT_KEY")));
    assertThat(found.accounts()).isEqualTo(truth.filter("realm <> 'visitor'").count());
    assertThat(found.planted()).isGreaterThan(50);
    assertThat(found.precision()).as("precision of %s", found).isGreaterThanOrEqualTo(0.99);
    assertThat(found.recall()).as("recall of %s", found).isGreaterThanOrEqualTo(0.99);
    assertThat(tables.read(Entities.ORDER.silver()).filter("status = 'completed'").count())
        .isEqualTo(
            spark
                .read()
                .parquet(files.resolve("truth/customer").toString())
                .selectExpr("sum(purchases)")
                .head()
                .getLong(0));
  }

  @Test
  void takesNoOptionOfAnotherWorld(@TempDir Path dir) {
    String out = dir.resolve("out").toString();

    Cli.Result foodmart = Cli.run("generate", "foodmart", "--customers", "5", "--out", out);
    Cli.Result shop = Cli.run("generate", "shop", "--database", "jdbc:x", "--out", out);
    Cli.Result none = Cli.run("generate", "shop", "--out", out);
    Cli.Result brief = Cli.run("generate", "shop", "--customers", "5", "--days", "3", "--out", out);

    assertThat(foodmart.code()).isEqualTo(2);
    assertThat(foodmart.err())
        .contains("--customers is no option of WORLD foodmart; it belongs to shop.");
    assertThat(shop.err())
        .contains("--database is no option of WORLD shop; it belongs to foodmart.");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("WORLD shop needs --customers.");
    assertThat(brief.err()).contains("--days must be 30 to 7300, is 3.");
    assertThat(Path.of(out)).doesNotExist();
  }

  private static Set<String> reasons(Tables tables) {
    return tables
        .read(RawTables.REJECT_REASON)
        .filter("outcome = 'rejected'")
        .select("reason")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  /** The shipped deployment with some of its sources, on generated files. */
  private static Path conf(Path dir, Path files, Predicate<String> sources) throws IOException {
    Path conf = Files.createTempDirectory(dir, "conf");
    Path shipped = Path.of("../conf/shop");
    Files.copy(shipped.resolve("portrait.yaml"), conf.resolve("portrait.yaml"));
    String text = Files.readString(shipped.resolve("sources.yaml"));
    String kept =
        Pattern.compile("(?m)^  - name: (\\w+)\\R(?:(?!  - name: ).*(?:\\R|$))*")
            .matcher(text)
            .replaceAll(
                match ->
                    sources.test(match.group(1)) ? Matcher.quoteReplacement(match.group()) : "");
    Files.writeString(
        conf.resolve("sources.yaml"), kept.replace("${SHOP_FILES}", files.toString()));
    return conf;
  }
}

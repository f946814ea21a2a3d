package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.Entities;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Refused rows and refused batches, as a user gets past them. */
@ExtendWith(SparkExtension.class)
class ReplayTest {

  private static final String SHOP =
      """
      sources:
        - name: shop
          format: csv
          path: $DATA/orders*.csv
          maps:
            - entity: order
              realm: crm
              max_rejected_share: 0.6
              columns:
                order_id: id
                account_id: who
                ordered_at: at
                amount: total
                channel: lower(channel)
      """;

  private static final String QUALITY =
      """
      expectations:
        - {name: total_not_negative, title: {en: Total, zh: 金額}, table: silver/order,
           severity: reject, column: amount_minor, range: {from: 0}}
        - {name: order_items_volume, title: {en: Volume, zh: 數量}, table: silver/order,
           severity: warn, condition: amount_minor < 10}
      """;

  private static final String HEADER = "id,who,at,total,channel\n";

  private SparkSession spark;
  private SmallWorld world;

  @Test
  void correctsRefusedRowsAndDiscardsABatch(SparkSession session, @TempDir Path dir)
      throws IOException {
    spark = session;
    world =
        new SmallWorld(dir)
            .sources(SHOP)
            .write("conf/quality.yaml", QUALITY)
            .write(
                "orders1.csv",
                HEADER
                    + "1,a,2024-03-01,10,Web\n2,b,2024-03-01,-5,\n3,c,nonsense,-7,web\n4,d,2024-03-02,8,web\n");
    world.runAll("ingest", "conform");
    assertThat(account()).containsExactly("1,4,2,2,0");

    // What was refused, and the rows of one reason.
    assertThat(replay().out().replaceAll(" +", " "))
        .containsSubsequence(
            "shop order 2 1 amount_minor: expectation total_not_negative",
            "shop order 1 1 ordered_at: not a timestamp in the declared format");
    Path file = dir.resolve("rows.jsonl");
    assertThat(
            replay(
                    "--template",
                    file.toString(),
                    "--reason",
                    "amount_minor: expectation total_not_negative")
                .out())
        .contains("2 rows: ");
    assertThat(replay("--template", file.toString()).err()).contains("is there already");
    String rows = Files.readString(file);
    assertThat(rows).contains("\"row\":{\"at\":\"2024-03-01\",\"channel\":", "\"total\":\"-5\"");

    // One of two is mended, once; the other stays as it is.
    String line =
        rows.lines().filter(l -> l.contains("\"total\":\"-5\"")).findFirst().orElseThrow();
    Files.writeString(file, line.replace("\"-5\"", "\"5\"").replace("\"total\"", "\"totl\""));
    Cli.Result misspelt = replay("--corrections", file.toString());
    assertThat(misspelt.code()).isEqualTo(2);
    assertThat(misspelt.err())
        .contains(":1: row.totl: the source has no such column. Did you mean 'total'?");
    Files.writeString(
        file,
        line.replace("\"-5\"", "\"5\"")
            .replace("\"channel\":null", "\"channel\":\"APP\"")
            .replace("\"channel\":\"\"", "\"channel\":\"APP\""));
    Cli.Result corrected = replay("--corrections", file.toString());
    assertThat(corrected.err()).isEmpty();
    assertThat(corrected.out()).contains("replay", "conform", "run the steps from identify on");
    assertThat(account()).containsExactly("1,4,3,1,0");
    assertThat(orders()).containsExactly("1,10,web", "2,5,app", "4,8,web");
    assertThat(strings(RawTables.REJECTED, "entity", "reasons[0]", "reasons[1]"))
        .containsExactly(
            "order,ordered_at: not a timestamp in the declared format,amount_minor: expectation"
                + " total_not_negative");
    Cli.Result again = replay("--corrections", file.toString());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("1 of 1 rows are not among the refused rows");

    // A rebuild from bronze keeps the correction.
    world.sources(SHOP.replace("lower(channel)", "concat(lower(channel), '!')"));
    world.runAll("conform");
    assertThat(orders()).containsExactly("1,10,web!", "2,5,app!", "4,8,web!");
    world.sources(SHOP);

    // A wrong delivery is refused; discarded, it does not stand in the way of the right one.
    world.write("orders2.csv", HEADER + "5,e,x,1,web\n6,f,x,1,web\n");
    world.runAll("ingest");
    Files.writeString(
        dir.resolve("conf/sources.yaml"),
        Files.readString(dir.resolve("conf/sources.yaml")).replace("0.6", "0.4"));
    Cli.Result refused = world.run("conform");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err())
        .contains(
            "3 of 6 rows are rejected",
            "By batch: 2 (2 of 2 rows); 1 (1 of 4 rows).",
            "portrait replay --source shop --discard-batch N --reason WHY");
    assertThat(replay().out()).contains("not conformed yet: source shop, batch 2, 2 rows");
    assertThat(replay("--discard-batch", "2", "--source", "shop").err()).contains("--reason");
    assertThat(replay("--discard-batch", "9", "--source", "shop", "--reason", "r").err())
        .contains("Source shop has no batch 9; it has [1, 2].");
    assertThat(replay("--discard-batch", "2", "--source", "shp", "--reason", "r").err())
        .contains("There is no source 'shp'. Did you mean 'shop'?");
    world.write("orders3.csv", HEADER + "5,e,2024-03-02,1,web\n6,f,2024-03-03,1,web\n");
    world.runAll("ingest");
    assertThat(replay("--discard-batch", "2", "--source", "shop", "--reason", "wrong file").err())
        .isEmpty();
    assertThat(account()).containsExactly("1,4,3,1,0", "2,2,0,2,0", "3,2,2,0,0");
    assertThat(orders()).containsExactly("1,10,web", "2,5,app", "4,8,web", "5,1,web", "6,1,web");
    assertThat(strings(RawTables.DISCARDED_BATCH, "source", "batch_id", "reason"))
        .containsExactly("shop,2,wrong file");

    // Taken back it is refused again, and a batch that was kept can be discarded too.
    assertThat(replay("--restore-batch", "3", "--source", "shop").err())
        .contains("Batch 3 of source shop is not discarded");
    assertThat(replay("--discard-batch", "1", "--source", "shop", "--reason", "a test").err())
        .isEmpty();
    assertThat(account()).containsExactly("1,4,0,4,0", "2,2,0,2,0", "3,2,2,0,0");
    assertThat(orders()).containsExactly("5,1,web", "6,1,web");
    assertThat(replay("--restore-batch", "1", "--source", "shop").err()).isEmpty();
    assertThat(account()).containsExactly("1,4,3,1,0", "2,2,0,2,0", "3,2,2,0,0");

    // What is expected of silver: results, warnings and completeness.
    Cli.Result verified = world.run("verify", "--as-of", "2024-03-03");
    assertThat(verified.err()).isEmpty();
    assertThat(verified.out())
        .contains(
            "warning: silver/order: order_items_volume of *: expected amount_minor < 10, found 1 of"
                + " 4 rows fail");
    assertThat(
            strings(ProfileTables.QUALITY_RESULT, "rule", "rows_checked", "rows_failed", "passed"))
        .contains(
            "total_not_negative,8,1,false",
            "order_items_volume,4,1,false",
            "completeness,8,0,true");

    // A correction is a raw value too, and goes by the day on which it was taken.
    world.write(
        "conf/portrait.yaml",
        Files.readString(dir.resolve("conf/portrait.yaml"))
            + "retention: {unreferenced_file_days: 7, rules: [{tables: bronze/correction,"
            + " keep_days: 1}]}\n");
    assertThat(world.run("maintain", "--as-of", "2024-03-03").out())
        .doesNotContain("bronze/correction");
    assertThat(world.run("maintain", "--as-of", "2100-01-01").out())
        .contains("bronze/correction: 1 rows before 2099-12-31 deleted");
  }

  private Cli.Result replay(String... options) {
    return world.run("replay", options);
  }

  private List<String> account() {
    return strings(
        RawTables.CONFORM_RESULT,
        "batch_id",
        "rows_in",
        "rows_kept",
        "rows_rejected",
        "rows_duplicate");
  }

  private List<String> orders() {
    return strings(Entities.ORDER.silver(), "order_id", "amount_minor", "channel");
  }

  private List<String> strings(TableSchema table, String... columns) {
    return world.tables(spark).read(table).selectExpr(columns).collectAsList().stream()
        .map(ReplayTest::cells)
        .sorted()
        .toList();
  }

  private static String cells(Row row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      cells.add(String.valueOf(row.get(i)));
    }
    return String.join(",", cells);
  }
}

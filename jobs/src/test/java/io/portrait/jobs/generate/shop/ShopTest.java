package io.portrait.jobs.generate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ShopTest {

  private static final ShopPlan PLAN = new ShopPlan(300, 400, 7, 0);

  @TempDir private static Path shop;
  private static Map<String, Long> rows;

  @BeforeAll
  static void generate(SparkSession spark) {
    rows = Shop.generate(spark, PLAN, shop.toString(), 2);
  }

  @Test
  void hasTheSameContentHoweverTheWorkIsDivided(SparkSession spark, @TempDir Path dir)
      throws IOException {
    ShopPlan plan = new ShopPlan(60, 400, 7, 0);
    Map<String, Long> whole = Shop.generate(spark, plan, dir.resolve("1").toString(), 1);
    Map<String, Long> parts = Shop.generate(spark, plan, dir.resolve("3").toString(), 3);
    ShopPlan other = new ShopPlan(60, 400, 8, 0);
    Shop.generate(spark, other, dir.resolve("other").toString(), 1);

    assertThat(parts).isEqualTo(whole);
    Map<String, List<String>> content = content(spark, dir.resolve("1"));
    Map<String, List<String>> divided = content(spark, dir.resolve("3"));
    Map<String, List<String>> different = content(spark, dir.resolve("other"));
    assertThat(content).hasSize(Output.values().length).isEqualTo(divided);
    for (Output output : Output.values()) {
      assertThat(content.get(output.folder()))
          .as(output.folder())
          .hasSize(whole.get(output.folder()).intValue());
      if (output.isOfPersons()) {
        assertThat(content.get(output.folder()))
            .as(output.folder())
            .isNotEqualTo(different.get(output.folder()));
      }
    }
  }

  @Test
  void deliversTheNewestDaysInFilesOfTheirOwn(SparkSession spark, @TempDir Path dir)
      throws IOException {
    Path apart = dir.resolve("apart");
    ShopPlan plan = new ShopPlan(300, 400, 7, 4);
    assertThat(Shop.generate(spark, plan, apart.toString(), 2)).isEqualTo(rows);

    assertThat(content(spark, apart)).isEqualTo(content(spark, shop));
    // Midnight of the shop at the beginning of 28 December, in UTC.
    String isNewest = "ordered_at >= timestamp '2024-12-27 16:00:00 UTC'";
    Dataset<Row> newest = spark.read().parquet(apart + "/order/newest-*.parquet");
    Dataset<Row> before = spark.read().parquet(apart + "/order/{first,late}-*.parquet");
    assertThat(newest.filter(isNewest).count()).isPositive().isEqualTo(newest.count());
    assertThat(before.filter(isNewest).count()).isZero();
    assertThat(before.count()).isPositive();
    for (String folder : List.of("order_item", "payment", "web")) {
      assertThat(apart.resolve(folder)).isDirectoryContaining("glob:**/newest-*");
    }
    for (String folder : List.of("product", "truth/customer", "truth/identity")) {
      assertThat(apart.resolve(folder)).isDirectoryNotContaining("glob:**/newest-*");
    }
  }

  @Test
  void saysHowManyRowsItHasAndThatNothingIsReal() throws IOException {
    String readme = Files.readString(shop.resolve("README.txt"));

    assertThat(readme).startsWith("GENERATED DATA. Nothing in this folder is real");
    assertThat(readme).contains("Customers: 300", "Days: 400", "Seed: 7");
    assertThat(rows).containsEntry("truth/customer", 300L).containsEntry("product", 480L);
    assertThat(rows.keySet()).hasSize(Output.values().length);
  }

  @Test
  void isNotWrittenAmongOtherFiles(SparkSession spark) {
    assertThatThrownBy(() -> Shop.generate(spark, PLAN, shop.toString(), 1))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("is not empty");
  }

  @Test
  void bringsEveryPurchaseOfTheTruthAndNoOther(SparkSession spark) {
    parquet(spark, "truth/customer").createOrReplaceTempView("person");
    parquet(spark, "truth/identity").createOrReplaceTempView("identity");
    // Repeated rows are equal rows; orders of nobody and fees are no purchase.
    parquet(spark, "order").distinct().createOrReplaceTempView("orders");
    parquet(spark, "order_item").distinct().createOrReplaceTempView("line");

    List<Row> differences =
        spark
            .sql(
                """
                SELECT p.person_id, p.purchases, p.amount, s.purchases, s.amount
                FROM person p LEFT JOIN (
                  SELECT i.person_id, count(DISTINCT o.order_no) AS purchases, sum(l.amount) AS amount
                  FROM orders o
                  JOIN line l ON l.order_no = o.order_no AND l.kind IN ('sale', 'refund')
                    AND coalesce(l.customer_no, l.member_no) = coalesce(o.customer_no, o.member_no)
                  JOIN identity i ON i.account_id = coalesce(o.customer_no, o.member_no)
                  WHERE o.status = 'completed'
                  GROUP BY i.person_id) s ON s.person_id = p.person_id
                WHERE NOT (p.purchases <=> s.purchases AND p.amount <=> s.amount)""")
            .collectAsList();
    assertThat(differences).isEmpty();

    assertThat(parquet(spark, "order").count()).isGreaterThan(spark.table("orders").count());
    assertThat(spark.sql("SELECT * FROM orders WHERE lower(status) = 'cancelled'").count())
        .isPositive();
    assertThat(spark.sql("SELECT * FROM line WHERE kind = 'refund' AND quantity >= 0").count())
        .isZero();
    assertThat(shop.resolve("order_item")).isDirectoryContaining("glob:**/late-*.parquet");
  }

  @Test
  void knowsEveryAccountAndWritesToNobodyWhoIsHeldOut(SparkSession spark) throws IOException {
    Dataset<Row> identity = parquet(spark, "truth/identity");
    List<String> known = texts(identity.filter("realm <> 'visitor'").select("account_id"));
    String crm = String.join("\n", content(spark, Output.CRM));
    String club = String.join("\n", content(spark, Output.CLUB));
    for (String account : known) {
      assertThat(account.startsWith("C") ? crm : club).contains(account);
    }
    String log = String.join("\n", content(spark, Output.WEB));
    for (String cookie : texts(identity.filter("realm = 'visitor'").select("account_id"))) {
      assertThat(log).contains(cookie);
    }

    identity.createOrReplaceTempView("identity");
    parquet(spark, "truth/campaign").createOrReplaceTempView("selection");
    List<String> heldOut =
        texts(
            spark.sql(
                "SELECT DISTINCT account_id FROM identity JOIN selection USING (person_id)"
                    + " WHERE is_held_out AND realm <> 'visitor'"));
    String touches = String.join("\n", content(spark, Output.CAMPAIGN));
    assertThat(heldOut).isNotEmpty().noneMatch(touches::contains);
    assertThat(touches).containsIgnoringCase("\"sent\"");
  }

  private static Dataset<Row> parquet(SparkSession spark, String folder) {
    return spark.read().parquet(shop.resolve(folder).toString());
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  /** All rows by folder, sorted, without headers. */
  private static Map<String, List<String>> content(SparkSession spark, Path root)
      throws IOException {
    Map<String, List<String>> content = new TreeMap<>();
    for (Output output : Output.values()) {
      content.put(output.folder(), content(spark, root, output));
    }
    return content;
  }

  private static List<String> content(SparkSession spark, Output output) throws IOException {
    return content(spark, shop, output);
  }

  private static List<String> content(SparkSession spark, Path root, Output output)
      throws IOException {
    Path folder = root.resolve(output.folder());
    List<String> lines = new ArrayList<>();
    if (output.isParquet()) {
      lines.addAll(spark.read().parquet(folder.toString()).toJSON().collectAsList());
    } else {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
          lines.addAll(records(file));
        }
      }
      lines.removeIf(line -> line.equals(output.head()));
    }
    Collections.sort(lines);
    return lines;
  }

  /** Rows of a text file: a quoted line break belongs to its row. */
  private static List<String> records(Path file) throws IOException {
    try (InputStream stream =
        file.toString().endsWith(".gz")
            ? new GZIPInputStream(Files.newInputStream(file))
            : Files.newInputStream(file)) {
      List<String> records = new ArrayList<>();
      boolean isOpen = false;
      boolean isCsv = file.toString().contains(".csv");
      for (String line :
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (isOpen) {
          records.set(records.size() - 1, records.get(records.size() - 1) + "\n" + line);
        } else {
          records.add(line);
        }
        isOpen ^= isCsv && line.chars().filter(c -> c == '"').count() % 2 == 1;
      }
      return records;
    }
  }
}

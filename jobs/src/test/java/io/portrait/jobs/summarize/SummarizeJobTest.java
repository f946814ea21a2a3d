package io.portrait.jobs.summarize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.SummarizeStateTable;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Contexts;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class SummarizeJobTest {

  private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");

  private static final List<TableSchema> ROLLUPS =
      List.of(SilverTables.SESSION, SilverTables.ACCOUNT_DAY, SilverTables.ACCOUNT_CATEGORY_DAY);

  @TempDir private Path warehouse;
  @TempDir private Path fresh;

  @Test
  void givesEmptyRollupsWithoutSilverTables(SparkSession spark) {
    run(spark, warehouse);

    for (TableSchema rollup : ROLLUPS) {
      assertThat(read(spark, rollup).collectAsList()).isEmpty();
    }
    assertThat(read(spark, SummarizeStateTable.SCHEMA).filter("table_version = -1").count())
        .isEqualTo(8);
  }

  @Test
  void sumsUpOrderLines(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = silver(spark);
    put(silver, spark, Entities.PRODUCT, product("p1", "tea"), product("p2", null));
    put(
        silver,
        spark,
        Entities.ORDER_ITEM,
        // Two lines of one order, one of another on the same day.
        item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20),
        item("o1", "2", "a", "2026-01-05", "sale", 1000, 100, "p2", "store", null),
        item("o2", "1", "a", "2026-01-05", "sale", 500, 350, "p1", "store", 0),
        // Sale and refund in one order; a refund alone on another day.
        item("o2", "2", "a", "2026-01-05", "refund", -1000, -50, "p1", null, 7),
        item("o1", "3", "a", "2026-01-06", "refund", -2000, -300, "p1", "web", null),
        // Counts for nothing: an adjustment. Without a product: in no category.
        item("o3", "1", "a", "2026-01-05", "adjustment", 5000, 999, "p1", "web", 5),
        item("o4", "1", "b", "2026-01-05", "sale", 1000, 0, null, "app", null));

    Dataset<Row> sessions = SummarizeJob.sessions(silver, Months.all());

    assertThat(accountDays(silver, sessions))
        .isEqualTo(
            Map.of(
                "a 2026-01-05",
                measures(
                    "orders",
                    2,
                    "lines",
                    3,
                    "quantity_milli",
                    3500,
                    "amount_minor",
                    750,
                    "discount_minor",
                    20,
                    "discounted_lines",
                    1,
                    "largest_order_minor",
                    400,
                    "refunds",
                    1,
                    "refund_quantity_milli",
                    1000,
                    "refund_minor",
                    50,
                    "web_orders",
                    1),
                "a 2026-01-06",
                measures("refunds", 1, "refund_quantity_milli", 2000, "refund_minor", 300),
                "b 2026-01-05",
                measures("orders", 1, "lines", 1, "quantity_milli", 1000, "web_orders", 1)));
    assertThat(categoryDays(silver))
        .isEqualTo(
            Map.of(
                "a tea 2026-01-05",
                measures(
                    "lines", 2, "quantity_milli", 2500, "amount_minor", 650, "refund_minor", 50),
                "a tea 2026-01-06",
                measures("refund_minor", 300)));
  }

  @Test
  void countsHeadsWithoutLinesAndLeavesOutCancelledOrders(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = silver(spark);
    put(
        silver,
        spark,
        Entities.ORDER,
        order("h1", "a", "2026-01-05", 500L, 3000L, "placed", "app"),
        order("h2", "a", "2026-01-05", null, null, null, "store"),
        order("h3", "a", "2026-01-05", -80L, -1000L, "completed", "web"),
        order("h4", "a", "2026-01-05", 900L, 1000L, "cancelled", "web"),
        // With lines, one of them in another month: the lines count, the head's amount does not.
        order("o1", "a", "2026-01-31", 12345L, 1000L, "completed", "web"),
        order("o2", "a", "2026-01-06", 12345L, 1000L, "cancelled", "web"));
    put(
        silver,
        spark,
        Entities.ORDER_ITEM,
        item("o1", "1", "a", "2026-02-01", "sale", 1000, 70, null, null, null),
        item("o2", "1", "a", "2026-02-01", "sale", 1000, 33, null, null, null));

    Dataset<Row> sessions = SummarizeJob.sessions(silver, Months.all());

    assertThat(accountDays(silver, sessions))
        .isEqualTo(
            Map.of(
                "a 2026-01-05",
                measures(
                    "orders",
                    2,
                    "quantity_milli",
                    3000,
                    "amount_minor",
                    500,
                    "largest_order_minor",
                    500,
                    "refunds",
                    1,
                    "refund_quantity_milli",
                    1000,
                    "refund_minor",
                    80,
                    "web_orders",
                    1,
                    "cancelled_orders",
                    1),
                "a 2026-01-06",
                measures("cancelled_orders", 1),
                "a 2026-02-01",
                measures(
                    "orders",
                    1,
                    "lines",
                    1,
                    "quantity_milli",
                    1000,
                    "amount_minor",
                    70,
                    "largest_order_minor",
                    70,
                    "web_orders",
                    1)));
  }

  @Test
  void sumsUpPaymentsVisitsTicketsAnswersAndTouches(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = silver(spark);
    put(
        silver,
        spark,
        Entities.PAYMENT,
        payment("1", "a", "2026-01-05", 100, "card", 3L),
        payment("2", "a", "2026-01-05", 50, "wallet", 1L),
        payment("3", "a", "2026-01-05", 0, "cash", null),
        payment("4", "a", "2026-01-05", -100, "card", null),
        payment("5", "b", "2026-01-05", -100, "card", null));
    put(
        silver,
        spark,
        Entities.WEB_EVENT,
        event("1", "a", "2026-01-05T01:00:00Z", "2026-01-05", "page_view", "tea"),
        event("2", "a", "2026-01-05T01:00:40Z", "2026-01-05", "add_to_cart", "tea"),
        event("3", "a", "2026-01-05T02:00:00Z", "2026-01-05", "page_view", null));
    put(
        silver,
        spark,
        Entities.SERVICE_TICKET,
        // Closed at midnight in Taipei, so on the next day; closed before it was opened; open.
        ticket("1", "a", "2026-01-05T15:59:00Z", "2026-01-05", "2026-01-05T16:00:00Z", true),
        ticket("2", "a", "2026-01-05T10:00:00Z", "2026-01-05", "2026-01-05T09:00:00Z", false),
        ticket("3", "a", "2026-01-05T10:00:00Z", "2026-01-05", null, null));
    put(
        silver,
        spark,
        Entities.FEEDBACK,
        feedback("1", "a", "2026-01-05", "csat", "4.5"),
        feedback("2", "a", "2026-01-05", "review", "1"),
        feedback("3", "a", "2026-01-05", "csat", "0.9"),
        feedback("4", "a", "2026-01-05", "nps", "9"),
        feedback("5", "a", "2026-01-05", "nps", "6"),
        feedback("6", "a", "2026-01-05", "nps", "7"),
        feedback("7", "b", "2026-01-05", "nps", "11"));
    put(
        silver,
        spark,
        Entities.CAMPAIGN_TOUCH,
        touch("1", "a", "2026-01-05", "sent"),
        touch("2", "a", "2026-01-05", "sent"),
        touch("3", "a", "2026-01-05", "opened"),
        touch("4", "a", "2026-01-05", "clicked"),
        touch("5", "a", "2026-01-05", "converted"),
        touch("6", "c", "2026-01-05", "redeemed"));

    Dataset<Row> sessions = SummarizeJob.sessions(silver, Months.all());

    assertThat(accountDays(silver, sessions))
        .isEqualTo(
            Map.of(
                "a 2026-01-05",
                measures(
                    "payments",
                    3,
                    "paid_minor",
                    150,
                    "card_payments",
                    1,
                    "wallet_payments",
                    1,
                    "instalment_payments",
                    1,
                    "sessions",
                    2,
                    "page_views",
                    2,
                    "dwell_seconds",
                    40,
                    "cart_adds",
                    1,
                    "tickets",
                    3,
                    "complaints",
                    1,
                    "closed_tickets",
                    1,
                    "csat_answers",
                    2,
                    "csat_sum_milli",
                    5500,
                    "nps_answers",
                    3,
                    "nps_promoters",
                    1,
                    "nps_detractors",
                    1,
                    "touches_sent",
                    2,
                    "touches_opened",
                    1,
                    "touches_clicked",
                    1,
                    "touches_converted",
                    1),
                "a 2026-01-06",
                measures("resolution_seconds", 60, "closed_tickets", 1),
                "c 2026-01-05",
                measures("coupons_redeemed", 1)));
    assertThat(categoryDays(silver))
        .isEqualTo(Map.of("a tea 2026-01-05", measures("page_views", 1)));
  }

  @Test
  void writesNothingWhenNothingHasChanged(SparkSession spark) {
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20));
    run(spark, warehouse);

    JobContext context = run(spark, warehouse);

    assertThat(context.tables().versionsWritten()).isEmpty();
    assertThat(context.counts().out()).isZero();
  }

  @Test
  void rebuildsTouchedMonthsAlone(SparkSession spark) {
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20),
        item("o2", "1", "a", "2026-02-05", "sale", 2000, 300, "p1", "web", 20));
    merge(spark, Entities.PRODUCT, product("p1", "tea"));
    run(spark, warehouse);
    // A mark that a rebuild of January would wipe out.
    new Tables(spark, warehouse.toString())
        .append(
            SilverTables.ACCOUNT_DAY,
            read(spark, SilverTables.ACCOUNT_DAY)
                .filter("month = DATE'2026-01-01'")
                .withColumn("account_key", lit("mark")));

    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o3", "1", "b", "2026-02-07", "sale", 2000, 300, "p1", "web", 20));
    // Another name is no other category.
    merge(spark, Entities.PRODUCT, product("p1", "tea"));
    JobContext context = run(spark, warehouse);

    assertThat(accountDays(spark).keySet())
        .containsExactlyInAnyOrder(
            "a 2026-01-05", "mark 2026-01-05", "a 2026-02-05", "b 2026-02-07");
    assertThat(context.counts().in()).isEqualTo(1);
  }

  @Test
  void buildsTheSameTablesInStepsAndFromNothing(SparkSession spark) {
    merge(spark, Entities.PRODUCT, product("p1", "tea"), product("p2", "rice"));
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20),
        item("o2", "1", "a", "2026-02-05", "sale", 2000, 300, "p1", null, 20),
        item("o2", "2", "a", "2026-03-05", "refund", -2000, -300, "p2", null, null),
        item("o9", "1", "z", "2025-06-05", "sale", 2000, 300, "p9", null, null));
    runAndCompare(spark);

    // New rows, a late one in an old month, and the head of an order whose lines are old.
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o3", "1", "b", "2026-03-07", "sale", 1000, 111, "p2", "app", null),
        item("o4", "1", "b", "2025-12-31", "sale", 1000, 222, "p1", "app", null));
    merge(
        spark,
        Entities.ORDER,
        order("o2", "a", "2026-03-01", 1L, 1L, "placed", "web"),
        order("h1", "b", "2026-01-15", 500L, 1000L, "placed", "web"),
        order("h2", "b", "2026-01-16", 600L, 1000L, "placed", "web"));
    merge(
        spark,
        Entities.WEB_EVENT,
        event("1", "a", "2026-01-05T01:00:00Z", "2026-01-05", "page_view", "tea"),
        event("2", "a", "2026-01-05T01:45:00Z", "2026-01-05", "page_view", "tea"));
    merge(
        spark,
        Entities.SERVICE_TICKET,
        ticket("1", "a", "2026-01-05T01:00:00Z", "2026-01-05", null, true),
        ticket("2", "a", "2026-01-06T01:00:00Z", "2026-01-06", "2026-02-06T01:00:00Z", true));
    runAndCompare(spark);

    // The order is cancelled, a head gets a line in another month, an event between two visits
    // joins them, a ticket is closed months later and another one opened again.
    merge(spark, Entities.ORDER, order("o2", "a", "2026-03-01", 1L, 1L, "cancelled", "web"));
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("h1", "1", "b", "2026-02-15", "sale", 1000, 450, "p2", null, null));
    merge(
        spark,
        Entities.WEB_EVENT,
        event("3", "a", "2026-01-05T01:20:00Z", "2026-01-05", "add_to_cart", null));
    merge(
        spark,
        Entities.SERVICE_TICKET,
        ticket("1", "a", "2026-01-05T01:00:00Z", "2026-01-05", "2026-03-31T16:00:00Z", true),
        ticket("2", "a", "2026-01-06T01:00:00Z", "2026-01-06", null, true));
    runAndCompare(spark);
    assertThat(accountDays(spark)).containsKey("a 2026-04-01").doesNotContainKey("a 2026-02-06");

    // Rows that move to another day, leave a month empty, or go; a product of another category,
    // one that comes after its sales, one that goes.
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o4", "1", "b", "2026-01-01", "sale", 1000, 222, "p1", "app", null));
    delete(
        spark,
        Entities.ORDER_ITEM,
        item("h1", "1", "b", "2026-02-15", "sale", 1000, 450, "p2", null, null));
    merge(spark, Entities.PRODUCT, product("p1", "coffee"), product("p9", "salt"));
    delete(spark, Entities.PRODUCT, product("p2", "rice"));
    runAndCompare(spark);
    assertThat(accountDays(spark))
        .containsKeys("b 2026-01-01", "b 2026-01-15", "z 2025-06-05")
        .doesNotContainKey("b 2025-12-31");
    assertThat(categoryDays(spark)).containsKeys("a coffee 2026-01-05", "z salt 2025-06-05");
    compareWithAnotherWarehouse(spark);
  }

  @Test
  void buildsTheSameTablesInStepsAndFromNothingForRandomBatches(SparkSession spark) {
    Random random = new Random(7);
    for (int batch = 0; batch < 2; batch++) {
      Map<String, String> items = new TreeMap<>();
      Map<String, String> heads = new TreeMap<>();
      for (int i = 0; i < 30; i++) {
        String order = "o" + random.nextInt(25);
        String line = String.valueOf(random.nextInt(3));
        String day = String.format("2026-%02d-%02d", 1 + random.nextInt(5), 1 + random.nextInt(28));
        int amount = random.nextInt(500);
        boolean isRefund = random.nextInt(5) == 0;
        String account = "a" + random.nextInt(6);
        items.put(
            order + line,
            item(
                order,
                line,
                account,
                day,
                isRefund ? "refund" : "sale",
                isRefund ? -1000 : 1000,
                isRefund ? -amount : amount,
                "p" + random.nextInt(4),
                random.nextBoolean() ? "web" : null,
                random.nextInt(3)));
        heads.put(
            order,
            order(
                order,
                account,
                day,
                (long) amount,
                1000L,
                random.nextInt(4) == 0 ? "cancelled" : "placed",
                random.nextBoolean() ? "app" : null));
      }
      int half = items.size() / 2;
      List<String> itemRows = new ArrayList<>(items.values());
      merge(spark, Entities.ORDER_ITEM, itemRows.subList(0, half).toArray(String[]::new));
      if (batch > 0) {
        delete(
            spark,
            Entities.ORDER_ITEM,
            itemRows.subList(half, itemRows.size()).toArray(String[]::new));
      }
      merge(spark, Entities.ORDER, heads.values().stream().limit(6).toArray(String[]::new));
      merge(spark, Entities.PRODUCT, product("p" + batch, random.nextBoolean() ? "tea" : "rice"));
      runAndCompare(spark);
    }
  }

  @Test
  void startsAgainFromNothingAfterACrash(SparkSession spark) {
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20));
    run(spark, warehouse);
    Tables tables = new Tables(spark, warehouse.toString());
    tables.delete(SilverTables.ACCOUNT_DAY, "true");
    tables.delete(SummarizeStateTable.SCHEMA, "table_name = 'silver/order'");

    run(spark, warehouse);

    assertThat(accountDays(spark)).containsOnlyKeys("a 2026-01-05");
  }

  @Test
  void startsAgainFromNothingInAnotherTimeZone(SparkSession spark) {
    merge(
        spark,
        Entities.SERVICE_TICKET,
        ticket("1", "a", "2026-01-05T15:59:00Z", "2026-01-05", "2026-01-05T16:00:00Z", true));
    run(spark, warehouse);

    new SummarizeJob().run(Contexts.of(spark, warehouse, ZoneId.of("UTC"), Optional.empty()));

    assertThat(accountDays(spark)).containsOnlyKeys("a 2026-01-05");
  }

  /** Runs the job and expects the rows that all silver rows together give. */
  private void runAndCompare(SparkSession spark) {
    run(spark, warehouse);
    Tables tables = new Tables(spark, warehouse.toString());
    Map<Entity, Dataset<Row>> silver = new HashMap<>();
    for (Entity entity : Entities.ALL) {
      silver.put(entity, tables.readOrEmpty(entity.silver()));
    }
    Dataset<Row> sessions = SummarizeJob.sessions(silver, Months.all());
    assertSameRows(SilverTables.SESSION, sessions, tables);
    assertSameRows(
        SilverTables.ACCOUNT_DAY,
        SummarizeJob.accountDays(silver, sessions, Months.all(), TAIPEI),
        tables);
    assertSameRows(
        SilverTables.ACCOUNT_CATEGORY_DAY,
        SummarizeJob.accountCategoryDays(silver, Months.all()),
        tables);
  }

  /** Runs the job on the silver rows in another warehouse and expects the same rows. */
  private void compareWithAnotherWarehouse(SparkSession spark) {
    Tables here = new Tables(spark, warehouse.toString());
    Tables there = new Tables(spark, fresh.toString());
    for (Entity entity : Entities.ALL) {
      if (here.exists(entity.silver())) {
        there.overwrite(entity.silver(), here.read(entity.silver()));
      }
    }
    run(spark, fresh);
    for (TableSchema rollup : ROLLUPS) {
      new JavaDatasetSuiteBase()
          .assertDataFrameDataEquals(
              new Tables(spark, fresh.toString()).read(rollup), here.read(rollup));
    }
  }

  private static void assertSameRows(TableSchema table, Dataset<Row> expected, Tables tables) {
    assertThat(tables.read(table).toJSON().collectAsList())
        .as(table.path())
        .containsExactlyInAnyOrderElementsOf(table.conform(expected).toJSON().collectAsList());
  }

  private static JobContext run(SparkSession spark, Path root) {
    JobContext context = Contexts.of(spark, root, TAIPEI, Optional.empty());
    new SummarizeJob().run(context);
    return context;
  }

  private Dataset<Row> read(SparkSession spark, TableSchema table) {
    return new Tables(spark, warehouse.toString()).read(table);
  }

  private void merge(SparkSession spark, Entity entity, String... rows) {
    new Tables(spark, warehouse.toString())
        .merge(entity.silver(), Rows.of(spark, entity.silver(), rows), null, "true", "true");
  }

  private void delete(SparkSession spark, Entity entity, String... rows) {
    new Tables(spark, warehouse.toString())
        .merge(entity.silver(), Rows.of(spark, entity.silver(), rows), "true", null, "false");
  }

  /** Silver tables without rows. */
  private static Map<Entity, Dataset<Row>> silver(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = new HashMap<>();
    for (Entity entity : Entities.ALL) {
      silver.put(entity, Rows.of(spark, entity.silver()));
    }
    return silver;
  }

  private static void put(
      Map<Entity, Dataset<Row>> silver, SparkSession spark, Entity entity, String... rows) {
    silver.put(entity, Rows.of(spark, entity.silver(), rows));
  }

  private static Map<String, Map<String, Long>> accountDays(
      Map<Entity, Dataset<Row>> silver, Dataset<Row> sessions) {
    return collect(
        SummarizeJob.accountDays(silver, sessions, Months.all(), TAIPEI), SilverTables.ACCOUNT_DAY);
  }

  private static Map<String, Map<String, Long>> categoryDays(Map<Entity, Dataset<Row>> silver) {
    return collect(
        SummarizeJob.accountCategoryDays(silver, Months.all()), SilverTables.ACCOUNT_CATEGORY_DAY);
  }

  private Map<String, Map<String, Long>> accountDays(SparkSession spark) {
    return collect(read(spark, SilverTables.ACCOUNT_DAY), SilverTables.ACCOUNT_DAY);
  }

  private Map<String, Map<String, Long>> categoryDays(SparkSession spark) {
    return collect(
        read(spark, SilverTables.ACCOUNT_CATEGORY_DAY), SilverTables.ACCOUNT_CATEGORY_DAY);
  }

  /** Rows by key, each with its measures other than 0. */
  private static Map<String, Map<String, Long>> collect(Dataset<Row> rows, TableSchema table) {
    Map<String, Map<String, Long>> collected = new HashMap<>();
    for (Row row : rows.orderBy(col("event_day")).collectAsList()) {
      List<String> key = table.key().stream().map(k -> row.getAs(k).toString()).toList();
      Map<String, Long> measures = new TreeMap<>();
      for (TableColumn column : table.columns()) {
        if (!table.key().contains(column.name()) && !column.name().equals("month")) {
          Long value = row.getAs(column.name());
          if (value != 0) {
            measures.put(column.name(), value);
          }
        }
      }
      assertThat(row.getAs("month").toString())
          .isEqualTo(row.getAs("event_day").toString().substring(0, 8) + "01");
      assertThat(collected.put(String.join(" ", key), measures)).isNull();
    }
    return collected;
  }

  private static Map<String, Long> measures(Object... namesAndValues) {
    Map<String, Long> measures = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      measures.put((String) namesAndValues[i], ((Integer) namesAndValues[i + 1]).longValue());
    }
    return measures;
  }

  private static String item(
      String order,
      String line,
      String account,
      String day,
      String type,
      int quantity,
      int amount,
      String product,
      String channel,
      Integer discount) {
    return row(
        day,
        "\"order_id\":%s,\"line_id\":%s,\"account_key\":%s,\"ordered_at\":%s,\"line_type\":%s,"
            + "\"quantity_milli\":%s,\"amount_minor\":%s,\"product_id\":%s,\"channel\":%s,"
            + "\"discount_minor\":%s",
        order,
        line,
        account,
        day + "T04:00:00Z",
        type,
        quantity,
        amount,
        product,
        channel,
        discount);
  }

  private static String order(
      String order,
      String account,
      String day,
      Long amount,
      Long quantity,
      String status,
      String channel) {
    return row(
        day,
        "\"order_id\":%s,\"account_key\":%s,\"ordered_at\":%s,\"amount_minor\":%s,"
            + "\"quantity_milli\":%s,\"status\":%s,\"channel\":%s",
        order,
        account,
        day + "T04:00:00Z",
        amount,
        quantity,
        status,
        channel);
  }

  private static String product(String product, String category) {
    return "{"
        + fill(
            "\"product_id\":%s,\"category\":%s,\"source\":\"s\",\"row_version\":1,"
                + "\"batch_id\":1,\"row_hash\":\"h\"",
            product, category)
        + "}";
  }

  private static String payment(
      String id, String account, String day, int amount, String method, Long instalments) {
    return row(
        day,
        "\"payment_id\":%s,\"account_key\":%s,\"paid_at\":%s,\"amount_minor\":%s,\"method\":%s,"
            + "\"instalments\":%s",
        id,
        account,
        day + "T04:00:00Z",
        amount,
        method,
        instalments);
  }

  private static String event(
      String id, String account, String at, String day, String type, String category) {
    return row(
        day,
        "\"event_id\":%s,\"account_key\":%s,\"occurred_at\":%s,\"event_type\":%s,\"category\":%s",
        id,
        account,
        at,
        type,
        category);
  }

  private static String ticket(
      String id, String account, String opened, String day, String closed, Boolean isComplaint) {
    return row(
        day,
        "\"ticket_id\":%s,\"account_key\":%s,\"opened_at\":%s,\"closed_at\":%s,"
            + "\"is_complaint\":%s",
        id,
        account,
        opened,
        closed,
        isComplaint);
  }

  private static String feedback(String id, String account, String day, String kind, String score) {
    return row(
        day,
        "\"feedback_id\":%s,\"account_key\":%s,\"given_at\":%s,\"kind\":%s,\"score\":" + score,
        id,
        account,
        day + "T04:00:00Z",
        kind);
  }

  private static String touch(String id, String account, String day, String action) {
    return row(
        day,
        "\"touch_id\":%s,\"account_key\":%s,\"touched_at\":%s,\"action\":%s",
        id,
        account,
        day + "T04:00:00Z",
        action);
  }

  private static String row(String day, String columns, Object... values) {
    return "{"
        + fill(columns, values)
        + ",\"event_day\":\""
        + day
        + "\",\"source\":\"s\",\"row_version\":1,\"batch_id\":1,\"row_hash\":\"h\"}";
  }

  private static String fill(String columns, Object... values) {
    Object[] json = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      json[i] = values[i] instanceof String ? "\"" + values[i] + "\"" : values[i];
    }
    return String.format(columns, json);
  }
}

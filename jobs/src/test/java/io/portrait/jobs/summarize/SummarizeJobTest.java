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
import java.time.LocalDate;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sums up one warehouse run after run: without tables, with new ones, unchanged, with changes of
 * every kind, after a crash, and in another time zone.
 */
@ExtendWith(SparkExtension.class)
class SummarizeJobTest {

  private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");
  private static final ZoneId UTC = ZoneId.of("UTC");

  private static final List<TableSchema> ROLLUPS =
      List.of(SilverTables.SESSION, SilverTables.ACCOUNT_DAY, SilverTables.ACCOUNT_CATEGORY_DAY);

  /** Account of rows put into a rollup by hand: a rebuild of their month wipes them out. */
  private static final String MARK = "mark";

  /**
   * The first rows of each table. Each kind of change has its own months, so that none is found by
   * another one's trace.
   */
  private static final Map<Entity, List<String>> FIRST_ROWS =
      Map.of(
          Entities.PRODUCT,
          List.of(product("p1", "tea"), product("p2", "rice"), product("p3", "sugar")),
          Entities.ORDER_ITEM,
          List.of(
              // Nothing changes in this month.
              item("o1", "1", "a", "2026-01-05", "sale", 2000, 300, "p1", "web", 20),
              // Months that get new rows.
              item("o2", "1", "a", "2026-02-05", "sale", 2000, 300, "p1", "web", 20),
              item("o3", "1", "a", "2025-12-03", "sale", 2000, 300, "p1", "web", 20),
              // Lines whose order gets a head in a third month.
              item("o4", "1", "a", "2025-11-05", "sale", 2000, 300, "p1", null, 20),
              item("o4", "2", "a", "2025-10-05", "refund", -2000, -300, "p1", null, null),
              // A line of an order that is cancelled.
              item("o5", "1", "b", "2025-07-05", "sale", 1000, 111, "p1", null, null),
              // A line that goes, so that its head counts.
              item("h4", "1", "b", "2025-01-15", "sale", 1000, 450, "p1", null, null),
              // A line that moves to another month and leaves none behind.
              item("o6", "1", "b", "2024-12-31", "sale", 1000, 222, "p1", "app", null),
              // Lines of a product that gets another category, one that comes, one that goes.
              item("o7", "1", "a", "2024-10-05", "sale", 2000, 300, "p2", null, null),
              item("o8", "1", "z", "2024-09-05", "sale", 2000, 300, "p9", null, null),
              item("o9", "1", "z", "2024-08-05", "sale", 2000, 300, "p3", null, null)),
          Entities.ORDER,
          List.of(
              order("o5", "b", "2025-05-01", 1L, 1L, "placed", "web"),
              // A head that gets a line in another month, and the one that loses its line.
              order("h3", "b", "2025-04-15", 500L, 1000L, "placed", "web"),
              order("h4", "b", "2025-02-15", 600L, 1000L, "placed", "web")),
          Entities.WEB_EVENT,
          List.of(
              // Two visits that an event between them joins.
              event("1", "a", "2024-07-05T01:00:00Z", "2024-07-05", "page_view", "tea"),
              event("2", "a", "2024-07-05T01:45:00Z", "2024-07-05", "page_view", "tea")),
          Entities.SERVICE_TICKET,
          List.of(
              // One that is opened again, one that is closed months later, one that stays open.
              ticket("1", "a", "2024-01-06T01:00:00Z", "2024-01-06", "2024-02-06T01:00:00Z", true),
              ticket("2", "a", "2024-03-05T01:00:00Z", "2024-03-05", null, true),
              ticket("3", "z", "2024-04-05T01:00:00Z", "2024-04-05", null, false)));

  @TempDir private static Path warehouse;

  private static Map<TableSchema, Dataset<Row>> withoutSilver;
  private static Map<String, Map<String, Long>> firstDays;
  private static JobContext unchanged;
  private static JobContext changed;
  private static Map<TableSchema, Dataset<Row>> inSteps;
  private static Map<String, Map<String, Long>> daysInSteps;
  private static Map<TableSchema, Dataset<Row>> afterCrash;
  private static Map<TableSchema, Dataset<Row>> inUtc;

  @BeforeAll
  static void sumUpRunAfterRun(SparkSession spark) {
    run(spark, TAIPEI);
    withoutSilver = stored(spark);

    FIRST_ROWS.forEach((entity, rows) -> append(spark, entity, rows.toArray(String[]::new)));
    run(spark, TAIPEI);
    Dataset<Row> accountDay = tables(spark).read(SilverTables.ACCOUNT_DAY);
    firstDays = collect(accountDay, SilverTables.ACCOUNT_DAY);
    unchanged = run(spark, TAIPEI);

    tables(spark).append(SilverTables.ACCOUNT_DAY, accountDay.withColumn("account_key", lit(MARK)));
    changeRows(spark);
    changed = run(spark, TAIPEI);
    inSteps = stored(spark);
    daysInSteps = collect(inSteps.get(SilverTables.ACCOUNT_DAY), SilverTables.ACCOUNT_DAY);

    tables(spark).delete(SilverTables.ACCOUNT_DAY, "true");
    tables(spark).delete(SummarizeStateTable.SCHEMA, "table_name = 'silver/order'");
    run(spark, TAIPEI);
    afterCrash = stored(spark);

    run(spark, UTC);
    inUtc = stored(spark);
  }

  /** Changes {@link #FIRST_ROWS} as their comments say, and adds rows. */
  private static void changeRows(SparkSession spark) {
    // A new row, and a late one in an old month.
    append(
        spark,
        Entities.ORDER_ITEM,
        item("o10", "1", "b", "2026-02-07", "sale", 2000, 300, "p1", "web", 20),
        item("o11", "1", "b", "2025-12-31", "sale", 1000, 222, "p1", "app", null));
    merge(
        spark,
        Entities.ORDER_ITEM,
        item("h3", "1", "b", "2025-03-15", "sale", 1000, 450, "p1", null, null),
        gone(item("h4", "1", "b", "2025-01-15", "sale", 1000, 450, "p1", null, null)),
        item("o6", "1", "b", "2024-11-01", "sale", 1000, 222, "p1", "app", null));
    merge(
        spark,
        Entities.ORDER,
        order("o4", "a", "2025-09-01", 1L, 1L, "placed", "web"),
        order("o5", "b", "2025-05-01", 1L, 1L, "cancelled", "web"),
        // Heads without lines.
        order("h1", "b", "2025-08-15", 500L, 1000L, "placed", "web"),
        order("h2", "b", "2025-08-16", 600L, 1000L, "placed", "web"));
    merge(
        spark,
        Entities.PRODUCT,
        // Another name is no other category.
        product("p1", "tea", "Green tea"),
        product("p2", "coffee"),
        product("p9", "salt"),
        gone(product("p3", "sugar")));
    append(
        spark,
        Entities.WEB_EVENT,
        event("3", "a", "2024-07-05T01:20:00Z", "2024-07-05", "add_to_cart", null),
        event("4", "a", "2024-06-05T01:00:00Z", "2024-06-05", "page_view", "tea"));
    merge(
        spark,
        Entities.SERVICE_TICKET,
        ticket("1", "a", "2024-01-06T01:00:00Z", "2024-01-06", null, true),
        // Closed at midnight in Taipei, so in the next month.
        ticket("2", "a", "2024-03-05T01:00:00Z", "2024-03-05", "2024-04-30T16:00:00Z", true),
        ticket("4", "a", "2023-10-06T01:00:00Z", "2023-10-06", "2023-12-06T01:00:00Z", true));
  }

  @Test
  void givesEmptyRollupsWithoutSilverTables() {
    for (TableSchema rollup : ROLLUPS) {
      assertThat(withoutSilver.get(rollup).collectAsList()).isEmpty();
    }
    assertThat(withoutSilver.get(SummarizeStateTable.SCHEMA).filter("table_version = -1").count())
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

    assertThat(accountDays(silver, Months.all()))
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
    assertThat(categoryDays(silver, Months.all()))
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

    assertThat(accountDays(silver, Months.all()))
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

    assertThat(accountDays(silver, Months.all()))
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
    assertThat(categoryDays(silver, Months.all()))
        .isEqualTo(Map.of("a tea 2026-01-05", measures("page_views", 1)));
  }

  @Test
  void sumsUpTablesThatAreNewSinceTheLastRun(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = silver(spark);
    FIRST_ROWS.forEach((entity, rows) -> put(silver, spark, entity, rows.toArray(String[]::new)));

    assertThat(firstDays).isEqualTo(accountDays(silver, Months.all()));
  }

  @Test
  void writesNothingWhenNothingHasChanged() {
    assertThat(unchanged.tables().versionsWritten()).isEmpty();
    assertThat(unchanged.counts().out()).isZero();
  }

  @Test
  void rebuildsTouchedMonthsAlone() {
    assertThat(daysInSteps.keySet())
        .filteredOn(key -> key.startsWith(MARK))
        .containsExactlyInAnyOrder("mark 2026-01-05", "mark 2024-04-05");
    assertThat(withoutMarks(daysInSteps))
        .containsOnlyKeys(
            "a 2026-01-05",
            "a 2026-02-05",
            "b 2026-02-07",
            "a 2025-12-03",
            "b 2025-12-31",
            "a 2025-11-05",
            "a 2025-10-05",
            "b 2025-08-15",
            "b 2025-08-16",
            "b 2025-05-01",
            "b 2025-03-15",
            "b 2025-02-15",
            "b 2024-11-01",
            "a 2024-10-05",
            "z 2024-09-05",
            "z 2024-08-05",
            "a 2024-07-05",
            "a 2024-06-05",
            "a 2024-05-01",
            "z 2024-04-05",
            "a 2024-03-05",
            "a 2024-01-06",
            "a 2023-12-06",
            "a 2023-10-06");
  }

  @Test
  void countsChangedRowsByTheMonthsOfTheirOwn() {
    // Of lines, heads, tickets, their closings and events; an update is there before and after.
    // Products have no month, and what only looks a changed row up has not changed.
    assertThat(changed.counts().in()).isEqualTo(6 + 5 + 5 + 3 + 2);
  }

  @Test
  void buildsTheSameTablesInStepsAndFromAllRowsTogether(SparkSession spark) {
    Map<Entity, Dataset<Row>> silver = new HashMap<>();
    for (Entity entity : Entities.ALL) {
      silver.put(entity, tables(spark).readOrEmpty(entity.silver()));
    }
    Dataset<Row> sessions =
        SilverTables.SESSION.conform(SummarizeJob.sessions(silver, Months.all()));
    Dataset<Row> categoryDays = inSteps.get(SilverTables.ACCOUNT_CATEGORY_DAY);

    assertThat(inSteps.get(SilverTables.SESSION).toJSON().collectAsList())
        .hasSize(2)
        .containsExactlyInAnyOrderElementsOf(sessions.toJSON().collectAsList());
    assertThat(withoutMarks(daysInSteps)).isEqualTo(accountDays(silver, Months.all()));
    assertThat(collect(categoryDays, SilverTables.ACCOUNT_CATEGORY_DAY))
        .isEqualTo(categoryDays(silver, Months.all()))
        .containsKeys("a coffee 2024-10-05", "z salt 2024-09-05")
        .doesNotContainKeys("a rice 2024-10-05", "z sugar 2024-08-05");
  }

  @Test
  void findsEveryMonthThatRandomChangesTouch(SparkSession spark) {
    Random random = new Random(1);
    Map<String, String> items = new TreeMap<>();
    Map<String, String> heads = new TreeMap<>();
    drawOrders(random, 40, items, heads);
    heads.keySet().removeIf(order -> random.nextBoolean());
    Map<String, String> newItems = new TreeMap<>(items);
    Map<String, String> newHeads = new TreeMap<>(heads);
    newItems.keySet().removeIf(line -> random.nextInt(8) == 0);
    drawOrders(random, 6, newItems, newHeads);
    Map<String, String> products = Map.of("p0", product("p0", "tea"));
    Map<String, String> newProducts =
        Map.of("p0", product("p0", "tea"), "p1", product("p1", "rice"));

    Map<Entity, Dataset<Row>> before = silver(spark);
    put(before, spark, Entities.ORDER_ITEM, items.values().toArray(String[]::new));
    put(before, spark, Entities.ORDER, heads.values().toArray(String[]::new));
    put(before, spark, Entities.PRODUCT, products.values().toArray(String[]::new));
    Map<Entity, Dataset<Row>> after = silver(spark);
    put(after, spark, Entities.ORDER_ITEM, newItems.values().toArray(String[]::new));
    put(after, spark, Entities.ORDER, newHeads.values().toArray(String[]::new));
    put(after, spark, Entities.PRODUCT, newProducts.values().toArray(String[]::new));
    Map<Entity, Dataset<Row>> changes =
        Map.of(
            Entities.ORDER_ITEM,
            changeFeed(spark, Entities.ORDER_ITEM, items, newItems),
            Entities.ORDER,
            changeFeed(spark, Entities.ORDER, heads, newHeads),
            Entities.PRODUCT,
            changeFeed(spark, Entities.PRODUCT, products, newProducts),
            Entities.SERVICE_TICKET,
            changeFeed(spark, Entities.SERVICE_TICKET, Map.of(), Map.of()));

    List<Row> found = ChangeTransforms.findTouchedMonths(changes, after, TAIPEI).collectAsList();
    Months touched = Months.of(found.stream().map(row -> row.getDate(0).toLocalDate()).toList());
    List<LocalDate> months = touched.days().orElseThrow();

    assertThat(months).hasSizeLessThan(24);
    Map<String, Map<String, Long>> days = accountDays(before, Months.all());
    days.keySet().removeIf(key -> months.contains(month(key)));
    days.putAll(accountDays(after, touched));
    assertThat(days).isEqualTo(accountDays(after, Months.all()));
    Map<String, Map<String, Long>> categoryDays = categoryDays(before, Months.all());
    categoryDays.keySet().removeIf(key -> months.contains(month(key)));
    categoryDays.putAll(categoryDays(after, touched));
    assertThat(categoryDays).isEqualTo(categoryDays(after, Months.all()));
  }

  @Test
  void startsAgainFromNothingAfterACrash() {
    for (TableSchema rollup : ROLLUPS) {
      Dataset<Row> expected = inSteps.get(rollup).filter(col("account_key").notEqual(MARK));
      new JavaDatasetSuiteBase().assertDataFrameDataEquals(expected, afterCrash.get(rollup));
    }
  }

  @Test
  void startsAgainFromNothingInAnotherTimeZone() {
    Map<String, Map<String, Long>> expected = withoutMarks(daysInSteps);
    // The day on which the ticket was closed in Taipei, and in UTC.
    expected.put("a 2024-04-30", expected.remove("a 2024-05-01"));

    assertThat(collect(inUtc.get(SilverTables.ACCOUNT_DAY), SilverTables.ACCOUNT_DAY))
        .isEqualTo(expected);
  }

  private static JobContext run(SparkSession spark, ZoneId zone) {
    JobContext context = Contexts.of(spark, warehouse, zone, Optional.empty());
    new SummarizeJob().run(context);
    return context;
  }

  private static Tables tables(SparkSession spark) {
    return new Tables(spark, warehouse.toString());
  }

  /** What the job has written, as it stands now: later runs change nothing in it. */
  private static Map<TableSchema, Dataset<Row>> stored(SparkSession spark) {
    Map<TableSchema, Dataset<Row>> stored = new HashMap<>();
    for (TableSchema rollup : ROLLUPS) {
      stored.put(rollup, tables(spark).read(rollup));
    }
    stored.put(SummarizeStateTable.SCHEMA, tables(spark).read(SummarizeStateTable.SCHEMA));
    return stored;
  }

  private static void append(SparkSession spark, Entity entity, String... rows) {
    tables(spark).append(entity.silver(), Rows.of(spark, entity.silver(), rows));
  }

  /** Adds and replaces rows, and deletes those that are {@link #gone}. */
  private static void merge(SparkSession spark, Entity entity, String... rows) {
    tables(spark)
        .merge(
            entity.silver(),
            Rows.of(spark, entity.silver(), rows),
            "s.row_hash = 'gone'",
            "s.row_hash <> 'gone'",
            "s.row_hash <> 'gone'");
  }

  private static String gone(String row) {
    return withHash(row, "gone");
  }

  private static String withHash(String row, String hash) {
    return row.replace("\"row_hash\":\"h\"", "\"row_hash\":\"" + hash + "\"");
  }

  /** What Delta's change feed says between two states of a table, each with its rows by key. */
  private static Dataset<Row> changeFeed(
      SparkSession spark, Entity entity, Map<String, String> before, Map<String, String> after) {
    List<String> rows = new ArrayList<>();
    before.forEach(
        (key, row) -> {
          if (!after.containsKey(key)) {
            rows.add(withHash(row, "delete"));
          } else if (!after.get(key).equals(row)) {
            rows.add(withHash(row, "update_preimage"));
            rows.add(withHash(after.get(key), "update_postimage"));
          }
        });
    after.forEach(
        (key, row) -> {
          if (!before.containsKey(key)) {
            rows.add(withHash(row, "insert"));
          }
        });
    return Rows.of(spark, entity.silver(), rows.toArray(String[]::new))
        .withColumn("_change_type", col("row_hash"));
  }

  /** Puts lines, and a head each that may lie in another month, over those of the same key. */
  private static void drawOrders(
      Random random, int lines, Map<String, String> items, Map<String, String> heads) {
    for (int i = 0; i < lines; i++) {
      String order = "o" + random.nextInt(25);
      String line = String.valueOf(random.nextInt(3));
      String day = drawDay(random);
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
              drawDay(random),
              (long) amount,
              1000L,
              random.nextInt(4) == 0 ? "cancelled" : "placed",
              random.nextBoolean() ? "app" : null));
    }
  }

  /** A day of two years. */
  private static String drawDay(Random random) {
    return String.format(
        "%d-%02d-%02d", 2024 + random.nextInt(2), 1 + random.nextInt(12), 1 + random.nextInt(28));
  }

  /** The month of a rollup's row by its key. */
  private static LocalDate month(String key) {
    return LocalDate.parse(key.substring(key.length() - 10)).withDayOfMonth(1);
  }

  private static Map<String, Map<String, Long>> withoutMarks(
      Map<String, Map<String, Long>> accountDays) {
    Map<String, Map<String, Long>> unmarked = new HashMap<>(accountDays);
    unmarked.keySet().removeIf(key -> key.startsWith(MARK));
    return unmarked;
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
      Map<Entity, Dataset<Row>> silver, Months months) {
    return collect(
        SummarizeJob.accountDays(silver, SummarizeJob.sessions(silver, months), months, TAIPEI),
        SilverTables.ACCOUNT_DAY);
  }

  private static Map<String, Map<String, Long>> categoryDays(
      Map<Entity, Dataset<Row>> silver, Months months) {
    return collect(
        SummarizeJob.accountCategoryDays(silver, months), SilverTables.ACCOUNT_CATEGORY_DAY);
  }

  /** Rows by key, each with its measures other than 0. */
  private static Map<String, Map<String, Long>> collect(Dataset<Row> rows, TableSchema table) {
    Map<String, Map<String, Long>> collected = new HashMap<>();
    for (Row row : rows.collectAsList()) {
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
    return product(product, category, null);
  }

  private static String product(String product, String category, String name) {
    return "{"
        + fill(
            "\"product_id\":%s,\"category\":%s,\"name\":%s,\"source\":\"s\","
                + "\"row_version\":1,\"batch_id\":1,\"row_hash\":\"h\"",
            product, category, name)
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

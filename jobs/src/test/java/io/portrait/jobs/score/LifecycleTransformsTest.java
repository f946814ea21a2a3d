package io.portrait.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Scores.Lifecycle;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class LifecycleTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  /** Two gaps for an own interval; active to 2 intervals, dormant to 4; 7 days at least. */
  private static final Lifecycle SETTINGS = new Lifecycle(2, 2.0, 4.0, 7, 90);

  @Test
  void takesDaysWithAnOrderOfKnownCustomersBeforeTheAsOfDate(SparkSession spark) {
    Dataset<Row> days =
        spark.sql(
            "SELECT * FROM VALUES ('a1', DATE'2026-01-01', 1L), ('a2', DATE'2026-01-01', 2L),"
                + " ('a2', DATE'2026-01-11', 1L), ('a1', DATE'2026-01-30', 1L),"
                + " ('a1', DATE'2026-01-31', 1L), ('a1', DATE'2026-02-01', 1L),"
                + " ('a1', DATE'2026-01-20', 0L), ('v', DATE'2026-01-02', 1L),"
                + " ('stranger', DATE'2026-01-02', 1L) AS t(account_key, event_day, orders)");
    Dataset<Row> map =
        spark.sql(
            "SELECT * FROM VALUES ('a1', 'ann', true), ('a2', 'ann', true), ('v', 'v', false)"
                + " AS t(account_key, customer_id, is_known)");

    Dataset<Row> purchases = LifecycleTransforms.purchaseDays(days, map, AS_OF);

    assertThat(purchases.orderBy("event_day").collectAsList().toString())
        .isEqualTo("[[ann,2026-01-01,null], [ann,2026-01-11,10], [ann,2026-01-30,19]]");
    assertThat(LifecycleTransforms.medianGap(purchases).head().getDouble(0)).isEqualTo(14.5);
    assertThat(LifecycleTransforms.summarize(purchases, AS_OF).collectAsList().toString())
        .isEqualTo("[[ann,1,3,29,19]]");
  }

  @Test
  void explainsEachState(SparkSession spark) {
    Dataset<Row> summary =
        summary(
            spark,
            RowFactory.create("new", 60L, 1L, 0L, null),
            RowFactory.create("sleeping starter", 61L, 1L, 0L, null),
            RowFactory.create("gone starter", 121L, 1L, 0L, null),
            RowFactory.create("active", 20L, 11L, 100L, 10L),
            RowFactory.create("dormant", 21L, 11L, 100L, 10L),
            RowFactory.create("dormant still", 40L, 11L, 100L, 10L),
            RowFactory.create("lost", 41L, 11L, 100L, 10L),
            RowFactory.create("returned", 5L, 12L, 141L, 41L),
            RowFactory.create("one gap", 60L, 2L, 3L, 3L),
            RowFactory.create("daily", 14L, 31L, 30L, 1L));

    Dataset<Row> states = LifecycleTransforms.withState(summary, SETTINGS, 30.0);

    assertThat(
            states
                .select(
                    "customer_id",
                    "state",
                    "interval_days",
                    "interval_source",
                    "active_until_days",
                    "dormant_until_days",
                    "return_after_days",
                    "reason_en")
                .collectAsList())
        .containsExactly(
            RowFactory.create(
                "new",
                "new",
                30.0,
                "population",
                60.0,
                120.0,
                null,
                "Single purchase day, 60 days ago, at most 60.0 days"
                    + " (all customers' purchase interval: 30.0 days)"),
            RowFactory.create(
                "sleeping starter",
                "dormant",
                30.0,
                "population",
                60.0,
                120.0,
                null,
                "Last purchase 61 days ago, more than 60.0 and at most 120.0 days"
                    + " (all customers' purchase interval: 30.0 days)"),
            RowFactory.create(
                "gone starter",
                "lost",
                30.0,
                "population",
                60.0,
                120.0,
                null,
                "Last purchase 121 days ago, more than 120.0 days"
                    + " (all customers' purchase interval: 30.0 days)"),
            RowFactory.create(
                "active",
                "active",
                10.0,
                "own",
                20.0,
                40.0,
                40.0,
                "Last purchase 20 days ago, at most 20.0 days (own purchase interval: 10.0 days)"),
            RowFactory.create(
                "dormant",
                "dormant",
                10.0,
                "own",
                20.0,
                40.0,
                40.0,
                "Last purchase 21 days ago, more than 20.0 and at most 40.0 days"
                    + " (own purchase interval: 10.0 days)"),
            RowFactory.create(
                "dormant still",
                "dormant",
                10.0,
                "own",
                20.0,
                40.0,
                40.0,
                "Last purchase 40 days ago, more than 20.0 and at most 40.0 days"
                    + " (own purchase interval: 10.0 days)"),
            RowFactory.create(
                "lost",
                "lost",
                10.0,
                "own",
                20.0,
                40.0,
                40.0,
                "Last purchase 41 days ago, more than 40.0 days (own purchase interval: 10.0 days)"),
            // Ten gaps of 10 days, then one of 41: the interval before the return was 10.
            RowFactory.create(
                "returned",
                "returned",
                141 / 11.0,
                "own",
                2 * (141 / 11.0),
                4 * (141 / 11.0),
                40.0,
                "Last purchase 5 days ago after a gap of 41 days, more than 40.0 days"),
            RowFactory.create(
                "one gap",
                "active",
                30.0,
                "population",
                60.0,
                120.0,
                120.0,
                "Last purchase 60 days ago, at most 60.0 days"
                    + " (all customers' purchase interval: 30.0 days)"),
            RowFactory.create(
                "daily",
                "active",
                7.0,
                "own",
                14.0,
                28.0,
                28.0,
                "Last purchase 14 days ago, at most 14.0 days (own purchase interval: 7.0 days)"));
    assertThat(states.select("reason_zh").head().getString(0))
        .isEqualTo("僅有一個購買日，在 60 天前，未超過 60.0 天（全體購買間隔 30.0 天）");
  }

  @Test
  void assumesAnIntervalWhileNobodyHasBoughtTwice(SparkSession spark) {
    Dataset<Row> states =
        LifecycleTransforms.withState(
            summary(spark, RowFactory.create("a", 1L, 1L, 0L, null)), SETTINGS, null);

    assertThat(states.select("state", "interval_days", "interval_source").head())
        .isEqualTo(RowFactory.create("new", 90.0, "fallback"));
  }

  /**
   * Every recency to 200 days, with every pair of span and last gap that 1 to 6 purchase days allow
   * on a grid: the conditions of the five states, written out apart, hold for exactly one, and it
   * is the one given.
   */
  @Test
  void givesExactlyOneStateForEveryRecencyAndGaps(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (long recency = 1; recency <= 200; recency += 3) {
      rows.add(RowFactory.create("c", recency, 1L, 0L, null));
      for (long days = 2; days <= 6; days++) {
        for (long gap : new long[] {1, 2, 15, 28, 29, 60, 61, 120, 121, 300}) {
          for (long others : new long[] {1, 5, 30, 90}) {
            rows.add(RowFactory.create("c", recency, days, gap + (days - 2) * others, gap));
          }
        }
      }
    }

    List<Row> states =
        LifecycleTransforms.withState(summary(spark, rows.toArray(Row[]::new)), SETTINGS, 15.0)
            .collectAsList();

    assertThat(states).hasSameSizeAs(rows).hasSizeGreaterThan(10_000);
    for (Row row : states) {
      double recency = row.<Long>getAs("recency_days");
      boolean recent = recency <= row.<Double>getAs("active_until_days");
      boolean gone = recency > row.<Double>getAs("dormant_until_days");
      boolean single = row.<Long>getAs("purchase_days") == 1;
      boolean back =
          !single && row.<Long>getAs("previous_gap_days") > row.<Double>getAs("return_after_days");
      List<String> holding = new ArrayList<>();
      if (recent && single) {
        holding.add("new");
      }
      if (recent && !single && !back) {
        holding.add("active");
      }
      if (!recent && !gone) {
        holding.add("dormant");
      }
      if (gone) {
        holding.add("lost");
      }
      if (recent && back) {
        holding.add("returned");
      }
      assertThat(holding).as(row.toString()).containsExactly(row.<String>getAs("state"));
    }
    assertThat(states.stream().map(row -> row.<String>getAs("state")).distinct())
        .containsExactlyInAnyOrder("new", "active", "dormant", "lost", "returned");
  }

  @Test
  void countsEveryStateAlsoWithoutCustomers(SparkSession spark) {
    Dataset<Row> titles = spark.sql("SELECT * FROM VALUES ('new'), ('lost') AS t(state)");
    Dataset<Row> nobody =
        LifecycleTransforms.withState(
            LifecycleTransforms.summarize(
                LifecycleTransforms.purchaseDays(
                    spark.createDataFrame(List.of(), SilverTables.ACCOUNT_DAY.structType()),
                    spark.createDataFrame(List.of(), SilverTables.CUSTOMER_MAP.structType()),
                    AS_OF),
                AS_OF),
            SETTINGS,
            null);

    assertThat(LifecycleTransforms.withSizes(titles, nobody).collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("new", 0L, 0.0), RowFactory.create("lost", 0L, 0.0));
  }

  private static Dataset<Row> summary(SparkSession spark, Row... rows) {
    return spark
        .createDataFrame(
            List.of(rows),
            StructType.fromDDL(
                "customer_id string, recency_days bigint, purchase_days bigint, span_days bigint,"
                    + " previous_gap_days bigint"))
        .coalesce(1);
  }
}

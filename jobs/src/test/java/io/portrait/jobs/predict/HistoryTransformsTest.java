package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Predictions.ChurnDefinition;
import io.portrait.common.config.Predictions.Learning;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.CustomerMaps;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class HistoryTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 1);
  private static final Cutoff NOW = new Cutoff(AS_OF, 30);
  private static final Cutoff PAST = new Cutoff(LocalDate.of(2026, 1, 31), 30);

  @Test
  void dividesWhatWasKnownFromWhatCameAfter(SparkSession spark) {
    Dataset<Row> days =
        HistoryTransforms.days(
            PredictWorld.accountDays(
                spark.sql(
                    "SELECT *, 2L AS lines, 1L AS discounted_lines FROM VALUES"
                        // Two accounts buy on one day; one gives back later.
                        + " ('ann1', '2025-12-01', 1L, 500L, 0L, 0L, 0L, 0L, 0L),"
                        + " ('ann2', '2025-12-01', 2L, 300L, 0L, 0L, 1L, 0L, 0L),"
                        + " ('ann1', '2026-01-21', 1L, 200L, 0L, 0L, 2L, 0L, 0L),"
                        + " ('ann1', '2026-01-30', 0L, 0L, 50L, 1L, 1L, 1L, 3000L),"
                        // The first day of the horizon, and the first day after it.
                        + " ('ann1', '2026-01-31', 1L, 900L, 0L, 0L, 7L, 5L, 1000L),"
                        + " ('bob1', '2026-01-30', 1L, 100L, 0L, 0L, 0L, 0L, 0L),"
                        + " ('bob1', '2026-02-28', 1L, 100L, 0L, 0L, 0L, 0L, 0L),"
                        // Known later, no purchase, not known, on the as-of date.
                        + " ('cid1', '2026-01-31', 1L, 100L, 0L, 0L, 0L, 0L, 0L),"
                        + " ('dot1', '2026-01-01', 0L, 0L, 0L, 0L, 9L, 0L, 0L),"
                        + " ('who1', '2026-01-01', 1L, 100L, 0L, 0L, 0L, 0L, 0L),"
                        + " ('bob1', '2026-03-01', 1L, 100L, 0L, 0L, 0L, 0L, 0L)"
                        + " AS t(account_key, event_day, orders, amount_minor, refund_minor,"
                        + " refunds, sessions, csat_answers, csat_sum_milli)")),
            map(spark),
            AS_OF);

    List<Row> found =
        HistoryTransforms.histories(days, List.of(NOW), List.of(PAST), 1)
            .orderBy("cutoff", "customer_id")
            .selectExpr(
                "customer_id",
                "purchase_days",
                "first_day",
                "last_day",
                "last_gap_days",
                "concat_ws(' ', purchases_third, purchases_one, purchases_two)",
                "concat_ws(' ', net_minor, net_one_minor, net_before_minor)",
                "concat_ws(' ', refunds, lines, sessions_third, sessions_one)",
                "concat_ws(' ', csat_answers, csat_sum_milli)",
                "next_purchase_in")
            .collectAsList();

    assertThat(found)
        .containsExactly(
            row(
                "ann",
                2L,
                "2025-12-01",
                "2026-01-21",
                51,
                "1 1 1",
                "950 150 0",
                "1 8 3 3",
                "1 3000",
                0),
            row(
                "bob",
                1L,
                "2026-01-30",
                "2026-01-30",
                null,
                "1 1 1",
                "100 100 0",
                "0 2 0 0",
                "0 0",
                28),
            row(
                "ann",
                3L,
                "2025-12-01",
                "2026-01-31",
                10,
                "0 1 2",
                "1850 850 200",
                "1 10 0 8",
                "6 4000",
                null),
            row(
                "bob",
                2L,
                "2026-01-30",
                "2026-02-28",
                29,
                "1 2 2",
                "200 200 0",
                "0 4 0 0",
                "0 0",
                null),
            row(
                "cid",
                1L,
                "2026-01-31",
                "2026-01-31",
                null,
                "0 1 1",
                "100 100 0",
                "0 2 0 0",
                "0 0",
                null));
    assertThat(
            HistoryTransforms.histories(days, List.of(NOW), List.of(PAST), 0)
                .select("cutoff")
                .distinct()
                .collectAsList())
        .containsExactly(RowFactory.create(Date.valueOf(AS_OF)));
  }

  /**
   * What gives the answer away is planted on and after the cutoff: visits, complaints and spend of
   * those alone who buy then. No input may change; seen from a day later, nearly all do.
   */
  @Test
  void seesNothingOfTheDaysThatItPredicts(SparkSession spark) {
    LocalDate cutoff = LocalDate.of(2026, 1, 15);
    Dataset<Row> days =
        PredictWorld.accountDays(
            spark
                .range(4000)
                .selectExpr(
                    "concat('c', id % 40, 'x') AS account_key",
                    "date_add(DATE'2025-11-01', CAST(pmod(hash(id), 110) AS INT)) AS event_day",
                    "pmod(hash(id, 1), 2) AS orders",
                    "1000L + id AS amount_minor",
                    "1L AS sessions")
                .groupBy("account_key", "event_day")
                .agg(Map.of("orders", "max", "amount_minor", "sum", "sessions", "sum"))
                .withColumnRenamed("max(orders)", "orders")
                .withColumnRenamed("sum(amount_minor)", "amount_minor")
                .withColumnRenamed("sum(sessions)", "sessions"));
    Column isPlanted = col("event_day").geq(lit(Date.valueOf(cutoff))).and(col("orders").gt(0));
    Dataset<Row> planted = days;
    for (String measure :
        List.of("sessions", "complaints", "tickets", "refunds", "amount_minor", "csat_answers")) {
      planted =
          planted.withColumn(
              measure, when(isPlanted, col(measure).plus(77)).otherwise(col(measure)));
    }

    assertThat(inputs(planted, cutoff)).isEqualTo(inputs(days, cutoff)).hasSize(40);
    // The check would catch a look at the first day of the horizon.
    assertThat(inputs(planted, cutoff.plusDays(1))).isNotEqualTo(inputs(days, cutoff.plusDays(1)));
  }

  @Test
  void tellsHowMuchOfTheInputsIsKnown(SparkSession spark) {
    Dataset<Row> days =
        HistoryTransforms.days(
            PredictWorld.accountDays(
                spark.sql(
                    "SELECT * FROM VALUES"
                        + " ('ann1', '2025-12-01', 1L, 2L, 1L, 1L, 1L),"
                        + " ('ann1', '2026-01-21', 1L, 2L, 0L, 0L, 0L),"
                        + " ('bob1', '2026-01-21', 1L, 2L, 0L, 0L, 0L),"
                        // Known only after the cutoff.
                        + " ('bob1', '2026-01-31', 1L, 2L, 1L, 1L, 1L)"
                        + " AS t(account_key, event_day, orders, lines, sessions, csat_answers,"
                        + " touches_sent)")),
            map(spark),
            AS_OF);
    List<Input> inputs =
        List.of(
            Input.FREQUENCY,
            Input.FREQUENCY,
            Input.RHYTHM,
            Input.DISCOUNTS,
            Input.VISITS,
            Input.SATISFACTION,
            Input.CAMPAIGNS,
            Input.CONTRACT,
            Input.SEASON);
    Explanation explanation =
        new Explanation(
            List.of(
                new Explanation.Part(
                    new LogisticModel(
                        new int[0],
                        new double[0],
                        new double[0],
                        new double[0],
                        new double[0],
                        0,
                        0),
                    inputs)));

    List<Row> found =
        HistoryTransforms.cases(
                HistoryTransforms.withoutSeasons(
                    HistoryTransforms.histories(days, List.of(), List.of(PAST), 1)),
                Term.all(2))
            .orderBy("customer_id")
            .select(col("customer_id"), explanation.coverage(col("known_inputs")))
            .collectAsList();

    // Of eight inputs ann has no contract; of bob nothing is known but purchases and the season.
    assertThat(found)
        .containsExactly(RowFactory.create("ann", 7 / 8.0), RowFactory.create("bob", 3 / 8.0));
  }

  @Test
  void knowsContractsAsTheyWereKnown(SparkSession spark) {
    Dataset<Row> map = CustomerMaps.of(spark, "ann1", "bob1", "cid1", "dot1", "eve1", "fay1");
    Dataset<Row> days =
        HistoryTransforms.days(
            PredictWorld.accountDays(
                spark.sql(
                    "SELECT account_key, event_day, 1L AS orders FROM VALUES"
                        + " ('ann1', '2026-01-01'), ('bob1', '2026-01-01'), ('cid1', '2026-01-01'),"
                        + " ('eve1', '2026-01-01'),"
                        // These buy in the horizon too.
                        + " ('bob1', '2026-02-01'), ('dot1', '2026-01-01'), ('dot1', '2026-02-01')"
                        + " AS t(account_key, event_day)")),
            map,
            AS_OF);
    Dataset<Row> attributes =
        spark.sql(
            "SELECT account_key, CAST(event_day AS DATE) AS event_day, name, value FROM VALUES"
                // Renewed within the horizon; not renewed; ended before; ended years ago.
                + " ('ann1', '2026-01-01', 'contract_end', '2026-02-10'),"
                + " ('ann1', '2026-02-09', 'contract_end', '2027-02-10'),"
                + " ('bob1', '2026-01-01', 'contract_end', '2026-02-10'),"
                + " ('cid1', '2026-01-01', 'contract_end', '2026-01-20'),"
                + " ('cid1', '2026-01-02', 'contract_end', 'soon'),"
                + " ('dot1', '2026-01-01', 'contract_end', '2021-06-30'),"
                + " ('cid1', '2026-01-02', 'income', '2030-01-01'),"
                + " ('cid1', '2026-03-01', 'contract_end', '2030-01-01'),"
                // Ended early, by what was known within the horizon; then of two of a day the
                // later.
                + " ('eve1', '2026-01-01', 'contract_end', '2027-06-30'),"
                + " ('eve1', '2026-02-15', 'contract_end', '2026-02-28'),"
                + " ('eve1', '2026-02-15', 'contract_end', '2026-01-10'),"
                // Never bought.
                + " ('fay1', '2026-01-01', 'contract_end', '2027-06-30')"
                + " AS t(account_key, event_day, name, value)");
    Dataset<Row> contracts = HistoryTransforms.contracts(attributes, map, "contract_end", AS_OF);
    List<Term> terms = Term.all(2);
    Schedule schedule =
        Schedule.of(LocalDate.of(2025, 1, 1), AS_OF, 30, new Learning(1, 30, 30, 30, 100));
    Question ends = Question.churn(ChurnDefinition.CONTRACT_END, schedule);
    Question either = Question.churn(ChurnDefinition.EITHER, schedule);
    Question noPurchase = Question.churn(ChurnDefinition.NO_PURCHASE, schedule);

    Dataset<Row> cases =
        HistoryTransforms.cases(
            HistoryTransforms.withoutSeasons(
                HistoryTransforms.histories(
                    HistoryTransforms.withContracts(days, contracts),
                    List.of(NOW),
                    List.of(PAST),
                    1)),
            terms);
    List<Row> found =
        cases
            .filter(col("cutoff").lt(lit(Date.valueOf(AS_OF))))
            .orderBy("customer_id")
            .select(
                col("customer_id"),
                ends.isAsked(),
                ends.label(),
                either.label(),
                noPurchase.label())
            .collectAsList();

    assertThat(found)
        .containsExactly(
            RowFactory.create("ann", true, false, true, true),
            RowFactory.create("bob", true, true, true, false),
            RowFactory.create("cid", false, false, true, true),
            RowFactory.create("dot", false, false, false, false),
            RowFactory.create("eve", true, true, true, true));
    assertThat(
            cases
                .filter(col("customer_id").equalTo("eve"))
                .orderBy("cutoff")
                .select("contract_until", "contract_until_later")
                .collectAsList())
        .containsExactly(
            RowFactory.create(Date.valueOf("2027-06-30"), Date.valueOf("2026-02-28")),
            RowFactory.create(Date.valueOf("2026-02-28"), Date.valueOf("2026-02-28")));
    // Of fay, who never bought, nothing is expected.
    Dataset<Row> now = HistoryTransforms.at(cases, AS_OF, 30);
    assertThat(HistoryTransforms.countWithoutPurchase(contracts, now, AS_OF).head().getLong(0))
        .isEqualTo(1);
  }

  /**
   * Who lives in the north buys in winter and who lives in the south in summer, as often in a year;
   * cid's region is not told, and nobody of dot's has bought in that year.
   */
  @Test
  void givesCustomersTheSeasonOfTheirOwnRegion(SparkSession spark) {
    Dataset<Row> accountDays =
        PredictWorld.accountDays(
            spark.sql(
                "SELECT account_key, date_add(DATE'2025-01-31', CAST(id AS INT)) AS event_day, 1L AS"
                    + " orders FROM range(365) CROSS JOIN VALUES ('ann1'), ('bob1'), ('cid1') AS"
                    + " t(account_key) WHERE CASE account_key WHEN 'ann1' THEN id < 90 OR id >= 275"
                    + " WHEN 'bob1' THEN id BETWEEN 90 AND 274 ELSE true END UNION ALL SELECT 'dot1',"
                    + " DATE'2025-01-01', 1L"));
    Dataset<Row> map = map(spark);
    Dataset<Row> customers =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 'north'), ('bob', 'south'), ('cid', NULL), ('dot', 'east')"
                + " AS t(customer_id, region)");
    Cutoff cutoff = new Cutoff(PAST.day(), 90);

    Dataset<Row> regionDays = HistoryTransforms.regionDays(accountDays, map, customers, AS_OF);
    List<Row> found =
        HistoryTransforms.withSeasons(
                HistoryTransforms.histories(
                    HistoryTransforms.days(accountDays, map, AS_OF), List.of(), List.of(cutoff), 1),
                customers,
                HistoryTransforms.seasons(regionDays, List.of(cutoff)))
            .orderBy("customer_id")
            .selectExpr(
                "customer_id", "round(season_30, 4)", "round(season_60, 4)", "round(season_90, 4)")
            .collectAsList();

    assertThat(regionDays.groupBy("region").sum("purchases").orderBy("region").collectAsList())
        .containsExactly(
            RowFactory.create("", 365L),
            RowFactory.create("east", 1L),
            RowFactory.create("north", 180L),
            RowFactory.create("south", 185L));
    // North and south together buy as often on every day as cid, so that all have no season.
    assertThat(found)
        .containsExactly(
            RowFactory.create("ann", season(30, 30, 180), season(60, 60, 180), season(90, 90, 180)),
            RowFactory.create("bob", season(0, 30, 185), season(0, 60, 185), season(0, 90, 185)),
            RowFactory.create("cid", 1.0, 1.0, 1.0),
            RowFactory.create("dot", 1.0, 1.0, 1.0));
  }

  @Test
  void tellsTheSeasonOfARegionByTheYearBefore(SparkSession spark) {
    Dataset<Row> regionDays =
        spark.sql(
            "SELECT region, CAST(event_day AS DATE) AS event_day, purchases FROM VALUES"
                // A year before the cutoff on: 30 days of winter, then the rest of the year.
                + " ('north', '2025-01-31', 300L), ('north', '2025-03-02', 665L),"
                + " ('south', '2025-01-31', 0L), ('south', '2026-01-30', 10L),"
                + " ('north', '2025-01-30', 9999L), ('north', '2026-01-31', 9999L)"
                + " AS t(region, event_day, purchases)");

    List<Row> found =
        HistoryTransforms.seasons(regionDays, List.of(new Cutoff(PAST.day(), 90)))
            .orderBy("region")
            .selectExpr("region", "round(season_30, 4)", "round(season_60, 4)")
            .collectAsList();

    double all = 300 / (975 * 30 / 365.0);
    double allIn60 = 965 / (975 * 60 / 365.0);
    assertThat(found)
        .containsExactly(
            RowFactory.create("north", rounded((300 + 50 * all) / (965 * 30 / 365.0 + 50)), 4.0),
            RowFactory.create(
                "south",
                rounded(50 * all / (10 * 30 / 365.0 + 50)),
                rounded(Math.min(4, 50 * allIn60 / (10 * 60 / 365.0 + 50)))));
    assertThat(HistoryTransforms.withYear(List.of(PAST), LocalDate.of(2025, 1, 31)))
        .containsExactly(PAST);
    assertThat(HistoryTransforms.withYear(List.of(PAST), LocalDate.of(2025, 2, 1))).isEmpty();
  }

  /** Drawn to all, who have no season, as if by 50 purchases. */
  private static double season(long purchases, int days, long year) {
    return rounded((purchases + 50) / (year * days / 365.0 + 50));
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  private static List<Row> inputs(Dataset<Row> accountDays, LocalDate cutoff) {
    Dataset<Row> map =
        accountDays
            .select("account_key")
            .distinct()
            .selectExpr("account_key", "account_key AS customer_id", "true AS is_known");
    return HistoryTransforms.cases(
            HistoryTransforms.withoutSeasons(
                HistoryTransforms.histories(
                    HistoryTransforms.days(accountDays, map, AS_OF),
                    List.of(new Cutoff(cutoff, 30)),
                    List.of(),
                    1)),
            Term.all(2))
        .orderBy("customer_id")
        .select("customer_id", "recency_days", "last_gap_days", "contract_until", "terms")
        .collectAsList();
  }

  private static Row row(
      String customer,
      long purchases,
      String first,
      String last,
      Integer gap,
      String counts,
      String net,
      String others,
      String answers,
      Integer next) {
    return RowFactory.create(
        customer,
        purchases,
        Date.valueOf(first),
        Date.valueOf(last),
        gap,
        counts,
        net,
        others,
        answers,
        next);
  }

  private static Dataset<Row> map(SparkSession spark) {
    return CustomerMaps.of(spark, "ann1", "ann2", "bob1", "cid1", "dot1", "who1");
  }
}

package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_diff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;

import io.portrait.common.transform.CustomerSample;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * What was known of customers at past days, and what they did then.
 *
 * <p>A case is a customer at a cutoff. Its inputs come of days strictly before the cutoff alone,
 * and what it is to predict of days from the cutoff on alone.
 */
final class HistoryTransforms {

  private static final String CUSTOMER_ID = "customer_id";
  private static final String EVENT_DAY = "event_day";
  private static final String CUTOFF = "cutoff";
  private static final String HORIZON = "horizon_days";
  private static final String REGION = "region";

  /** A year before a cutoff is compared with the days after it. */
  private static final int YEAR_DAYS = 365;

  /** Purchases with which the season of a region is drawn to that of all. */
  private static final double SEASON_WEIGHT = 50;

  private HistoryTransforms() {}

  /**
   * What known customers did by day, strictly before the as-of date.
   *
   * <p>In: {@code account_day}, and {@code customer_map} of the as-of date. Out: one row per
   * customer and day; {@code purchase} is 1 on days with an order, else 0; {@code gap_days} the
   * days since the purchase day before, null for the first and on other days; {@code contract_end}
   * is null.
   */
  static Dataset<Row> days(Dataset<Row> accountDays, Dataset<Row> map, LocalDate asOf) {
    Column previous =
        max(when(col("purchase").equalTo(1), col(EVENT_DAY)))
            .over(
                Window.partitionBy(CUSTOMER_ID)
                    .orderBy(EVENT_DAY)
                    .rowsBetween(Window.unboundedPreceding(), -1));
    return accountDays
        .filter(col(EVENT_DAY).lt(lit(Date.valueOf(asOf))))
        .select(
            col("account_key"),
            col(EVENT_DAY),
            least(col("orders"), lit(1L)).as("purchase"),
            col("amount_minor").minus(col("refund_minor")).as("net_minor"),
            col("refunds"),
            col("lines"),
            col("discounted_lines"),
            col("sessions"),
            col("tickets"),
            col("complaints"),
            col("csat_sum_milli"),
            col("csat_answers"),
            col("touches_sent").as("touches"),
            col("touches_opened").plus(col("touches_clicked")).as("answers"))
        .join(KnownAccounts.of(map), "account_key")
        .repartition(col(CUSTOMER_ID))
        .groupBy(CUSTOMER_ID, EVENT_DAY)
        .agg(
            max("purchase").as("purchase"),
            sum("net_minor").as("net_minor"),
            sum("refunds").as("refunds"),
            sum("lines").as("lines"),
            sum("discounted_lines").as("discounted_lines"),
            sum("sessions").as("sessions"),
            sum("tickets").as("tickets"),
            sum("complaints").as("complaints"),
            sum("csat_sum_milli").as("csat_sum_milli"),
            sum("csat_answers").as("csat_answers"),
            sum("touches").as("touches"),
            sum("answers").as("answers"))
        .withColumn(
            "gap_days", when(col("purchase").equalTo(1), date_diff(col(EVENT_DAY), previous)))
        .withColumn("contract_end", lit(null).cast(DateType));
  }

  /**
   * Ends of contracts by the day on which they became known, in the columns of {@link #days}; what
   * is no day is left out.
   *
   * @param attributes {@code silver/attribute}
   * @param name the attribute
   */
  static Dataset<Row> contracts(
      Dataset<Row> attributes, Dataset<Row> map, String name, LocalDate asOf) {
    return attributes
        .filter(col("name").equalTo(name).and(col(EVENT_DAY).lt(lit(Date.valueOf(asOf)))))
        .join(KnownAccounts.of(map), "account_key")
        .select(
            col(CUSTOMER_ID), col(EVENT_DAY), expr("try_cast(value AS DATE)").as("contract_end"))
        .filter(col("contract_end").isNotNull());
  }

  /**
   * Customers with a running contract who have not bought, whom {@link #histories} leave out: one
   * row of their number.
   *
   * @param contracts {@link #contracts}
   * @param cases customers of the as-of date who have
   */
  static Dataset<Row> countWithoutPurchase(
      Dataset<Row> contracts, Dataset<Row> cases, LocalDate asOf) {
    return contracts
        .groupBy(CUSTOMER_ID)
        .agg(latestEnd(lit(true)).as("contract_until"))
        .filter(col("contract_until").geq(lit(Date.valueOf(asOf))))
        .join(cases.select(CUSTOMER_ID), new String[] {CUSTOMER_ID}, "left_anti")
        .agg(count(lit(1)));
  }

  /** {@link #days} with {@link #contracts}, whose own measures are 0. */
  static Dataset<Row> withContracts(Dataset<Row> days, Dataset<Row> contracts) {
    Column[] columns =
        List.of(days.columns()).stream()
            .map(
                name ->
                    switch (name) {
                      case CUSTOMER_ID, EVENT_DAY, "contract_end" -> col(name);
                      case "gap_days" -> lit(null).cast("int").as(name);
                      default -> lit(0L).as(name);
                    })
            .toArray(Column[]::new);
    return days.union(contracts.select(columns));
  }

  /**
   * Cases: customers whose first purchase lies before the cutoff, however long ago the last.
   *
   * <p>Out: one row per customer and cutoff; {@code next_purchase_in}: days from the cutoff to the
   * next purchase day, 0 on the cutoff itself, null if none is known within the horizon; {@code
   * contract_until}: end of the contract that became known last before the cutoff, be it sooner or
   * later than what was known until then, of several on that day the greatest; {@code
   * contract_until_later}: last before the end of the horizon; the other columns come of days
   * before the cutoff.
   *
   * @param days {@link #days} or {@link #withContracts}
   * @param now cutoffs for all customers
   * @param past cutoffs for the customers that the models learn from
   * @param share share of the customers that the models learn from, drawn by a hash of the id
   */
  static Dataset<Row> histories(
      Dataset<Row> days, List<Cutoff> now, List<Cutoff> past, double share) {
    Column cutoffs =
        when(
                CustomerSample.contains(share),
                structs(Stream.concat(now.stream(), past.stream()).toList()))
            .otherwise(structs(now));
    Column sinceDay = date_diff(col(CUTOFF), col(EVENT_DAY));
    Column isKnown = col(EVENT_DAY).lt(col(CUTOFF));
    Column isPurchase = col("purchase").equalTo(1);
    Column isKnownPurchase = isKnown.and(isPurchase);
    Column inThird = isKnown.and(sinceDay.multiply(3).leq(col(HORIZON)));
    Column inOne = isKnown.and(sinceDay.leq(col(HORIZON)));
    Column inTwo = isKnown.and(sinceDay.leq(col(HORIZON).multiply(2)));
    return days.select(col("*"), inline(cutoffs))
        .filter(col(EVENT_DAY).lt(date_add(col(CUTOFF), col(HORIZON))))
        .groupBy(CUSTOMER_ID, CUTOFF, HORIZON)
        .agg(
            sumIf(isKnown, "purchase").as("purchase_days"),
            min(when(isKnownPurchase, col(EVENT_DAY))).as("first_day"),
            max(when(isKnownPurchase, col(EVENT_DAY))).as("last_day"),
            max_by(col("gap_days"), when(isKnownPurchase, col(EVENT_DAY))).as("last_gap_days"),
            sumIf(inThird, "purchase").as("purchases_third"),
            sumIf(inOne, "purchase").as("purchases_one"),
            sumIf(inTwo, "purchase").as("purchases_two"),
            sumIf(isKnown, "net_minor").as("net_minor"),
            sumIf(inOne, "net_minor").as("net_one_minor"),
            sumIf(inTwo.and(sinceDay.gt(col(HORIZON))), "net_minor").as("net_before_minor"),
            sumIf(isKnown, "refunds").as("refunds"),
            sumIf(isKnown, "lines").as("lines"),
            sumIf(isKnown, "discounted_lines").as("discounted_lines"),
            sumIf(isKnown, "sessions").as("sessions"),
            sumIf(inThird, "sessions").as("sessions_third"),
            sumIf(inOne, "sessions").as("sessions_one"),
            sumIf(inTwo, "tickets").as("tickets_two"),
            sumIf(inTwo, "complaints").as("complaints_two"),
            sumIf(isKnown, "csat_sum_milli").as("csat_sum_milli"),
            sumIf(isKnown, "csat_answers").as("csat_answers"),
            sumIf(isKnown, "touches").as("touches"),
            sumIf(inOne, "answers").as("answers_one"),
            latestEnd(isKnown).as("contract_until"),
            latestEnd(lit(true)).as("contract_until_later"),
            min(when(not(isKnown).and(isPurchase), sinceDay.multiply(-1))).as("next_purchase_in"))
        .filter(col("purchase_days").gt(0));
  }

  /**
   * On how many days accounts of a region bought: {@code region, event_day, purchases}, strictly
   * before the as-of date; customers without a region are one of their own, named by empty text.
   *
   * @param customers {@code silver/customer} of the as-of date
   */
  static Dataset<Row> regionDays(
      Dataset<Row> accountDays, Dataset<Row> map, Dataset<Row> customers, LocalDate asOf) {
    return accountDays
        .filter(col(EVENT_DAY).lt(lit(Date.valueOf(asOf))).and(col("orders").gt(0)))
        .select("account_key", EVENT_DAY)
        .join(KnownAccounts.of(map), "account_key")
        .join(regions(customers), new String[] {CUSTOMER_ID}, "left")
        .groupBy(coalesce(col(REGION), lit("")).as(REGION), col(EVENT_DAY))
        .agg(count(lit(1)).as("purchases"));
  }

  /** {@code customer_id, region}; without a region: empty text. */
  static Dataset<Row> regions(Dataset<Row> customers) {
    return customers.select(col(CUSTOMER_ID), coalesce(col(REGION), lit("")).as(REGION));
  }

  /** Cutoffs of which the year before is known. */
  static List<Cutoff> withYear(List<Cutoff> cutoffs, LocalDate first) {
    return cutoffs.stream().filter(c -> !c.day().minusDays(YEAR_DAYS).isBefore(first)).toList();
  }

  /**
   * How much more customers of a region bought a year ago in the days that lie ahead, than in that
   * year on average: 1 as much, 2 twice as much. A region with few purchases is drawn to all.
   *
   * <p>Out: {@code region, cutoff, horizon_days, season_30, season_60, season_90}; days ahead are
   * those of a horizon of 90, shortened like the horizon.
   *
   * @param regionDays {@link #regionDays}
   * @param cutoffs {@link #withYear}, at least one, with horizons of up to 90 days
   */
  static Dataset<Row> seasons(Dataset<Row> regionDays, List<Cutoff> cutoffs) {
    Column position = date_diff(col(EVENT_DAY), col(CUTOFF)).plus(YEAR_DAYS);
    List<Column> ahead = new ArrayList<>();
    List<Column> seasons = new ArrayList<>(List.of(col(REGION), col(CUTOFF), col(HORIZON)));
    WindowSpec all = Window.partitionBy(CUTOFF, HORIZON);
    for (int days : Term.SEASON_DAYS) {
      String name = "ahead_" + days;
      ahead.add(sumIf(position.multiply(90).lt(col(HORIZON).multiply(days)), "purchases").as(name));
      Column yearShare = col(HORIZON).multiply(days).divide(90.0 * YEAR_DAYS);
      Column ofAll = sum(name).over(all).divide(sum("year").over(all).multiply(yearShare));
      Column ofRegion =
          col(name)
              .plus(ofAll.multiply(SEASON_WEIGHT))
              .divide(col("year").multiply(yearShare).plus(SEASON_WEIGHT));
      seasons.add(greatest(least(ofRegion, lit(4.0)), lit(0.25)).as("season_" + days));
    }
    return regionDays
        .select(col("*"), inline(structs(cutoffs)))
        .filter(position.geq(0).and(position.lt(YEAR_DAYS)))
        .groupBy(REGION, CUTOFF, HORIZON)
        .agg(sum("purchases").as("year"), ahead.toArray(Column[]::new))
        .select(seasons.toArray(Column[]::new));
  }

  /** Adds {@code season_30, season_60, season_90}, 1 where it is not known. */
  static Dataset<Row> withSeasons(
      Dataset<Row> histories, Dataset<Row> customers, Dataset<Row> seasons) {
    Dataset<Row> cases =
        histories
            .join(regions(customers), new String[] {CUSTOMER_ID}, "left")
            .withColumn(REGION, coalesce(col(REGION), lit("")))
            .join(broadcast(seasons), new String[] {REGION, CUTOFF, HORIZON}, "left");
    for (int days : Term.SEASON_DAYS) {
      String name = "season_" + days;
      cases = cases.withColumn(name, coalesce(col(name), lit(1.0)));
    }
    return cases.drop(REGION);
  }

  /** The same where no season is known. */
  static Dataset<Row> withoutSeasons(Dataset<Row> histories) {
    Dataset<Row> cases = histories;
    for (int days : Term.SEASON_DAYS) {
      cases = cases.withColumn("season_" + days, lit(1.0));
    }
    return cases;
  }

  /**
   * What models read of a case: {@code customer_id, cutoff, horizon_days, recency_days,
   * last_gap_days, contract_until, contract_until_later, next_purchase_in, known_inputs, terms}.
   *
   * @param histories {@link #withSeasons} or {@link #withoutSeasons}
   */
  static Dataset<Row> cases(Dataset<Row> histories, List<Term> terms) {
    return histories.select(
        col(CUSTOMER_ID),
        col(CUTOFF),
        col(HORIZON),
        date_diff(col(CUTOFF), col("last_day")).as("recency_days"),
        col("last_gap_days"),
        col("contract_until"),
        col("contract_until_later"),
        col("next_purchase_in"),
        Input.known().as("known_inputs"),
        functions
            .array_to_vector(array(terms.stream().map(Term::value).toArray(Column[]::new)))
            .as("terms"));
  }

  /** The cases of one cutoff. */
  static Dataset<Row> at(Dataset<Row> cases, LocalDate day, int horizonDays) {
    return at(cases, List.of(day), horizonDays);
  }

  /** The cases of some cutoffs of one horizon. */
  static Dataset<Row> at(Dataset<Row> cases, List<LocalDate> days, int horizonDays) {
    return cases.filter(
        col(HORIZON)
            .equalTo(horizonDays)
            .and(col(CUTOFF).isin(days.stream().map(Date::valueOf).toArray())));
  }

  private static Column structs(List<Cutoff> cutoffs) {
    return array(
        cutoffs.stream()
            .map(
                cutoff ->
                    struct(
                        lit(Date.valueOf(cutoff.day())).as(CUTOFF),
                        lit(cutoff.horizonDays()).as(HORIZON)))
            .toArray(Column[]::new));
  }

  /** A contract may be shortened as well as renewed. */
  private static Column latestEnd(Column condition) {
    Column end = col("contract_end");
    return max(when(condition.and(end.isNotNull()), struct(col(EVENT_DAY), end)))
        .getField("contract_end");
  }

  private static Column sumIf(Column condition, String column) {
    return sum(when(condition, col(column)).otherwise(0L));
  }

  /** How many customers are known: one row of one number. Visitors without a name are none. */
  static Dataset<Row> countKnown(Dataset<Row> map) {
    return KnownAccounts.of(map).agg(count_distinct(col(CUSTOMER_ID)));
  }
}

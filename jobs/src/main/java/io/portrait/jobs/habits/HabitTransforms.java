package io.portrait.jobs.habits;

import static io.portrait.common.table.Entity.ACCOUNT_KEY;
import static io.portrait.common.table.Entity.EVENT_DAY;
import static io.portrait.common.table.FeatureTable.CUSTOMER_ID;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;

import io.portrait.common.table.HabitTables;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How customers spend and pay. */
final class HabitTransforms {

  /** Days of half a year: 26 weeks, so that both halves have as many of each weekday. */
  static final int HALF_YEAR_DAYS = 182;

  private static final String FIRST_DAY = "first_day";
  private static final String ORDERS = "orders";
  private static final String LINES = "lines";
  private static final String DISCOUNTED = "discounted_lines";
  private static final String LATER = "later_minor";
  private static final String EARLIER = "earlier_minor";
  private static final String PAYMENTS = "payments";
  private static final String CARD = "card_payments";
  private static final String WALLET = "wallet_payments";
  private static final String OTHER = "other_payments";
  private static final String INSTALMENTS = "instalment_payments";
  private static final String COHORT = "cohort";
  private static final String GROWTH = "growth";

  private HabitTransforms() {}

  /**
   * What each customer bought and paid, strictly before the as-of date.
   *
   * <p>In: {@code account_day}. Out: one row per customer with an order or a payment: {@code
   * customer_id, first_day} (with an order), {@code later_minor, earlier_minor} (sales of the last
   * half year and of the one before), and sums of the orders, lines and payments of all time.
   *
   * @param accounts {@code account_key, customer_id}
   */
  static Dataset<Row> summarize(Dataset<Row> accountDays, Dataset<Row> accounts, LocalDate asOf) {
    Column day = col(EVENT_DAY);
    Column isLater = day.geq(lit(Date.valueOf(asOf.minusDays(HALF_YEAR_DAYS))));
    Column isInYear = day.geq(lit(Date.valueOf(asOf.minusDays(2L * HALF_YEAR_DAYS))));
    Column amount = col("amount_minor");
    return accountDays
        .filter(day.lt(lit(Date.valueOf(asOf))).and(col(ORDERS).gt(0).or(col(PAYMENTS).gt(0))))
        .withColumn(FIRST_DAY, when(col(ORDERS).gt(0), day))
        .withColumn(LATER, when(isLater, amount).otherwise(0L))
        .withColumn(EARLIER, when(isInYear.and(isLater.equalTo(false)), amount).otherwise(0L))
        .groupBy(ACCOUNT_KEY)
        .agg(min(FIRST_DAY).as(FIRST_DAY), sums())
        .join(accounts, ACCOUNT_KEY)
        .groupBy(CUSTOMER_ID)
        .agg(min(FIRST_DAY).as(FIRST_DAY), sums());
  }

  private static Column[] sums() {
    return Stream.of(ORDERS, LINES, DISCOUNTED, LATER, EARLIER, PAYMENTS, CARD, WALLET, INSTALMENTS)
        .map(name -> sum(name).as(name))
        .toArray(Column[]::new);
  }

  /**
   * One row: {@code discounted_share}, that of all sale lines with a discount; null without lines,
   * or if none has one, which says that discounts are not on record.
   */
  static Dataset<Row> discountedShare(Dataset<Row> summary) {
    return summary
        .agg(sum(LINES).as(LINES), sum(DISCOUNTED).as(DISCOUNTED))
        .select(
            when(
                    col(DISCOUNTED).gt(0).and(col(LINES).gt(0)),
                    col(DISCOUNTED).cast(DoubleType).divide(col(LINES)))
                .as("discounted_share"));
  }

  /**
   * Adds {@code discount_dependence} to customers with an order: the mean of the posterior of a
   * beta prior with the mean of the population and the weight of {@code priorLines} lines.
   *
   * @param summary {@link #summarize}
   * @param share {@link #discountedShare}, or null
   */
  static Dataset<Row> withDiscountDependence(
      Dataset<Row> summary, Double share, double priorLines) {
    Column lines = col(LINES).plus(priorLines);
    Column dependence =
        col(DISCOUNTED).plus(lit(share).multiply(priorLines)).divide(when(lines.gt(0), lines));
    return summary.withColumn(
        "discount_dependence", when(col(ORDERS).gt(0).and(lit(share).isNotNull()), dependence));
  }

  /**
   * Adds {@code spend_growth}: the change of sales from the half year before the last to the last,
   * by their sum, less the same of the customer's cohort, which are all who first bought in the
   * same calendar quarter, the customer included.
   *
   * <p>Only customers who had bought before the last half year, and in one of both, have a change
   * and count in their cohort; a cohort of one compares with nobody. Sales below 0 count as none.
   *
   * @param summary {@link #summarize}
   */
  static Dataset<Row> withSpendGrowth(Dataset<Row> summary, LocalDate asOf) {
    Column earlier = greatest(col(EARLIER), lit(0L));
    Column later = greatest(col(LATER), lit(0L));
    Column isKnown =
        col(FIRST_DAY)
            .lt(lit(Date.valueOf(asOf.minusDays(HALF_YEAR_DAYS))))
            .and(earlier.plus(later).gt(0));
    Dataset<Row> changes =
        summary
            .withColumn(COHORT, when(isKnown, trunc(col(FIRST_DAY), "quarter")))
            .withColumn(EARLIER, earlier)
            .withColumn(LATER, later);
    Dataset<Row> cohorts =
        changes
            .filter(col(COHORT).isNotNull())
            .groupBy(COHORT)
            .agg(count(lit(1)).as("customers"), change(sum(EARLIER), sum(LATER)).as(GROWTH))
            .filter(col("customers").gt(1))
            .select(COHORT, GROWTH);
    return changes
        .join(broadcast(cohorts), new String[] {COHORT}, "left")
        .withColumn("spend_growth", change(col(EARLIER), col(LATER)).minus(col(GROWTH)));
  }

  /** From -1, all was spent before, to 1, all was spent after; null without either. */
  private static Column change(Column before, Column after) {
    Column both = before.plus(after);
    return after.minus(before).cast(DoubleType).divide(when(both.gt(0), both));
  }

  /**
   * Adds {@code main_payment_method}, the one of most payments (ties by name), and {@code
   * instalment_share}; null without payments.
   */
  static Dataset<Row> withPaymentHabits(Dataset<Row> summary) {
    Column card = col(CARD);
    Column wallet = col(WALLET);
    Column other = col(OTHER);
    Column most = greatest(card, other, wallet);
    return summary
        .withColumn(OTHER, col(PAYMENTS).minus(card).minus(wallet))
        .withColumn(
            "main_payment_method",
            when(
                col(PAYMENTS).gt(0),
                when(card.equalTo(most), "card")
                    .when(other.equalTo(most), "other")
                    .otherwise("wallet")))
        .withColumn(
            "instalment_share",
            col(INSTALMENTS).cast(DoubleType).divide(when(col(PAYMENTS).gt(0), col(PAYMENTS))));
  }

  /**
   * The rows of {@link HabitTables#CUSTOMER_HABIT}: all customers, with what is known of each.
   *
   * @param customers {@code customer_id}
   * @param interests {@link InterestTransforms#summarizeCustomers}
   * @param visits {@link ContactTransforms#summarizeVisits}
   * @param touches {@link ContactTransforms#summarizeTouches}
   * @param spending {@link #summarize} with what the others add
   */
  static Dataset<Row> combine(
      Dataset<Row> customers,
      Dataset<Row> interests,
      Dataset<Row> visits,
      Dataset<Row> touches,
      Dataset<Row> spending) {
    Dataset<Row> habits = customers;
    for (Dataset<Row> part : Arrays.asList(interests, visits, touches, spending)) {
      habits = habits.join(part, new String[] {CUSTOMER_ID}, "left");
    }
    return habits
        .withColumn("interest_count", coalesce(col("interest_count"), lit(0L)))
        .withColumn("best_contact_hour", coalesce(col("visit_hour"), col("answer_hour")))
        .withColumn("best_contact_weekday", coalesce(col("visit_weekday"), col("answer_weekday")));
  }
}

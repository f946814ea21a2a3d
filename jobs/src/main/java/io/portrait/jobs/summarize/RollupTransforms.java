package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.ACCOUNT_KEY;
import static io.portrait.common.table.Entity.EVENT_DAY;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.unix_seconds;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Entities become measures per account and day. Pure: no reads, no writes, no clock. */
final class RollupTransforms {

  private static final String ORDER_ID = "order_id";
  private static final String PRODUCT_ID = "product_id";
  private static final String LINE_TYPE = "line_type";
  private static final String SALE = "sale";
  private static final String REFUND = "refund";
  private static final String CHANNEL = "channel";
  private static final String HEAD_CHANNEL = "head_channel";
  private static final String IS_CANCELLED = "is_cancelled";
  private static final String IS_LINE = "is_line";
  private static final String CATEGORY = "category";
  private static final String QUANTITY = "quantity_milli";
  private static final String AMOUNT = "amount_minor";
  private static final String DISCOUNT = "discount_minor";
  private static final String LARGEST_ORDER = "largest_order_minor";
  static final String CLOSED_DAY = "closed_day";
  private static final String MONTH = "month";

  private RollupTransforms() {}

  /**
   * Selects the order lines that count: sales and refunds of orders that are not cancelled.
   *
   * <p>A line without a channel takes its order's. Lines without an order's head count.
   *
   * @param items order lines of the period
   * @param orders all order heads; a line's head may lie in another period
   * @return {@code order_id, account_key, event_day, line_type, is_line, quantity_milli,
   *     amount_minor, discount_minor, product_id, channel}
   */
  static Dataset<Row> selectLines(Dataset<Row> items, Dataset<Row> orders) {
    Dataset<Row> heads =
        orders.select(col(ORDER_ID), isCancelled().as(IS_CANCELLED), col(CHANNEL).as(HEAD_CHANNEL));
    return items
        .filter(col(LINE_TYPE).isin(SALE, REFUND))
        .join(heads, ORDER_ID, "left")
        .filter(not(coalesce(col(IS_CANCELLED), lit(false))))
        .select(
            col(ORDER_ID),
            col(ACCOUNT_KEY),
            col(EVENT_DAY),
            col(LINE_TYPE),
            lit(1L).as(IS_LINE),
            col(QUANTITY),
            col(AMOUNT),
            coalesce(col(DISCOUNT), lit(0L)).as(DISCOUNT),
            col(PRODUCT_ID),
            coalesce(col(CHANNEL), col(HEAD_CHANNEL)).as(CHANNEL));
  }

  /**
   * Selects the order heads that count with their own amount: those without any line, not
   * cancelled. A head with a negative amount is a refund.
   *
   * @param orders order heads of the period
   * @param items all order lines; a head's lines may lie in another period
   * @return as {@link #selectLines}, with {@code is_line} 0
   */
  static Dataset<Row> selectHeadsWithoutLines(Dataset<Row> orders, Dataset<Row> items) {
    return orders
        .filter(not(isCancelled()))
        .join(
            items.select(ORDER_ID), orders.col(ORDER_ID).equalTo(items.col(ORDER_ID)), "left_anti")
        .select(
            col(ORDER_ID),
            col(ACCOUNT_KEY),
            col(EVENT_DAY),
            when(col(AMOUNT).lt(0), REFUND).otherwise(SALE).as(LINE_TYPE),
            lit(0L).as(IS_LINE),
            coalesce(col(QUANTITY), lit(0L)).as(QUANTITY),
            coalesce(col(AMOUNT), lit(0L)).as(AMOUNT),
            coalesce(col(DISCOUNT), lit(0L)).as(DISCOUNT),
            lit(null).cast(DataTypes.StringType).as(PRODUCT_ID),
            col(CHANNEL));
  }

  /** Sums up order lines; an order with sales and refunds on one day counts as both. */
  static Dataset<Row> summarizeLines(Dataset<Row> lines) {
    Column isSale = col(LINE_TYPE).equalTo(SALE);
    Column isRefund = col(LINE_TYPE).equalTo(REFUND);
    Column isDiscounted = isSale.and(col(IS_LINE).equalTo(1)).and(col(DISCOUNT).gt(0));
    return lines
        .groupBy(ACCOUNT_KEY, EVENT_DAY, ORDER_ID)
        .agg(
            max(oneIf(isSale)).as("orders"),
            sum(valueIf(isSale, col(IS_LINE))).as("lines"),
            sum(valueIf(isSale, col(QUANTITY))).as(QUANTITY),
            sum(valueIf(isSale, col(AMOUNT))).as(AMOUNT),
            sum(valueIf(isSale, col(DISCOUNT))).as(DISCOUNT),
            sum(oneIf(isDiscounted)).as("discounted_lines"),
            max(oneIf(isRefund)).as("refunds"),
            sum(valueIf(isRefund, negate(col(QUANTITY)))).as("refund_quantity_milli"),
            sum(valueIf(isRefund, negate(col(AMOUNT)))).as("refund_minor"),
            max(oneIf(isSale.and(col(CHANNEL).isin("web", "app")))).as("web_orders"))
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            sum("orders").as("orders"),
            sum("lines").as("lines"),
            sum(QUANTITY).as(QUANTITY),
            sum(AMOUNT).as(AMOUNT),
            sum(DISCOUNT).as(DISCOUNT),
            sum("discounted_lines").as("discounted_lines"),
            max(greatest(col(AMOUNT), lit(0L))).as(LARGEST_ORDER),
            sum("refunds").as("refunds"),
            sum("refund_quantity_milli").as("refund_quantity_milli"),
            sum("refund_minor").as("refund_minor"),
            sum("web_orders").as("web_orders"));
  }

  /** Counts cancelled orders by the day on which they were placed. */
  static Dataset<Row> summarizeCancelled(Dataset<Row> orders) {
    return orders
        .filter(isCancelled())
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(count(lit(1)).as("cancelled_orders"));
  }

  /** Sums up payments; those paid back, with a negative amount, count for nothing. */
  static Dataset<Row> summarizePayments(Dataset<Row> payments) {
    return payments
        .filter(col(AMOUNT).geq(0))
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            count(lit(1)).as("payments"),
            sum(AMOUNT).as("paid_minor"),
            sum(oneIf(col("method").equalTo("card"))).as("card_payments"),
            sum(oneIf(col("method").equalTo("wallet"))).as("wallet_payments"),
            sum(oneIf(col("instalments").gt(1))).as("instalment_payments"));
  }

  /** Sums up visits. In: {@link io.portrait.common.table.SilverTables#SESSION}. */
  static Dataset<Row> summarizeSessions(Dataset<Row> sessions) {
    return sessions
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            count(lit(1)).as("sessions"),
            sum("page_views").as("page_views"),
            sum("dwell_seconds").as("dwell_seconds"),
            sum("cart_adds").as("cart_adds"));
  }

  /** Counts requests to service by the day on which they were opened. */
  static Dataset<Row> summarizeTickets(Dataset<Row> tickets) {
    return tickets
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            count(lit(1)).as("tickets"),
            sum(oneIf(coalesce(col("is_complaint"), lit(false)))).as("complaints"));
  }

  /** Adds {@code closed_day}, the business day on which a ticket was closed; null: it is open. */
  static Dataset<Row> withClosedDay(Dataset<Row> tickets, ZoneId zone) {
    return tickets.withColumn(
        CLOSED_DAY, to_date(from_utc_timestamp(col("closed_at"), zone.getId())));
  }

  /**
   * Sums up closed tickets by the day on which they were closed, so that a day never shows what was
   * known only later. A ticket closed before it was opened took no time.
   *
   * @param tickets tickets with {@code closed_day}
   */
  static Dataset<Row> summarizeClosedTickets(Dataset<Row> tickets) {
    Column seconds = unix_seconds(col("closed_at")).minus(unix_seconds(col("opened_at")));
    return tickets
        .filter(col(CLOSED_DAY).isNotNull())
        .groupBy(col(ACCOUNT_KEY), col(CLOSED_DAY).as(EVENT_DAY))
        .agg(
            sum(greatest(seconds, lit(0L))).as("resolution_seconds"),
            count(lit(1)).as("closed_tickets"));
  }

  /** Sums up answers; an answer outside its scale counts for nothing. */
  static Dataset<Row> summarizeFeedback(Dataset<Row> feedback) {
    Column isNps = col("kind").equalTo("nps");
    Column isOnScale =
        when(isNps, col("score").between(0, 10)).otherwise(col("score").between(1, 5));
    return feedback
        .filter(isOnScale)
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            sum(oneIf(not(isNps))).as("csat_answers"),
            sum(valueIf(not(isNps), round(col("score").multiply(1000)).cast(DataTypes.LongType)))
                .as("csat_sum_milli"),
            sum(oneIf(isNps)).as("nps_answers"),
            sum(oneIf(isNps.and(col("score").geq(9)))).as("nps_promoters"),
            sum(oneIf(isNps.and(col("score").leq(6)))).as("nps_detractors"));
  }

  /** Counts contacts of campaigns by what happened. */
  static Dataset<Row> summarizeTouches(Dataset<Row> touches) {
    Column action = col("action");
    return touches
        .groupBy(ACCOUNT_KEY, EVENT_DAY)
        .agg(
            sum(oneIf(action.equalTo("sent"))).as("touches_sent"),
            sum(oneIf(action.equalTo("opened"))).as("touches_opened"),
            sum(oneIf(action.equalTo("clicked"))).as("touches_clicked"),
            sum(oneIf(action.equalTo("converted"))).as("touches_converted"),
            sum(oneIf(action.equalTo("redeemed"))).as("coupons_redeemed"));
  }

  /** Sums up order lines by category; lines without a product or category are left out. */
  static Dataset<Row> summarizeLinesByCategory(Dataset<Row> lines, Dataset<Row> products) {
    Column isSale = col(LINE_TYPE).equalTo(SALE);
    Column isRefund = col(LINE_TYPE).equalTo(REFUND);
    return lines
        .join(products.filter(col(CATEGORY).isNotNull()).select(PRODUCT_ID, CATEGORY), PRODUCT_ID)
        .groupBy(ACCOUNT_KEY, CATEGORY, EVENT_DAY)
        .agg(
            sum(valueIf(isSale, col(IS_LINE))).as("lines"),
            sum(valueIf(isSale, col(QUANTITY))).as(QUANTITY),
            sum(valueIf(isSale, col(AMOUNT))).as(AMOUNT),
            sum(valueIf(isRefund, negate(col(AMOUNT)))).as("refund_minor"));
  }

  /** Counts page views by category; views of pages without one are left out. */
  static Dataset<Row> summarizeViewsByCategory(Dataset<Row> events) {
    return events
        .filter(col("event_type").equalTo("page_view").and(col(CATEGORY).isNotNull()))
        .groupBy(ACCOUNT_KEY, CATEGORY, EVENT_DAY)
        .agg(count(lit(1)).as("page_views"));
  }

  /**
   * Puts the measures of several entities side by side.
   *
   * @param rollup has the key columns, {@code month} and the measures
   * @param parts each has the key columns and some of the measures
   * @return one row per key, a measure that no part has is 0; sorted by month and account within
   *     partitions by account
   */
  static Dataset<Row> combine(TableSchema rollup, List<Dataset<Row>> parts) {
    List<String> measures =
        rollup.columns().stream()
            .map(TableColumn::name)
            .filter(name -> !rollup.key().contains(name) && !name.equals(MONTH))
            .toList();
    Dataset<Row> rows =
        parts.stream()
            .map(part -> widen(part, rollup.key(), measures))
            .reduce(Dataset::union)
            .orElseThrow();
    Column[] sums =
        measures.stream()
            .map(name -> name.equals(LARGEST_ORDER) ? max(name).as(name) : sum(name).as(name))
            .toArray(Column[]::new);
    Column[] key = rollup.key().stream().map(name -> col(name)).toArray(Column[]::new);
    return rows.repartition(col(ACCOUNT_KEY))
        .groupBy(key)
        .agg(sums[0], Arrays.copyOfRange(sums, 1, sums.length))
        .withColumn(MONTH, trunc(col(EVENT_DAY), "MM"))
        .sortWithinPartitions(MONTH, rollup.key().toArray(String[]::new));
  }

  private static Dataset<Row> widen(Dataset<Row> part, List<String> key, List<String> measures) {
    List<String> present = Arrays.asList(part.columns());
    List<Column> columns = new ArrayList<>(key.stream().map(name -> col(name)).toList());
    for (String name : measures) {
      columns.add(present.contains(name) ? col(name) : lit(0L).as(name));
    }
    return part.select(columns.toArray(Column[]::new));
  }

  private static Column isCancelled() {
    return coalesce(col("status").equalTo("cancelled"), lit(false));
  }

  private static Column oneIf(Column condition) {
    return valueIf(condition, lit(1L));
  }

  private static Column valueIf(Column condition, Column value) {
    return when(condition, value).otherwise(lit(0L));
  }
}

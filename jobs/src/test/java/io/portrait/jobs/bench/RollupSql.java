package io.portrait.jobs.bench;

import io.portrait.common.table.SilverTables;
import java.time.ZoneId;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The step summarize in DuckDB's SQL, over views named after the silver tables. The tables that it
 * makes are {@code duck_session}, {@code duck_account_day} and {@code duck_account_category_day}.
 */
final class RollupSql {

  private static final Set<String> KEY = Set.of("account_key", "event_day", "month");

  private RollupSql() {}

  /** Makes the three tables. */
  static String tables(ZoneId zone) {
    return SESSIONS + LINES + accountDays(zone) + CATEGORIES;
  }

  private static final String SESSIONS =
      """
      CREATE OR REPLACE TEMP TABLE duck_session AS
      WITH marked AS (
        SELECT account_key, event_day, occurred_at, event_type,
          CASE WHEN epoch_us(occurred_at) - epoch_us(lag(occurred_at) OVER visits) >= 1800000000
            THEN 1 ELSE 0 END AS starts
        FROM web_event
        WINDOW visits AS (PARTITION BY account_key, event_day ORDER BY occurred_at)
      ), numbered AS (
        SELECT *, sum(starts) OVER (PARTITION BY account_key, event_day ORDER BY occurred_at) AS number
        FROM marked
      )
      SELECT account_key, event_day, min(occurred_at) AS started_at, max(occurred_at) AS ended_at,
        count(*) AS events,
        count(*) FILTER (event_type = 'page_view') AS page_views,
        (epoch_us(max(occurred_at)) - epoch_us(min(occurred_at))) // 1000000 AS dwell_seconds,
        count(*) FILTER (event_type = 'add_to_cart') AS cart_adds
      FROM numbered GROUP BY account_key, event_day, number;
      """;

  private static final String LINES =
      """
      CREATE OR REPLACE TEMP TABLE duck_line AS
      SELECT i.order_id, i.account_key, i.event_day, i.line_type, 1 AS is_line, i.quantity_milli,
        i.amount_minor, coalesce(i.discount_minor, 0) AS discount_minor, i.product_id,
        coalesce(i.channel, o.channel) AS channel
      FROM order_item i LEFT JOIN orders o ON o.order_id = i.order_id
      WHERE i.line_type IN ('sale', 'refund') AND coalesce(o.status, '') <> 'cancelled';
      """;

  private static String accountDays(ZoneId zone) {
    return String.format(
        """
        CREATE OR REPLACE TEMP TABLE duck_account_day AS
        WITH head AS (
          SELECT order_id, account_key, event_day,
            CASE WHEN amount_minor < 0 THEN 'refund' ELSE 'sale' END AS line_type, 0 AS is_line,
            coalesce(quantity_milli, 0) AS quantity_milli, coalesce(amount_minor, 0) AS amount_minor,
            coalesce(discount_minor, 0) AS discount_minor, NULL AS product_id, channel
          FROM orders o
          WHERE coalesce(status, '') <> 'cancelled'
            AND NOT EXISTS (FROM order_item i WHERE i.order_id = o.order_id)
        ), line AS (
          SELECT *, line_type = 'sale' AS is_sale FROM (FROM duck_line UNION ALL FROM head)
        ), ordered AS (
          SELECT account_key, event_day, order_id,
            max(is_sale::INT) AS orders,
            sum(is_line) FILTER (is_sale) AS lines,
            sum(quantity_milli) FILTER (is_sale) AS quantity_milli,
            sum(amount_minor) FILTER (is_sale) AS amount_minor,
            sum(discount_minor) FILTER (is_sale) AS discount_minor,
            count(*) FILTER (is_sale AND is_line = 1 AND discount_minor > 0) AS discounted_lines,
            max((NOT is_sale)::INT) AS refunds,
            -sum(quantity_milli) FILTER (NOT is_sale) AS refund_quantity_milli,
            -sum(amount_minor) FILTER (NOT is_sale) AS refund_minor,
            max((is_sale AND coalesce(channel, '') IN ('web', 'app'))::INT) AS web_orders
          FROM line GROUP BY ALL
        ), part AS (
          SELECT account_key, event_day, sum(orders) AS orders, sum(lines) AS lines,
            sum(quantity_milli) AS quantity_milli, sum(amount_minor) AS amount_minor,
            sum(discount_minor) AS discount_minor, sum(discounted_lines) AS discounted_lines,
            greatest(max(amount_minor), 0) AS largest_order_minor, sum(refunds) AS refunds,
            sum(refund_quantity_milli) AS refund_quantity_milli, sum(refund_minor) AS refund_minor,
            sum(web_orders) AS web_orders
          FROM ordered GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key, event_day, count(*) AS cancelled_orders
          FROM orders WHERE status = 'cancelled' GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key, event_day, count(*) AS payments, sum(amount_minor) AS paid_minor,
            count(*) FILTER (method = 'card') AS card_payments,
            count(*) FILTER (method = 'wallet') AS wallet_payments,
            count(*) FILTER (instalments > 1) AS instalment_payments
          FROM payment WHERE amount_minor >= 0 GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key, event_day, count(*) AS sessions, sum(page_views) AS page_views,
            sum(dwell_seconds) AS dwell_seconds, sum(cart_adds) AS cart_adds
          FROM duck_session GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key, event_day, count(*) AS tickets, count(*) FILTER (is_complaint) AS complaints
          FROM service_ticket GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key,
            (make_timestamptz(epoch_us(closed_at)) AT TIME ZONE %s)::DATE AS event_day,
            sum(greatest(epoch_us(closed_at) // 1000000 - epoch_us(opened_at) // 1000000, 0))
              AS resolution_seconds,
            count(*) AS closed_tickets
          FROM service_ticket WHERE closed_at IS NOT NULL GROUP BY account_key, 2
          UNION ALL BY NAME
          SELECT account_key, event_day,
            count(*) FILTER (kind <> 'nps') AS csat_answers,
            sum(round(score * 1000)::BIGINT) FILTER (kind <> 'nps') AS csat_sum_milli,
            count(*) FILTER (kind = 'nps') AS nps_answers,
            count(*) FILTER (kind = 'nps' AND score >= 9) AS nps_promoters,
            count(*) FILTER (kind = 'nps' AND score <= 6) AS nps_detractors
          FROM feedback
          WHERE CASE WHEN kind = 'nps' THEN score BETWEEN 0 AND 10 ELSE score BETWEEN 1 AND 5 END
          GROUP BY ALL
          UNION ALL BY NAME
          SELECT account_key, event_day, count(*) FILTER (action = 'sent') AS touches_sent,
            count(*) FILTER (action = 'opened') AS touches_opened,
            count(*) FILTER (action = 'clicked') AS touches_clicked,
            count(*) FILTER (action = 'converted') AS touches_converted,
            count(*) FILTER (action = 'redeemed') AS coupons_redeemed
          FROM campaign_touch GROUP BY ALL
        )
        SELECT account_key, event_day, %s FROM part GROUP BY account_key, event_day;
        """,
        DuckDb.text(zone.getId()), measures());
  }

  /** A measure that no part has is 0. */
  private static String measures() {
    return SilverTables.ACCOUNT_DAY.columnNames().stream()
        .filter(c -> !KEY.contains(c))
        .map(
            c ->
                String.format(
                    "coalesce(%s(%s), 0)::BIGINT AS %s",
                    c.equals("largest_order_minor") ? "max" : "sum", c, c))
        .collect(Collectors.joining(", "));
  }

  private static final String CATEGORIES =
      """
      CREATE OR REPLACE TEMP TABLE duck_account_category_day AS
      WITH part AS (
        SELECT account_key, category, event_day,
          count(*) FILTER (line_type = 'sale') AS lines,
          sum(quantity_milli) FILTER (line_type = 'sale') AS quantity_milli,
          sum(amount_minor) FILTER (line_type = 'sale') AS amount_minor,
          -sum(amount_minor) FILTER (line_type = 'refund') AS refund_minor
        FROM duck_line JOIN product USING (product_id) WHERE category IS NOT NULL GROUP BY ALL
        UNION ALL BY NAME
        SELECT account_key, category, event_day, count(*) AS page_views
        FROM web_event WHERE event_type = 'page_view' AND category IS NOT NULL GROUP BY ALL
      )
      SELECT account_key, category, event_day, coalesce(sum(lines), 0)::BIGINT AS lines,
        coalesce(sum(quantity_milli), 0)::BIGINT AS quantity_milli,
        coalesce(sum(amount_minor), 0)::BIGINT AS amount_minor,
        coalesce(sum(refund_minor), 0)::BIGINT AS refund_minor,
        coalesce(sum(page_views), 0)::BIGINT AS page_views
      FROM part GROUP BY ALL;
      """;
}

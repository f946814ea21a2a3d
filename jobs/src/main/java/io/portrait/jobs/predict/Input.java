package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Title;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;

/** What the models know of a customer, as a person would name it. */
enum Input {
  /** How long ago the last purchase was. */
  LAST_PURCHASE("Time since the last purchase", "距上次購買時間"),
  /** How often the customer has bought. */
  FREQUENCY("Number of purchases", "購買次數"),
  /** How long ago the first purchase was. */
  CUSTOMER_AGE("Time since the first purchase", "距首次購買時間"),
  /** How long the silence is, by the customer's own rhythm. */
  RHYTHM("Silence against own rhythm", "沉默時間相對購買節奏", "purchase_days > 1"),
  /** Purchases of late. */
  RECENT_PURCHASES("Recent purchases", "近期購買"),
  /** What a purchase brings. */
  SPEND("Spend a purchase", "每次消費金額"),
  /** Where spend goes. */
  SPEND_TREND("Trend of spend", "消費趨勢", "greatest(net_one_minor, net_before_minor) > 0"),
  /** Goods given back. */
  REFUNDS("Refunds", "退貨"),
  /** Bought at a discount. */
  DISCOUNTS("Share of discounted items", "折扣商品占比", "lines > 0"),
  /** Visits to shop or app online. */
  VISITS("Recent visits", "近期造訪", "sessions > 0"),
  /** Requests to service. */
  SERVICE("Service requests and complaints", "客服與客訴"),
  /** Answers to surveys. */
  SATISFACTION("Satisfaction", "滿意度", "csat_answers > 0"),
  /** Answers to campaigns. */
  CAMPAIGNS("Answers to campaigns", "行銷回應", "touches > 0"),
  /** What all customers do at that time of the year. */
  SEASON("Season in the region", "地區季節性"),
  /** Time to the end of the contract. */
  CONTRACT("Time left of the contract", "合約剩餘時間", "contract_until IS NOT NULL");

  private final String en;
  private final String zh;
  private final String known;

  Input(String en, String zh) {
    this(en, zh, "true");
  }

  Input(String en, String zh, String known) {
    this.en = en;
    this.zh = zh;
    this.known = known;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  Title title() {
    return new Title(en, zh);
  }

  /**
   * Whether anything of the kind is known of a customer, over {@link HistoryTransforms#histories}.
   */
  Column isKnown() {
    return coalesce(expr(known), lit(false));
  }

  /**
   * The inputs that are known of a customer, a bit each, over {@link HistoryTransforms#histories}.
   */
  static Column known() {
    return Arrays.stream(values())
        .map(input -> when(input.isKnown(), lit(bits(Set.of(input)))).otherwise(lit(0L)))
        .reduce(Column::bitwiseOR)
        .orElseThrow();
  }

  /** The bits of {@link #known} that stand for these inputs. */
  static long bits(Collection<Input> inputs) {
    return inputs.stream().mapToLong(input -> 1L << input.ordinal()).reduce(0, (a, b) -> a | b);
  }
}

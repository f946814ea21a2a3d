package io.portrait.jobs.predict;

import io.portrait.common.config.Title;
import java.util.Locale;

/** What the models know of a customer, as a person would name it. */
enum Input {
  /** How long ago the last purchase was. */
  LAST_PURCHASE("Time since the last purchase", "距上次購買時間"),
  /** How often the customer has bought. */
  FREQUENCY("Number of purchases", "購買次數"),
  /** How long ago the first purchase was. */
  CUSTOMER_AGE("Time since the first purchase", "距首次購買時間"),
  /** How long the silence is, by the customer's own rhythm. */
  RHYTHM("Silence against own rhythm", "沉默時間相對購買節奏"),
  /** Purchases of late. */
  RECENT_PURCHASES("Recent purchases", "近期購買"),
  /** What a purchase brings. */
  SPEND("Spend a purchase", "每次消費金額"),
  /** Where spend goes. */
  SPEND_TREND("Trend of spend", "消費趨勢"),
  /** Goods given back. */
  REFUNDS("Refunds", "退貨"),
  /** Bought at a discount. */
  DISCOUNTS("Share of discounted items", "折扣商品占比"),
  /** Visits to shop or app online. */
  VISITS("Recent visits", "近期造訪"),
  /** Requests to service. */
  SERVICE("Service requests and complaints", "客服與客訴"),
  /** Answers to surveys. */
  SATISFACTION("Satisfaction", "滿意度"),
  /** Answers to campaigns. */
  CAMPAIGNS("Answers to campaigns", "行銷回應"),
  /** What all customers do at that time of the year. */
  SEASON("Season in the region", "地區季節性"),
  /** Time to the end of the contract. */
  CONTRACT("Time left of the contract", "合約剩餘時間");

  private final String en;
  private final String zh;

  Input(String en, String zh) {
    this.en = en;
    this.zh = zh;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  Title title() {
    return new Title(en, zh);
  }
}

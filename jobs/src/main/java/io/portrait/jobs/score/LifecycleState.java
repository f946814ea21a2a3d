package io.portrait.jobs.score;

import java.util.Locale;

/** The states of a customer's life; a customer with a purchase has exactly one. */
enum LifecycleState {
  NEW("New", "新客戶"),
  ACTIVE("Active", "活躍"),
  DORMANT("Dormant", "沉睡"),
  LOST("Lost", "流失"),
  RETURNED("Returned", "回流");

  private final String titleEn;
  private final String titleZh;

  LifecycleState(String titleEn, String titleZh) {
    this.titleEn = titleEn;
    this.titleZh = titleZh;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  String titleEn() {
    return titleEn;
  }

  String titleZh() {
    return titleZh;
  }
}

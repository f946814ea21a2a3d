package io.portrait.jobs.score;

import java.util.Locale;

/**
 * The eight value types: each metric high or low against the mean of all customers with a purchase.
 * A value equal to the mean is high.
 */
enum ValueType {
  IMPORTANT_VALUE(true, true, true, "Important, valuable", "重要價值客戶"),
  IMPORTANT_DEVELOP(true, false, true, "Important, to develop", "重要發展客戶"),
  IMPORTANT_KEEP(false, true, true, "Important, to keep", "重要保持客戶"),
  IMPORTANT_WIN_BACK(false, false, true, "Important, to win back", "重要挽留客戶"),
  GENERAL_VALUE(true, true, false, "General, valuable", "一般價值客戶"),
  GENERAL_DEVELOP(true, false, false, "General, to develop", "一般發展客戶"),
  GENERAL_KEEP(false, true, false, "General, to keep", "一般保持客戶"),
  GENERAL_WIN_BACK(false, false, false, "General, to win back", "一般挽留客戶");

  private final boolean recent;
  private final boolean frequent;
  private final boolean generous;
  private final String titleEn;
  private final String titleZh;

  ValueType(boolean recent, boolean frequent, boolean generous, String titleEn, String titleZh) {
    this.recent = recent;
    this.frequent = frequent;
    this.generous = generous;
    this.titleEn = titleEn;
    this.titleZh = titleZh;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isRecent() {
    return recent;
  }

  boolean isFrequent() {
    return frequent;
  }

  boolean isGenerous() {
    return generous;
  }

  String titleEn() {
    return titleEn;
  }

  String titleZh() {
    return titleZh;
  }
}

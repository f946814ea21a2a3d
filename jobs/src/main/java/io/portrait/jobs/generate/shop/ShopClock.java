package io.portrait.jobs.generate.shop;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Days by their number from 0, the first of the history, and how files write them. The shop's zone
 * is Asia/Taipei, which is eight hours ahead of UTC all year.
 */
final class ShopClock {

  /** Last day of the history. */
  static final LocalDate LAST_DAY = LocalDate.of(2024, 12, 31);

  private static final int DAY_SECONDS = 86_400;
  private static final int OFFSET_SECONDS = 8 * 3_600;
  private static final DateTimeFormatter LOG_DATE =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy", Locale.ROOT);

  private final int days;
  private final LocalDate firstDay;
  private final String[] dates;
  private final String[] logDates;

  ShopClock(int days) {
    this.days = days;
    this.firstDay = LAST_DAY.minusDays(days - 1L);
    this.dates = new String[days];
    this.logDates = new String[days];
    for (int day = 0; day < days; day++) {
      dates[day] = day(day).toString();
      logDates[day] = LOG_DATE.format(day(day));
    }
  }

  /** Number of days of the history. */
  int days() {
    return days;
  }

  /** The calendar day, also after the history. */
  LocalDate day(int day) {
    return firstDay.plusDays(day);
  }

  /** As 2024-12-31; of the history alone. */
  String date(int day) {
    return dates[day];
  }

  /** As 23:59:59. */
  static String time(int second) {
    char[] text = new char[8];
    put(text, 0, second / 3_600);
    text[2] = ':';
    put(text, 3, second / 60 % 60);
    text[5] = ':';
    put(text, 6, second % 60);
    return new String(text);
  }

  /** As 2024-12-31 23:59:59. */
  String local(int day, int second) {
    return dates[day] + ' ' + time(second);
  }

  /** As 2024-12-31T23:59:59+08:00. */
  String iso(int day, int second) {
    return dates[day] + 'T' + time(second) + "+08:00";
  }

  /** As 31/Dec/2024:23:59:59 +0800. */
  String log(int day, int second) {
    return logDates[day] + ':' + time(second) + " +0800";
  }

  /** Microseconds since 1970 in UTC, as Parquet keeps instants. */
  long micros(int day, int second) {
    return (day(day).toEpochDay() * DAY_SECONDS + second - OFFSET_SECONDS) * 1_000_000;
  }

  private static void put(char[] text, int at, int number) {
    text[at] = (char) ('0' + number / 10);
    text[at + 1] = (char) ('0' + number % 10);
  }
}

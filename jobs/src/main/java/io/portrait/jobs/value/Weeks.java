package io.portrait.jobs.value;

/** The models' unit of time. */
final class Weeks {

  private static final double DAYS_OF_WEEK = 7;
  private static final double DAYS_OF_YEAR = 365.25;

  /** A year, in weeks. */
  static final double YEAR = DAYS_OF_YEAR / DAYS_OF_WEEK;

  /** A twelfth of a year, in weeks: 4.348, neither 4 nor 30. */
  static final double MONTH = YEAR / 12;

  private Weeks() {}

  /** Days as weeks. */
  static double ofDays(long days) {
    return days / DAYS_OF_WEEK;
  }
}

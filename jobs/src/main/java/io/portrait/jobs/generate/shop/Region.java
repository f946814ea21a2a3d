package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.time.LocalDate;
import java.time.Month;
import java.util.List;

/**
 * A sales region with a season of its own: how often people buy in a month, relative to the year.
 * The peaks are spread over the year, so that together the regions have hardly any season.
 */
enum Region {
  /** Buys most in December. */
  NORTH("North", 0.36, 12, 0.25, List.of("Taipei", "New Taipei", "Taoyuan")),
  /** Buys most in March. */
  CENTRAL("Central", 0.20, 3, 0.20, List.of("Taichung", "Changhua")),
  /** Buys most in June. */
  SOUTH("South", 0.32, 6, 0.25, List.of("Kaohsiung", "Tainan")),
  /** Buys most in September. */
  EAST("East", 0.12, 9, 0.15, List.of("Hualien", "Taitung"));

  private final String title;
  private final double share;

  @SuppressWarnings("ImmutableEnumChecker") // Read alone, and by season() alone.
  private final double[] season;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<String> cities;

  Region(String title, double share, int peak, double amplitude, List<String> cities) {
    this.title = title;
    this.share = share;
    this.cities = cities;
    this.season = season(peak, amplitude);
  }

  /** Draws a region by the regions' shares of the people. */
  static Region draw(Dice dice) {
    double left = dice.uniform();
    for (Region region : values()) {
      left -= region.share;
      if (left < 0) {
        return region;
      }
    }
    return EAST;
  }

  String title() {
    return title;
  }

  List<String> cities() {
    return cities;
  }

  /** Purchases on a day of the month (1 to 12) relative to the mean day of a year. */
  double season(int month) {
    return season[month - 1];
  }

  /** The season index of each day from the first of the history on. */
  double[] seasons(ShopClock clock, int days) {
    double[] index = new double[days];
    for (int i = 0; i < days; i++) {
      LocalDate day = clock.day(i);
      index[i] = season(day.getMonthValue());
    }
    return index;
  }

  private static double[] season(int peak, double amplitude) {
    double[] index = new double[12];
    double sum = 0;
    for (int month = 1; month <= 12; month++) {
      index[month - 1] = 1 + amplitude * StrictMath.cos(2 * Math.PI * (month - peak) / 12);
      sum += index[month - 1] * Month.of(month).minLength();
    }
    for (int i = 0; i < 12; i++) {
      index[i] *= 365 / sum;
    }
    return index;
  }
}

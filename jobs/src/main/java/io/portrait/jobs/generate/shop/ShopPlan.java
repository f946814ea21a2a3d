package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.io.Serializable;

/**
 * What to generate. The same plan gives the same rows, however many files they are written to.
 *
 * @param customers number of people
 * @param days days of history; the last one is {@link ShopClock#LAST_DAY}
 * @param seed another seed, another company
 * @param newestDays days at the end of the history whose rows come in files of their own, as the
 *     extracts of the next run do; 0 is none
 */
public record ShopPlan(long customers, int days, long seed, int newestDays)
    implements Serializable {

  /** More people than telephone numbers have digits for. */
  private static final long MOST_CUSTOMERS = 50_000_000;

  private static final int FEWEST_DAYS = 30;
  private static final int MOST_DAYS = 7_300;

  /** Checks the ranges. */
  public ShopPlan {
    if (customers < 1 || customers > MOST_CUSTOMERS) {
      throw new IllegalArgumentException(
          "--customers must be 1 to " + MOST_CUSTOMERS + ", is " + customers);
    }
    if (days < FEWEST_DAYS || days > MOST_DAYS) {
      throw new IllegalArgumentException(
          "--days must be " + FEWEST_DAYS + " to " + MOST_DAYS + ", is " + days);
    }
    if (newestDays < 0 || newestDays >= days) {
      throw new IllegalArgumentException(
          "--newest-days must be 0 to " + (days - 1) + ", is " + newestDays);
    }
  }

  /** Number of the first of the newest days; the day after the history if there are none. */
  int firstNewestDay() {
    return days - newestDays;
  }

  /** Dice for one purpose and person. */
  Dice dice(String purpose, long person) {
    return Dice.of(seed, purpose, person);
  }
}

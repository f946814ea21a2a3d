package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.io.Serializable;

/**
 * What to generate. The same plan gives the same rows, however many files they are written to.
 *
 * @param customers number of people
 * @param days days of history; the last one is {@link ShopClock#LAST_DAY}
 * @param seed another seed, another company
 */
public record ShopPlan(long customers, int days, long seed) implements Serializable {

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
  }

  /** Dice for one purpose and person. */
  Dice dice(String purpose, long person) {
    return Dice.of(seed, purpose, person);
  }
}

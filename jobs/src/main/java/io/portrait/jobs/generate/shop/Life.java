package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.util.ArrayList;
import java.util.List;

/**
 * When a person buys, and for how much, until a year after the history.
 *
 * <p>Exactly BG/NBD on a clock that runs faster in the region's season and after a campaign's
 * contact: the first purchase starts the process, the next ones are Poisson, and after each of them
 * the person may stay away for ever. A purchase on the day of the one before moves to the next day,
 * since models count days with a purchase.
 *
 * @param purchases in order; those within the history and those after it
 * @param diedOn day of the purchase that was the last one for ever, or -1
 */
record Life(List<Purchase> purchases, int diedOn) {

  private static final int WEEK = 7;
  private static final long LEAST_SPEND = 20;

  /**
   * A day with a purchase.
   *
   * @param day day
   * @param amount spent, whole dollars, what was paid back taken off
   */
  record Purchase(int day, long amount) {}

  /**
   * Draws the purchases.
   *
   * @param seasons the region's season by day, to the end of the year after the history
   */
  static Life of(
      ShopPlan plan, long person, Traits traits, List<Integer> contacts, double[] seasons) {
    Dice dice = plan.dice("shop life", person);
    List<Purchase> purchases = new ArrayList<>();
    double at = traits.startDay() + dice.uniform();
    purchases.add(new Purchase(traits.startDay(), spend(traits, dice)));
    double dailyRate = traits.weeklyRate() / WEEK;
    while (true) {
      double next = next(at, dice.exponential() / dailyRate, contacts, seasons);
      if ((int) next == (int) at) {
        next += 1;
      }
      if (next >= seasons.length) {
        return new Life(purchases, -1);
      }
      at = next;
      purchases.add(new Purchase((int) at, spend(traits, dice)));
      if (dice.chance(traits.dropout())) {
        return new Life(purchases, (int) at);
      }
    }
  }

  /** Purchases of the history. */
  List<Purchase> history(int days) {
    return purchases.stream().filter(purchase -> purchase.day() < days).toList();
  }

  /** Whether there will be no purchase any more after the history. */
  boolean isDead(int days) {
    return diedOn >= 0 && diedOn < days;
  }

  private static long spend(Traits traits, Dice dice) {
    return Math.max(LEAST_SPEND, Math.round(dice.gamma(ShopModel.P) / traits.spendRate()));
  }

  /** The time at which the clock has gone on by so many days of mean speed; far ahead if never. */
  private static double next(double from, double wait, List<Integer> contacts, double[] seasons) {
    double left = wait;
    double time = from;
    for (int day = (int) from; day < seasons.length; day++) {
      double speed = seasons[day] * (isAfterContact(day, contacts) ? boost() : 1);
      double rest = day + 1 - time;
      if (left <= speed * rest) {
        // A rounded sum must not reach into the next day.
        return Math.min(time + left / speed, Math.nextDown(day + 1.0));
      }
      left -= speed * rest;
      time = day + 1;
    }
    return seasons.length;
  }

  private static double boost() {
    return 1 + ShopModel.CAMPAIGN_EFFECT;
  }

  private static boolean isAfterContact(int day, List<Integer> contacts) {
    for (int contact : contacts) {
      if (day > contact && day <= contact + ShopModel.CAMPAIGN_DAYS) {
        return true;
      }
    }
    return false;
  }
}

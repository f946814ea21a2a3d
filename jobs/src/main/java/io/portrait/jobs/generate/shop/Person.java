package io.portrait.jobs.generate.shop;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A person and what they did, drawn from the plan's seed and the person's number alone.
 *
 * @param number from 0
 * @param traits who they are
 * @param accounts their accounts, the first one first
 * @param campaigns consents and campaigns
 * @param life purchases, also those after the history
 * @param orders orders of the history
 */
record Person(
    long number,
    Traits traits,
    List<Account> accounts,
    Campaigns campaigns,
    Life life,
    List<Order> orders) {

  /** The account that everything but orders hangs on. */
  Account firstAccount() {
    return accounts.get(0);
  }

  /** Draws persons of one plan; what they share is made once. */
  static final class Draw {
    private final ShopPlan plan;
    private final ShopClock clock;
    private final Map<Region, double[]> seasons = new EnumMap<>(Region.class);
    private final Map<Region, Double> futureDays = new EnumMap<>(Region.class);

    Draw(ShopPlan plan) {
      this.plan = plan;
      this.clock = new ShopClock(plan.days());
      for (Region region : Region.values()) {
        double[] season = region.seasons(clock, plan.days() + ShopModel.FUTURE_DAYS);
        seasons.put(region, season);
        futureDays.put(region, Arrays.stream(season).skip(plan.days()).sum());
      }
    }

    ShopClock clock() {
      return clock;
    }

    /** Purchases that a rate of one a day would bring in the year after the history. */
    double futureDays(Region region) {
      return futureDays.get(region);
    }

    /** The person of this number. */
    Person person(long number) {
      Traits traits = Traits.of(plan, number);
      Campaigns campaigns = Campaigns.of(plan, number, traits.startDay(), clock);
      Life life = Life.of(plan, number, traits, campaigns.contacts(), seasons.get(traits.region()));
      int lastStart = Math.min(plan.days() - 1, traits.startDay() + plan.days() / 3);
      List<Account> accounts = Accounts.of(plan, number, traits, lastStart);
      List<Order> orders = Order.of(plan, number, traits, accounts, life.history(plan.days()));
      return new Person(number, traits, accounts, campaigns, life, orders);
    }
  }
}

package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.util.ArrayList;
import java.util.List;

/**
 * An order: a purchase as the order system has it, or one that was cancelled and is no purchase.
 *
 * @param id id, which tells neither person nor account
 * @param account the account that ordered
 * @param day day
 * @param second second of the day
 * @param channel store, web or app
 * @param isCancelled cancelled
 * @param isLate delivered late
 * @param lines lines, at least one
 */
record Order(
    String id,
    Account account,
    int day,
    int second,
    String channel,
    boolean isCancelled,
    boolean isLate,
    List<Line> lines) {

  private static final double LATE_SHARE = 0.01;
  private static final double CANCELLED_SHARE = 0.015;
  private static final double TYPICAL_LINE = 400;

  /**
   * A line of an order.
   *
   * @param category number of the category
   * @param step step of the product in it
   * @param quantity units
   * @param amount paid, dollars
   * @param discount taken off, dollars
   * @param refundDay day on which some came back, or -1
   * @param refundQuantity units that came back
   * @param refundAmount paid back, dollars
   */
  record Line(
      int category,
      int step,
      int quantity,
      long amount,
      long discount,
      int refundDay,
      int refundQuantity,
      long refundAmount) {

    String productId() {
      return Products.id(category, step);
    }
  }

  /**
   * The orders of the history: one for each purchase, and some that were cancelled. What is kept of
   * an order costs what the purchase says; of the first one, what comes back does so at once.
   */
  static List<Order> of(
      ShopPlan plan,
      long person,
      Traits traits,
      List<Account> accounts,
      List<Life.Purchase> purchases) {
    Dice dice = plan.dice("shop orders", person);
    List<Order> orders = new ArrayList<>();
    for (Life.Purchase purchase : purchases) {
      orders.add(order(plan, person, orders.size(), traits, accounts, purchase, false, dice));
      if (dice.chance(CANCELLED_SHARE)) {
        orders.add(order(plan, person, orders.size(), traits, accounts, purchase, true, dice));
      }
    }
    return List.copyOf(orders);
  }

  /** What was paid. */
  long amount() {
    return lines.stream().mapToLong(Line::amount).sum();
  }

  private static Order order(
      ShopPlan plan,
      long person,
      int number,
      Traits traits,
      List<Account> accounts,
      Life.Purchase purchase,
      boolean isCancelled,
      Dice dice) {
    List<Account> open = accounts.stream().filter(a -> a.since() <= purchase.day()).toList();
    double web = traits.isOnline() ? 0.65 : 0.03;
    return new Order(
        Ids.of(person, number),
        dice.pick(open),
        purchase.day(),
        secondOfDay(traits, dice),
        dice.chance(web) ? dice.pick("web", "web", "app") : "store",
        isCancelled,
        dice.chance(LATE_SHARE),
        lines(plan, traits, purchase, isCancelled, number == 0, dice));
  }

  /** Around the person's usual hour, never before 7 or after 23:59. */
  static int secondOfDay(Traits traits, Dice dice) {
    int hour = dice.chance(0.7) ? traits.usualHour() + dice.between(-1, 1) : dice.between(8, 22);
    return hour * 3_600 + dice.between(0, 3_599);
  }

  private static List<Line> lines(
      ShopPlan plan,
      Traits traits,
      Life.Purchase purchase,
      boolean isCancelled,
      boolean isFirst,
      Dice dice) {
    Group group = traits.group();
    int wanted = group.fewestLines() + dice.streak(group.moreLines(), 8);
    int count = (int) Math.max(1, Math.min(wanted, purchase.amount() / 5));
    boolean comesBack = !isCancelled && dice.chance(group.refundChance());
    int days = dice.between(1, 14);
    int refundDay = isFirst ? purchase.day() : purchase.day() + days;
    double[] shares = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = 0.4 + dice.uniform();
      sum += shares[i];
    }
    List<Line> lines = new ArrayList<>(count);
    long left = purchase.amount();
    for (int i = 0; i < count; i++) {
      long amount =
          i == count - 1 ? left : Math.max(1, Math.round(purchase.amount() * shares[i] / sum));
      amount = Math.max(1, Math.min(amount, left - (count - 1 - i)));
      left -= amount;
      boolean isRefunded = comesBack && i == 0 && refundDay < plan.days();
      lines.add(line(traits, amount, isRefunded ? refundDay : -1, dice));
    }
    return List.copyOf(lines);
  }

  /**
   * Draws a line.
   *
   * @param amount what the person keeps of it costs, dollars: more is paid first if some comes back
   */
  private static Line line(Traits traits, long amount, int refundDay, Dice dice) {
    double sensitivity = traits.sensitivity();
    boolean isReduced = dice.chance(0.03 + 0.92 * sensitivity * sensitivity);
    double rate = isReduced ? 0.08 + 0.27 * sensitivity * dice.uniform() + 0.1 * sensitivity : 0;
    int quantity =
        traits.group() == Group.PREMIUM_BUYER
            ? dice.pick(2, 3, 3, 4)
            : amount > TYPICAL_LINE ? dice.pick(1, 1, 1, 2) : dice.pick(1, 2, 3);
    int refundQuantity = 0;
    if (refundDay >= 0) {
      quantity = Math.max(2, quantity);
      refundQuantity = dice.between(1, quantity - 1);
    }
    long refundAmount = amount * refundQuantity / (quantity - refundQuantity);
    long paid = amount + refundAmount;
    long gross = Math.round(paid / (1 - rate));
    return new Line(
        dice.index(traits.interests()),
        Products.step((double) gross / quantity),
        quantity,
        paid,
        gross - paid,
        refundDay,
        refundQuantity,
        refundAmount);
  }
}

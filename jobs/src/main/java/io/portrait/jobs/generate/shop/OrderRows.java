package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.shop.Order.Line;
import java.io.IOException;
import java.util.List;

/**
 * Orders and their lines from the order system: what came back is a line with negative quantity,
 * the fee for sending a small web order is a line too. One in a hundred orders comes late, and some
 * rows of the first delivery come again with the late one.
 */
final class OrderRows {

  private static final double REPEATED = 0.005;
  private static final double NO_ACCOUNT = 0.002;
  private static final long FREE_DELIVERY = 500;
  private static final long DELIVERY_FEE = 60;
  private static final int FEE_LINE = 90;
  private static final int REFUND_LINES = 100;
  private static final int HALF_AN_HOUR = 1_800;

  private OrderRows() {}

  static void write(Person person, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    String region = person.traits().region().title();
    for (Order order : person.orders()) {
      Object[] head = {
        order.id(),
        customer(order),
        member(order),
        clock.micros(order.day(), order.second()),
        order.channel(),
        region,
        order.isCancelled() ? dice.pick("cancelled", "CANCELLED") : "completed"
      };
      files.on(order.day());
      write(Output.ORDER, head, order.isLate(), dice, files);
      writeLines(order, region, clock, dice, files);
    }
  }

  private static void writeLines(
      Order order, String region, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    List<Line> lines = order.lines();
    long booked = clock.micros(order.day(), order.second());
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      Object[] sale =
          row(
              order,
              i + 1,
              booked,
              "sale",
              line.productId(),
              line.quantity(),
              line.amount(),
              line.discount(),
              region);
      write(Output.ORDER_ITEM, sale, order.isLate(), dice, files);
      if (line.refundQuantity() > 0) {
        Object[] refund =
            row(
                order,
                REFUND_LINES + i + 1,
                clock.micros(line.refundDay(), order.second()),
                "refund",
                line.productId(),
                -line.refundQuantity(),
                -line.refundAmount(),
                0,
                region);
        files.on(line.refundDay());
        write(Output.ORDER_ITEM, refund, order.isLate(), dice, files);
        files.on(order.day());
      }
    }
    if (!order.channel().equals("store") && order.amount() < FREE_DELIVERY) {
      Object[] fee = row(order, FEE_LINE, booked, "fee", null, 1, DELIVERY_FEE, 0, region);
      write(Output.ORDER_ITEM, fee, order.isLate(), dice, files);
    }
    if (dice.chance(NO_ACCOUNT)) {
      Object[] guest =
          row(order, FEE_LINE + 1, booked, "sale", lines.get(0).productId(), 1, 99, 0, region);
      guest[2] = null;
      guest[3] = null;
      files.row(Output.ORDER_ITEM, guest);
    }
  }

  /** Writes payments of the orders; a refund is paid back, a cancelled order was never paid. */
  static void writePayments(Person person, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    for (Order order : person.orders()) {
      if (order.isCancelled()) {
        continue;
      }
      String usual = person.traits().payment();
      String method = dice.chance(0.85) ? usual : dice.pick("card", "cash", "wallet");
      String number = order.id();
      String row = payment("P" + number, order, order.day(), order.amount(), method, clock, dice);
      files.on(order.day());
      if (order.isLate()) {
        files.lateLine(Output.PAYMENT, row);
      } else {
        files.line(Output.PAYMENT, row);
      }
      if (dice.chance(REPEATED)) {
        files.lateLine(Output.PAYMENT, row);
      }
      if (dice.chance(NO_ACCOUNT)) {
        files.line(Output.PAYMENT, "X" + number + "," + order.id() + ",,," + "10.00,cash,1");
      }
      for (Line line : order.lines()) {
        if (line.refundQuantity() > 0) {
          files
              .on(line.refundDay())
              .line(
                  Output.PAYMENT,
                  payment(
                      "R" + number,
                      order,
                      line.refundDay(),
                      -line.refundAmount(),
                      method,
                      clock,
                      dice));
        }
      }
    }
  }

  private static String payment(
      String number, Order order, int day, long amount, String method, ShopClock clock, Dice dice) {
    int second = Math.min(86_399, order.second() + dice.between(0, HALF_AN_HOUR));
    String time = clock.local(day, second);
    String money = Text.money(amount);
    boolean isInInstalments = method.equals("card") && amount > 1_500 && dice.chance(0.4);
    return Text.csv(
        number,
        order.id(),
        order.account().id(),
        dice.chance(0.05) ? time.replace('-', '/').substring(0, 16) : time,
        dice.chance(0.05) ? dice.pick("$" + money, "NT$" + money, money + " TWD") : money,
        spelling(method, dice),
        isInInstalments ? dice.pick("3", "6", "12") : dice.pick("1", "1", ""));
  }

  private static String spelling(String method, Dice dice) {
    return switch (method) {
      case "card" -> dice.pick("VISA", "Visa ", "MasterCard", "MC", "JCB");
      case "cash" -> dice.pick("cash", "CASH", "現金");
      case "transfer" -> dice.pick("bank transfer", "ATM transfer", "轉帳");
      case "wallet" -> dice.pick("LINE Pay", "Apple Pay", "e-wallet");
      default -> dice.pick("voucher", "gift card");
    };
  }

  private static Object[] row(
      Order order,
      int line,
      long booked,
      String kind,
      String product,
      int quantity,
      long amount,
      long discount,
      String region) {
    return new Object[] {
      order.id(),
      line,
      customer(order),
      member(order),
      booked,
      kind,
      product,
      quantity,
      100 * amount,
      100 * discount,
      order.channel(),
      region
    };
  }

  private static void write(Output output, Object[] row, boolean isLate, Dice dice, ShopFiles files)
      throws IOException {
    if (isLate) {
      files.lateRow(output, row);
      return;
    }
    files.row(output, row);
    if (dice.chance(REPEATED)) {
      files.lateRow(output, row);
    }
  }

  private static String customer(Order order) {
    return order.account().isCrm() ? order.account().id() : null;
  }

  private static String member(Order order) {
    return order.account().isCrm() ? null : order.account().id();
  }
}

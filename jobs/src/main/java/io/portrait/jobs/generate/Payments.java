package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * One payment for each order, and some refunds; compressed CSV, a file a year, with a byte order
 * mark and every spelling of the methods.
 */
final class Payments {

  static final Mess CURRENCY_SIGN =
      new Mess("currency_sign", 0.05, "the amount as $12.34 or 12.34 USD");
  static final Mess MISSING_AMOUNT = new Mess("missing_amount", 0.004, "no amount");
  static final Mess OTHER_TIME =
      new Mess("other_time_format", 0.03, "the time as 05/04/1997 1:05 PM, month first");

  private static final String HEADER =
      "\uFEFFpayment_id,order_ref,customer_id,paid_at,amount,method,instalments\n";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter AMERICAN_TIME =
      DateTimeFormatter.ofPattern("MM/dd/yyyy h:mm a", Locale.ROOT);

  private Payments() {}

  /** Writes {@code payments/payments-1997.csv.gz} and {@code payments/payments-1998.csv.gz}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    Tally tally = new Tally("payments");
    List<Order> orders =
        foodmart.orders().stream()
            .sorted(comparing(Order::day).thenComparing(o -> o.customer().id()))
            .toList();
    int number = 0;
    for (int year = 1997; year <= 1998; year++) {
      String name = "payments/payments-" + year + ".csv.gz";
      try (RawFile file = RawFile.create(out, name, StandardCharsets.UTF_8, tally)) {
        file.head(HEADER);
        for (; number < orders.size() && orders.get(number).day().getYear() == year; number++) {
          writePayment(number + 1, orders.get(number), seed, file, tally);
        }
      }
    }
    return tally;
  }

  private static void writePayment(int number, Order order, long seed, RawFile file, Tally tally) {
    Dice dice = Dice.of(seed, "payment " + order.id(), 0);
    String usual = Persona.of(seed, order.customer()).payment();
    String method = dice.chance(0.85) ? usual : dice.pick("card", "cash", "wallet");
    LocalDateTime paid = order.day().atTime(dice.between(9, 20), dice.between(0, 59));
    String row =
        row(
            String.format(Locale.ROOT, "P-%06d", number),
            order,
            paid.plusSeconds(dice.between(0, 59)),
            order.cents(),
            method,
            dice,
            tally);
    file.row(row);
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(row);
    }
    if (dice.chance(0.01)) {
      String id = String.format(Locale.ROOT, "R-%06d", number);
      file.row(row(id, order, paid.plusMinutes(30), -order.cents() / 2, method, dice, tally));
    }
  }

  private static String row(
      String id,
      Order order,
      LocalDateTime paid,
      long cents,
      String method,
      Dice dice,
      Tally tally) {
    String amount = Order.money(cents);
    if (tally.hits(CURRENCY_SIGN, dice)) {
      amount = dice.pick("$" + amount, amount + " USD");
    }
    if (tally.hits(MISSING_AMOUNT, dice)) {
      amount = "";
    }
    boolean isInInstalments = method.equals("card") && cents > 4_000 && dice.chance(0.35);
    return String.join(
        ",",
        id,
        order.id(),
        tally.customerId(order.customer(), dice),
        (tally.hits(OTHER_TIME, dice) ? AMERICAN_TIME : TIME).format(paid),
        amount,
        spelling(method, dice),
        isInInstalments ? dice.pick("3", "6", "12") : dice.pick("1", "1", ""));
  }

  private static String spelling(String method, Dice dice) {
    return switch (method) {
      case "card" -> dice.pick("VISA", "Visa ", "visa card", "MasterCard", "MC", "AMEX");
      case "cash" -> dice.pick("cash", "CASH", "Cash");
      case "transfer" -> dice.pick("bank transfer", "wire", "EFT");
      case "wallet" -> dice.pick("PayPal", "paypal", "Apple Pay", "e-wallet");
      default -> dice.pick("check", "voucher", "gift card");
    };
  }
}

package io.portrait.jobs.generate;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Contacts of one campaign a month as compressed JSON lines, a file a year: who was written to,
 * opened, clicked, and bought within a week of a click.
 */
final class CampaignTouches {

  static final Mess MISSING_ACTION = new Mess("missing_action", 0.003, "no action");
  static final Mess UPPER_CASE = new Mess("upper_case", 0.05, "the action in capitals");

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");

  private final Path out;
  private final long seed;
  private final Foodmart foodmart;
  private final Map<Integer, Set<LocalDate>> buyingDays;
  private final Tally tally = new Tally("campaigns");
  private int number;

  private CampaignTouches(Foodmart foodmart, Path out, long seed) {
    this.foodmart = foodmart;
    this.out = out;
    this.seed = seed;
    this.buyingDays =
        foodmart.orders().stream()
            .collect(groupingBy(o -> o.customer().id(), mapping(Order::day, toSet())));
  }

  /** Writes {@code campaigns/touches-1997.jsonl.gz} and {@code campaigns/touches-1998.jsonl.gz}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    CampaignTouches touches = new CampaignTouches(foodmart, out, seed);
    for (int year = 1997; year <= 1998; year++) {
      touches.writeYear(year);
    }
    return touches.tally;
  }

  private void writeYear(int year) {
    String name = "campaigns/touches-" + year + ".jsonl.gz";
    try (RawFile file = RawFile.create(out, name, StandardCharsets.UTF_8, tally)) {
      for (int month = 1; month <= 12; month++) {
        LocalDate day = LocalDate.of(year, month, 10);
        for (Customer customer : foodmart.customers()) {
          Dice dice = Dice.of(seed, "campaign " + day, customer.id());
          if (dice.chance(0.12) && Persona.of(seed, customer).acceptsMarketingOn(day)) {
            writeContact(customer, day, dice, file);
          }
        }
      }
    }
  }

  private void writeContact(Customer customer, LocalDate day, Dice dice, RawFile file) {
    boolean isOnline = Persona.of(seed, customer).isOnline();
    String channel = isOnline ? dice.pick("email", "email", "push") : dice.pick("post", "sms");
    LocalDateTime time = day.atTime(9, 0).plusSeconds(dice.between(0, 7_200));
    writeTouch(customer, day, time, "sent", channel, dice, file);
    if (dice.chance(isOnline ? 0.45 : 0.2)) {
      time = time.plusMinutes(dice.between(5, 2_000));
      writeTouch(customer, day, time, "opened", channel, dice, file);
      if (dice.chance(0.35)) {
        time = time.plusMinutes(dice.between(1, 20));
        writeTouch(customer, day, time, "clicked", channel, dice, file);
        LocalDate clicked = time.toLocalDate();
        Set<LocalDate> days = buyingDays.getOrDefault(customer.id(), Set.of());
        for (int i = 1; i <= 7; i++) {
          if (days.contains(clicked.plusDays(i))) {
            LocalDateTime bought = clicked.plusDays(i).atTime(dice.between(9, 20), 0);
            writeTouch(customer, day, bought, "converted", channel, dice, file);
            break;
          }
        }
      }
    }
  }

  private void writeTouch(
      Customer customer,
      LocalDate campaign,
      LocalDateTime time,
      String action,
      String channel,
      Dice dice,
      RawFile file) {
    number++;
    JsonLine json =
        new JsonLine()
            .text("touch_id", String.format(Locale.ROOT, "X-%07d", number))
            .text("campaign", "mail-" + campaign.toString().substring(0, 7));
    String id = tally.customerId(customer, dice);
    json.raw("customer_id", id.isEmpty() ? "null" : id);
    json.text("at", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(ZONE)));
    if (!tally.hits(MISSING_ACTION, dice)) {
      json.text("action", tally.hits(UPPER_CASE, dice) ? action.toUpperCase(Locale.ROOT) : action);
    }
    json.text("channel", channel);
    file.row(json.toString());
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(json.toString());
    }
  }
}

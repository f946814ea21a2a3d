package io.portrait.jobs.generate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What customers agreed to when they opened the account, and what they took back; CSV. */
final class Consents {

  static final Mess OTHER_TIME =
      new Mess("other_time_format", 0.05, "the time as 1997/05/04 without hours");
  static final Mess MISSING_ANSWER = new Mess("missing_answer", 0.005, "neither yes nor no");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy/MM/dd", Locale.ROOT);

  private Consents() {}

  /** Writes {@code consents/consents.csv}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    Tally tally = new Tally("consents");
    try (RawFile file =
        RawFile.create(out, "consents/consents.csv", StandardCharsets.UTF_8, tally)) {
      file.head("consent_id,customer_id,purpose,granted,decided_at\n");
      for (Customer customer : foodmart.customers()) {
        Persona persona = Persona.of(seed, customer);
        Dice dice = Dice.of(seed, "consent", customer.id());
        LocalDate opened = customer.openedOn();
        write(customer, 1, "marketing", persona.acceptsMarketing(), opened, dice, file, tally);
        if (dice.chance(0.9)) {
          write(customer, 2, "personalisation", dice.chance(0.8), opened, dice, file, tally);
        }
        if (dice.chance(0.6)) {
          write(customer, 3, "credit", dice.chance(0.7), opened, dice, file, tally);
        }
        if (persona.marketingWithdrawnOn().isPresent()) {
          LocalDate day = persona.marketingWithdrawnOn().orElseThrow();
          write(customer, 4, "marketing", false, day, dice, file, tally);
        }
      }
    }
    return tally;
  }

  private static void write(
      Customer customer,
      int number,
      String purpose,
      boolean isGranted,
      LocalDate day,
      Dice dice,
      RawFile file,
      Tally tally) {
    LocalDateTime time = day.atTime(dice.between(9, 18), dice.between(0, 59), dice.between(0, 59));
    String answer =
        isGranted ? dice.pick("yes", "Y", "true", "1", "sí") : dice.pick("no", "N", "0");
    String row =
        String.join(
            ",",
            "K-" + customer.id() + "-" + number,
            tally.customerId(customer, dice),
            dice.pick(purpose, purpose, purpose, purpose.toUpperCase(Locale.ROOT), purpose + " "),
            tally.hits(MISSING_ANSWER, dice) ? "" : answer,
            (tally.hits(OTHER_TIME, dice) ? DATE : TIME).format(time));
    file.row(row);
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(row);
    }
  }
}

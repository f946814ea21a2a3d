package io.portrait.jobs.generate;

import java.time.LocalDate;
import java.util.Optional;

/**
 * What is made up about a customer and shows in several raw files.
 *
 * @param isOnline uses the web site
 * @param patience 0 (complains soon, scores low) to 1
 * @param acceptsMarketing has agreed to marketing
 * @param marketingWithdrawnOn day from which marketing is refused again
 * @param payment how the customer mostly pays
 */
record Persona(
    boolean isOnline,
    double patience,
    boolean acceptsMarketing,
    Optional<LocalDate> marketingWithdrawnOn,
    String payment) {

  /** The same for the same seed and customer. The young and the well-off are online more often. */
  static Persona of(long seed, Customer customer) {
    Dice dice = Dice.of(seed, "persona", customer.id());
    double online = 0.15 + (customer.age() < 45 ? 0.25 : 0) + 0.03 * customer.incomeBand();
    boolean acceptsMarketing = dice.chance(0.72);
    return new Persona(
        dice.chance(online),
        Math.max(0, Math.min(1, dice.bell(0.65, 0.2))),
        acceptsMarketing,
        acceptsMarketing && dice.chance(0.08)
            ? Optional.of(Foodmart.FIRST_DAY.plusDays(dice.between(60, 700)))
            : Optional.empty(),
        payment(customer, dice));
  }

  /** Whether marketing may reach the customer on a day. */
  boolean acceptsMarketingOn(LocalDate day) {
    return acceptsMarketing && marketingWithdrawnOn.map(day::isBefore).orElse(true);
  }

  private static String payment(Customer customer, Dice dice) {
    if (dice.chance(0.35 + 0.06 * customer.incomeBand())) {
      return "card";
    }
    return customer.age() < 40
        ? dice.pick("wallet", "wallet", "cash", "transfer")
        : dice.pick("cash", "cash", "cash", "transfer", "other");
  }
}

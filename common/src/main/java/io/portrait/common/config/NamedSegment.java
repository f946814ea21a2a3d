package io.portrait.common.config;

import java.util.Optional;

/**
 * A segment that a business knows by name; an element of {@code segments} in {@code scores.yaml}. A
 * customer may be in several, or in none.
 *
 * @param code snake_case name, unique
 * @param title titles
 * @param description who belongs here and why, in a sentence
 * @param rule SQL condition over a customer's row of {@code gold/customer_profile}; a customer of
 *     whom it is unknown does not belong
 * @param action what to do with these customers
 * @param purpose what it is used for; absent: marketing
 * @param place where it stands
 */
public record NamedSegment(
    String code,
    Title title,
    String description,
    Expression rule,
    Title action,
    Optional<String> purpose,
    Place place) {

  /** Checks the code. */
  public NamedSegment {
    if (!code.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("code '" + code + "' is not snake_case");
    }
  }

  /** The purpose, or marketing where none is given. */
  public String purposeOrDefault() {
    return purpose.orElse(Purpose.MARKETING);
  }
}

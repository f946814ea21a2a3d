package io.portrait.jobs.generate.shop;

import java.util.Locale;

/**
 * A planted group of customers: what a clustering should find.
 *
 * <p>Each group stands out in one way of buying; how often its members buy and for how much on
 * average is drawn before and independent of each other.
 */
enum Group {
  /** Spend most a purchase, order several pieces and send some back. */
  PREMIUM_BUYER(1, 0.25, 0.80, 0.4, 0.02, 0.25, new int[] {1, 2, 11}),
  /** Fill a basket across the whole assortment. */
  REGULAR(4, 0.55, 0.03, 0.4, 0.05, 0.40, new int[] {3, 4, 8, 10}),
  /** Buy what is reduced. */
  BARGAIN_HUNTER(1, 0.45, 0.03, 0.6, 0.72, 1.00, new int[] {4, 5, 9}),
  /** Come to look, often. */
  BROWSER(1, 0.15, 0.03, 9.0, 0.05, 0.40, new int[] {0, 6, 7});

  private final int fewestLines;
  private final double moreLines;
  private final double refundChance;
  private final double visitsAQuarter;
  private final double lowestSensitivity;
  private final double highestSensitivity;

  @SuppressWarnings("ImmutableEnumChecker") // Read alone, and by favourites() alone.
  private final int[] favourites;

  Group(
      int fewestLines,
      double moreLines,
      double refundChance,
      double visitsAQuarter,
      double lowestSensitivity,
      double highestSensitivity,
      int[] favourites) {
    this.fewestLines = fewestLines;
    this.moreLines = moreLines;
    this.refundChance = refundChance;
    this.visitsAQuarter = visitsAQuarter;
    this.lowestSensitivity = lowestSensitivity;
    this.highestSensitivity = highestSensitivity;
    this.favourites = favourites;
  }

  /** As in files: premium_buyer. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Fewest lines of an order. */
  int fewestLines() {
    return fewestLines;
  }

  /** Chance of one more line, and of another after it. */
  double moreLines() {
    return moreLines;
  }

  /** Chance that something of an order comes back. */
  double refundChance() {
    return refundChance;
  }

  /** Visits to the web shop in 90 days that lead to no purchase, of who is online. */
  double visitsAQuarter() {
    return visitsAQuarter;
  }

  double lowestSensitivity() {
    return lowestSensitivity;
  }

  double highestSensitivity() {
    return highestSensitivity;
  }

  /** Categories that most members like best, by number in {@link Products}. */
  int[] favourites() {
    return favourites.clone();
  }
}

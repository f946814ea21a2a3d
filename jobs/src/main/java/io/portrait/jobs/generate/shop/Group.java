package io.portrait.jobs.generate.shop;

import java.util.Locale;

/**
 * A planted group of customers: what a clustering should find.
 *
 * <p>Each group stands out in one way of buying, and its members are alike in how they come and go:
 * who is in which follows from the person's purchase rate, dropout and spend. These three are drawn
 * before, independent of each other, so that over all people they are as {@link ShopModel} says.
 */
enum Group {
  /** Spend most a purchase, order several pieces and send some back. */
  PREMIUM_BUYER(1, 0.25, 0.90, 0.4, 0.02, 0.20, new int[] {1, 2, 11}),
  /** Come often and stay, and fill a basket across the whole assortment. */
  REGULAR(5, 0.55, 0.03, 0.4, 0.02, 0.30, new int[] {3, 4, 8, 10}),
  /** Buy seldom, and what is reduced. */
  BARGAIN_HUNTER(1, 0.45, 0.03, 0.4, 0.80, 1.00, new int[] {4, 5, 9}),
  /** Come to look, often, and soon buy no more. */
  BROWSER(1, 0.15, 0.03, 10.0, 0.02, 0.30, new int[] {0, 6, 7});

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

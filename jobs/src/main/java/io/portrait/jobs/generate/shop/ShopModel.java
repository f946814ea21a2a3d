package io.portrait.jobs.generate.shop;

/**
 * The distributions that the shop is drawn from: what an estimate should find again.
 *
 * <p>Purchases: BG/NBD (Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing
 * Science 24, 2005, section 3). Spend: Gamma-Gamma (Fader and Hardie, The Gamma-Gamma Model of
 * Monetary Value, 2013).
 */
final class ShopModel {

  /** Shape of the gamma distribution of the purchase rate. */
  static final double R = 0.8;

  /** Its rate, weeks. */
  static final double ALPHA = 8;

  /** First parameter of the beta distribution of the dropout probability. */
  static final double A = 0.8;

  /** Second parameter of it. */
  static final double B = 3.2;

  /** Shape of the gamma distribution of one purchase's spend. */
  static final double P = 6;

  /** Shape of the gamma distribution of the spend's rate. */
  static final double Q = 4;

  /** Rate of it, dollars. */
  static final double GAMMA = 600;

  /** How much more often a customer buys in the days after a campaign's contact: half as much. */
  static final double CAMPAIGN_EFFECT = 0.5;

  /** Days after the day of the contact that the effect lasts. */
  static final int CAMPAIGN_DAYS = 7;

  /** Share of the customers that no campaign ever writes to. */
  static final double HOLD_OUT_SHARE = 0.1;

  /** Chance to be selected for a campaign; there is one a month. */
  static final double CAMPAIGN_SELECTION = 0.1;

  /** Days after the history that the truth tells of. */
  static final int FUTURE_DAYS = 365;

  private ShopModel() {}

  /**
   * Expected purchases of who is still a customer: those of a Poisson process that ends with
   * probability {@code dropout} after each purchase.
   *
   * @param expectedWithoutDropout purchases expected if nobody dropped out
   */
  static double expectedPurchases(double expectedWithoutDropout, double dropout) {
    return dropout < 1e-9
        ? expectedWithoutDropout
        : -StrictMath.expm1(-expectedWithoutDropout * dropout) / dropout;
  }
}

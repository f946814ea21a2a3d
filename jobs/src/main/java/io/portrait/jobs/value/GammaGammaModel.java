package io.portrait.jobs.value;

import java.io.Serializable;
import java.util.List;

/**
 * The Gamma-Gamma model of spend: what customers spend on a purchase day varies about a mean of
 * their own, and the means vary between customers.
 *
 * <p>Fader, Hardie and Lee 2005, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis";
 * Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value", whose letters these are. It
 * takes for granted that spend does not depend on how often customers buy.
 *
 * @param p shape of a customer's spends
 * @param q shape of the customers' scales, greater than 1
 * @param gamma scale of the customers' scales, in units of the currency
 */
record GammaGammaModel(double p, double q, double gamma) implements Serializable {

  private static final long serialVersionUID = 1;

  /** Below it the mean spend of all customers, which has q - 1 below the line, is noise. */
  private static final double LEAST_Q = 1.05;

  /**
   * Fits the model.
   *
   * @param spends repeat purchases alone, as published: the first purchase often differs
   * @param minRepeaters with fewer customers there is no model
   */
  static Fit<GammaGammaModel> fit(List<RepeatSpend> spends, int minRepeaters) {
    return Fit.of(
        spends.stream().mapToLong(RepeatSpend::customers).sum(),
        minRepeaters,
        () -> new GammaGammaLikelihood(spends),
        GammaGammaModel::of);
  }

  private static Fit<GammaGammaModel> of(Estimate estimate) {
    List<Double> found = estimate.parameters();
    return found.get(1) < LEAST_Q
        ? Fit.none(Reason.NO_MEAN_SPEND)
        : Fit.of(new GammaGammaModel(found.get(0), found.get(1), found.get(2)), estimate);
  }

  /**
   * Expected spend on a purchase day, E[M | x, m] = p (gamma + x m) / (p x + q - 1): between the
   * customer's mean and that of all customers, nearer to the customer's the more is known of it.
   *
   * @param repeats repeat purchases; without any it is the mean of all customers
   * @param mean their mean spend
   */
  double expectedSpend(long repeats, double mean) {
    return p * (gamma + repeats * mean) / (p * repeats + q - 1);
  }
}

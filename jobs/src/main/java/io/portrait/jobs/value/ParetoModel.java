package io.portrait.jobs.value;

import java.util.List;

/**
 * The Pareto/NBD model of purchases: a customer buys at a steady rate and leaves for good at a
 * steady rate, whether they buy or not. Both rates have a gamma distribution between customers.
 *
 * <p>Schmittlein, Morrison and Colombo 1987, "Counting Your Customers: Who Are They and What Will
 * They Do Next?"; Fader and Hardie 2005, "A Note on Deriving the Pareto/NBD Model and Related
 * Expressions", whose letters these are.
 *
 * @param r shape of the purchase rates
 * @param alpha inverse scale of the purchase rates, in weeks
 * @param s shape of the rates of leaving
 * @param beta inverse scale of the rates of leaving, in weeks
 */
record ParetoModel(double r, double alpha, double s, double beta) implements PurchaseModel {

  private static final long serialVersionUID = 1;

  /**
   * Fits the model.
   *
   * @param histories of all customers with a purchase
   * @param minRepeaters with fewer customers with a repeat purchase there is no model
   */
  static Fit<ParetoModel> fit(List<PurchaseHistory> histories, int minRepeaters) {
    return Fit.of(
        PurchaseHistory.repeaters(histories),
        minRepeaters,
        () -> new ParetoLikelihood(histories),
        estimate -> Fit.of(of(estimate.parameters()), estimate));
  }

  private static ParetoModel of(List<Double> parameters) {
    return new ParetoModel(
        parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3));
  }

  /** The share of being still there in what may have happened since the last purchase. */
  @Override
  public double probabilityAlive(long repeats, double lastPurchase, double age) {
    double logStays = -(r + repeats) * Math.log(alpha + age) - s * Math.log(beta + age);
    double logLeft = new Departure(repeats, lastPurchase, age, r, alpha, s, beta).logProbability();
    return 1 / (1 + Math.exp(logLeft - logStays));
  }

  @Override
  public double expectedPurchases(double weeks) {
    return r / alpha * expectedStay(beta, weeks);
  }

  @Override
  public double expectedPurchasesOfActive(double weeks, long repeats, double age) {
    return (r + repeats) / (alpha + age) * expectedStay(beta + age, weeks);
  }

  /**
   * Expected weeks, of the next ones, until a customer leaves: scale / (s - 1) (1 - (scale / (scale
   * + weeks))^(s - 1)), continued through s = 1.
   */
  private double expectedStay(double scale, double weeks) {
    double log = -Math.log1p(weeks / scale);
    double power = (s - 1) * log;
    return Math.abs(power) < 1e-12 ? -scale * log : -scale * Math.expm1(power) / (s - 1);
  }
}

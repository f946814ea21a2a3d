package io.portrait.jobs.predict;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A logistic regression over standardised terms: the log-odds are the intercept plus the
 * contributions of the terms, so every term's part is exact.
 */
final class LogisticModel implements Serializable {

  /** Farther from the mean than so many standard deviations, a term counts as if it were so far. */
  private static final double FARTHEST = 6;

  private final int[] places;
  private final double[] means;
  private final double[] scales;
  private final double[] coefficients;
  private final double[] standardErrors;
  private final double intercept;
  private final double interceptError;

  /**
   * Takes what a fit has found.
   *
   * @param places places of the terms in a case's vector
   * @param means mean of each term in training
   * @param scales standard deviation of each
   * @param coefficients change of the log-odds by one standard deviation of each
   * @param standardErrors of the coefficients; empty: not known
   * @param intercept log-odds at the mean of all terms
   * @param interceptError standard error of the intercept; NaN: not known
   */
  LogisticModel(
      int[] places,
      double[] means,
      double[] scales,
      double[] coefficients,
      double[] standardErrors,
      double intercept,
      double interceptError) {
    this.places = places;
    this.means = means;
    this.scales = scales;
    this.coefficients = coefficients;
    this.standardErrors = standardErrors;
    this.intercept = intercept;
    this.interceptError = interceptError;
  }

  /** What each term adds to the log-odds of a case. */
  double[] contributions(double[] terms) {
    double[] contributions = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      contributions[i] = coefficients[i] * standardized(terms[places[i]], means[i], scales[i]);
    }
    return contributions;
  }

  /** The probability of a yes. */
  double probability(double[] terms) {
    return probability(intercept + Arrays.stream(contributions(terms)).sum());
  }

  /** Its own terms, of all. */
  List<Term> termsOf(List<Term> all) {
    return Arrays.stream(places).mapToObj(all::get).toList();
  }

  static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  static double standardized(double term, double mean, double scale) {
    return Math.max(-FARTHEST, Math.min(FARTHEST, (term - mean) / scale));
  }

  double[] means() {
    return means;
  }

  double[] scales() {
    return scales;
  }

  double[] coefficients() {
    return coefficients;
  }

  double[] standardErrors() {
    return standardErrors;
  }

  double intercept() {
    return intercept;
  }

  double interceptError() {
    return interceptError;
  }
}

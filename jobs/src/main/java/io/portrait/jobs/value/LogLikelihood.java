package io.portrait.jobs.value;

/** How likely a model with certain parameters makes what customers did, as a logarithm. */
interface LogLikelihood {

  /** Customers that it is over. */
  double customers();

  /** What each parameter is greater than. */
  double[] floors();

  /**
   * Parameters that a search may start from, above their floors. Those of the first are of the size
   * that the data suggest.
   */
  double[][] starts();

  /**
   * The log-likelihood.
   *
   * @param parameters each above its floor
   * @param gradient receives the derivative by each parameter, or null
   */
  double at(double[] parameters, double[] gradient);
}

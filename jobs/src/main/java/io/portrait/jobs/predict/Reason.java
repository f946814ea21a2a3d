package io.portrait.jobs.predict;

import java.util.Locale;

/** Why there is no model, or no probability. */
enum Reason {
  /** Nobody has bought. */
  NO_PURCHASE,
  /** There is no earlier date to learn from. */
  SHORT_HISTORY,
  /** All did, or nobody. */
  ONE_CLASS,
  /** Too few did, or too few did not. */
  TOO_FEW,
  /** No coefficients were found under which the data are most likely. */
  NOT_CONVERGED,
  /** There is nobody to measure on. */
  NO_BUYER,
  /** The customer has no contract that could end. */
  NO_CONTRACT;

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.portrait.jobs.predict;

import java.util.Optional;

/**
 * A model as it was learnt, or why there is none.
 *
 * @param model the model
 * @param reason why there is none
 * @param cases customers at cutoffs that it was to learn from
 * @param positives those with a yes
 */
record LogisticFit(
    Optional<LogisticModel> model, Optional<Reason> reason, long cases, long positives) {

  static LogisticFit none(Reason reason, long cases, long positives) {
    return new LogisticFit(Optional.empty(), Optional.of(reason), cases, positives);
  }
}

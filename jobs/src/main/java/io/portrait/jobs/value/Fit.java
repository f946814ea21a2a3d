package io.portrait.jobs.value;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A model fitted to customers, or the reason why there is none.
 *
 * @param <M> the model
 * @param model the model, if it could be fitted
 * @param estimate how it was found, if it was
 * @param reason why it could not be fitted, if it could not
 */
record Fit<M>(Optional<M> model, Optional<Estimate> estimate, Optional<Reason> reason) {

  /** A model. */
  static <M> Fit<M> of(M model, Estimate estimate) {
    return new Fit<>(Optional.of(model), Optional.of(estimate), Optional.empty());
  }

  /** No model. */
  static <M> Fit<M> none(Reason reason) {
    return new Fit<>(Optional.empty(), Optional.empty(), Optional.of(reason));
  }

  /**
   * Fits a model by maximum likelihood.
   *
   * @param repeaters customers with a repeat purchase, who alone tell the model anything
   * @param minRepeaters with fewer there is no model
   * @param likelihood asked for only if there are enough of them
   * @param model makes the model, or the reason why it is none
   */
  static <M> Fit<M> of(
      long repeaters,
      int minRepeaters,
      Supplier<LogLikelihood> likelihood,
      Function<Estimate, Fit<M>> model) {
    if (repeaters == 0) {
      return none(Reason.NO_REPEATS);
    }
    if (repeaters < minRepeaters) {
      return none(Reason.TOO_FEW_REPEATERS);
    }
    return MaximumLikelihood.of(likelihood.get())
        .map(model)
        .orElseGet(() -> none(Reason.NOT_CONVERGED));
  }
}

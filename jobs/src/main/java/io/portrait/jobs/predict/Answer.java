package io.portrait.jobs.predict;

import java.util.List;
import java.util.Optional;

/**
 * What was learnt of a question.
 *
 * @param question what was asked
 * @param tested the model that is measured; without one there is none to use
 * @param used the model that is used, trained at all days whose future is known
 * @param rules simple rules of the same training period; none without a model
 */
record Answer(Question question, LogisticFit tested, LogisticFit used, List<Rule> rules) {

  /** Why there is no model. */
  Optional<Reason> reason() {
    return tested.reason().or(used::reason);
  }
}

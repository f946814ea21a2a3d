package io.portrait.jobs.predict;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was learnt of a question.
 *
 * @param question what was asked
 * @param tested the model that is measured; without one there is none to use
 * @param used the model that is used, trained at all days whose future is known
 * @param rules simple rules of the same training period; none without a model
 */
record Answer(Question question, LogisticFit tested, LogisticFit used, List<Rule> rules) {

  /** There is no model. */
  static Answer none(Question question, Reason reason) {
    LogisticFit none = LogisticFit.none(reason, 0, 0);
    return new Answer(question, none, none, List.of());
  }

  /**
   * A model to be measured, not trained again yet, with its rules.
   *
   * @param training cases that it was trained with
   */
  static Answer tested(Question question, LogisticFit fit, Dataset<Row> training) {
    if (fit.model().isEmpty()) {
      return new Answer(question, fit, fit, List.of());
    }
    List<Rule> rules =
        question.model().equals(Question.CHURN)
            ? List.of(Rule.noPurchaseForDays(training, question))
            : List.of(Rule.populationRate(fit), Rule.lastInterval(training, question));
    return new Answer(question, fit, fit, rules);
  }

  /** The same with the model trained again. */
  Answer used(Training known) {
    return new Answer(question, tested, known.fit(question), rules);
  }

  /** Why there is no model. */
  Optional<Reason> reason() {
    return tested.reason().or(used::reason);
  }
}

package io.portrait.common.score;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A score of one's own in Java, named in {@code scores.yaml} by {@code class}.
 *
 * <p>The class is public, has a public constructor without parameters, and stands in a jar named by
 * {@code PORTRAIT_JARS}.
 */
public interface CustomerScorer {

  /**
   * Scores customers.
   *
   * <p>It must not act on the clock or on chance, so that a run can be repeated, and should stay an
   * expression over columns: rows come in no order and from many partitions.
   *
   * @param inputs one row per known customer: {@code customer_id} and the columns of {@code
   *     gold_sensitive/customer_feature} and {@code gold/customer_habit}; what is not known is null
   * @return {@code customer_id, score}, at most one row per customer, none of another customer; the
   *     score is any number. A customer without a row has no score
   */
  Dataset<Row> score(Dataset<Row> inputs);
}

package com.example;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;

import io.portrait.common.score.CustomerScorer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * An own score: a customer's average order by that of all customers of the same country, in
 * hundredths. SQL in {@code scores.yaml} sees one customer alone; a class may compare.
 */
public final class BasketIndex implements CustomerScorer {

  @Override
  public Dataset<Row> score(Dataset<Row> inputs) {
    return inputs
        .filter(col("average_order_amount").isNotNull())
        .select(
            col("customer_id"),
            col("average_order_amount")
                .divide(avg("average_order_amount").over(Window.partitionBy("country")))
                .multiply(100)
                .as("score"));
  }
}

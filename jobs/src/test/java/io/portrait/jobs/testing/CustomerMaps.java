package io.portrait.jobs.testing;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Maps of accounts to customers. */
public final class CustomerMaps {

  private CustomerMaps() {}

  /**
   * Says by its name whose an account is: ann1 and ann2 are ann's, and nobody knows who has who1.
   *
   * @return {@code account_key, customer_id, is_known}
   */
  public static Dataset<Row> of(SparkSession spark, String... accounts) {
    return spark
        .createDataset(List.of(accounts), Encoders.STRING())
        .selectExpr(
            "value AS account_key",
            "substr(value, 1, 3) AS customer_id",
            "substr(value, 1, 3) <> 'who' AS is_known");
  }
}

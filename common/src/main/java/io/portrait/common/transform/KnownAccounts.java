package io.portrait.common.transform;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.table.Entity;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What joins accounts to known customers. Pure: no reads, no writes, no clock. */
public final class KnownAccounts {

  private KnownAccounts() {}

  /**
   * Drops anonymous visitors.
   *
   * <p>Out: {@code account_key, customer_id}, one row per account.
   *
   * @param customerMap {@code silver/customer_map} of one as-of date
   */
  public static Dataset<Row> of(Dataset<Row> customerMap) {
    return customerMap.filter(col("is_known")).select(Entity.ACCOUNT_KEY, "customer_id");
  }
}

package io.portrait.common.transform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Some customers in place of all, where all would not fit: those whose {@code customer_id} hashes
 * low, so the same ones in every run, order and step.
 */
public final class CustomerSample {

  private static final long SLICES = 1_000_000;

  private CustomerSample() {}

  /**
   * About {@code size} customers.
   *
   * @param customers with {@code customer_id}
   * @param total number of customers; all of them are taken if there are no more than {@code size}
   */
  public static Dataset<Row> of(Dataset<Row> customers, int size, long total) {
    return total <= size ? customers : customers.filter(contains(size, total));
  }

  /** Whether a customer is one of about {@code size} of {@code total}; never none of them. */
  public static Column contains(int size, long total) {
    return total <= size
        ? lit(true)
        : below(Math.max(1, Math.round((double) SLICES * size / total)));
  }

  /**
   * Whether a customer is in a share of all.
   *
   * @param share from 0, nobody, to 1, everybody
   */
  public static Column contains(double share) {
    return below(Math.round(SLICES * share));
  }

  private static Column below(long slices) {
    return pmod(xxhash64(col("customer_id")), lit(SLICES)).lt(slices);
  }
}

package io.portrait.jobs.recover;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.privacy.KeyedHash;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How well accounts were put together, by pairs of accounts.
 *
 * <p>A pair that one customer has is right if both accounts are one person's, whether the files
 * show it or not. A pair is to be found if the files show of both accounts whose they are. Cookies
 * and accounts that the map does not know are left out.
 *
 * @param accounts those compared
 * @param found pairs of accounts of one customer
 * @param right of these, pairs of one person
 * @param planted pairs that files show to be one person
 * @param recovered of these, pairs of one customer
 */
public record Identities(long accounts, long found, long right, long planted, long recovered) {

  private static final String PERSON = "person_id";
  private static final String CUSTOMER = "customer_id";

  /** Takes a measure. */
  public interface Teller {

    /**
     * Takes it.
     *
     * @param measure what was measured
     * @param share 0 to 1; null if there is no such pair
     * @param of pairs that it is a share of
     */
    void tell(String measure, Double share, long of);
  }

  /**
   * Compares.
   *
   * @param identity {@code realm, account_id, person_id, is_linkable}
   * @param customerMap accounts and customers of one as-of date
   */
  public static Identities compare(
      Dataset<Row> identity, Dataset<Row> customerMap, KeyedHash hash) {
    Dataset<Row> known =
        identity
            .filter("realm <> 'visitor'")
            .select(
                hash.column(col("realm"), col("account_id")).as("account_key"),
                col(PERSON),
                col("is_linkable"))
            .join(customerMap.select("account_key", CUSTOMER), "account_key");
    Dataset<Row> both =
        known
            .groupBy(CUSTOMER, PERSON)
            .agg(count(lit(1)).as("accounts"), count_if(col("is_linkable")).as("shown"))
            .persist();
    try {
      Row together =
          both.agg(sum("accounts"), sum(pairs(col("accounts"))), sum(pairs(col("shown")))).head();
      return new Identities(
          together.getLong(0),
          pairs(both, CUSTOMER, "accounts"),
          together.getLong(1),
          pairs(both, PERSON, "shown"),
          together.getLong(2));
    } finally {
      both.unpersist();
    }
  }

  private static long pairs(Dataset<Row> both, String group, String members) {
    return both.groupBy(group)
        .agg(sum(members).as("members"))
        .agg(sum(pairs(col("members"))))
        .head()
        .getLong(0);
  }

  private static Column pairs(Column members) {
    return members.multiply(members.minus(1)).divide(2).cast("bigint");
  }

  /** Share of the pairs found that are right. */
  public Double precision() {
    return share(right, found);
  }

  /** Share of the pairs to be found that are found. */
  public Double recall() {
    return share(recovered, planted);
  }

  /** Tells both. */
  public void tell(Teller teller) {
    teller.tell("pairs of accounts of one customer, precision", precision(), found);
    teller.tell("pairs of accounts of one customer, recall", recall(), planted);
  }

  private static Double share(long some, long all) {
    return all == 0 ? null : some / (double) all;
  }
}

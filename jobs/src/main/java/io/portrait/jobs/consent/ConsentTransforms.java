package io.portrait.jobs.consent;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.table.ConsentTables;
import io.portrait.common.table.Entity;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Collection;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Decisions of customers over time. Pure: no reads, no writes, no clock. */
final class ConsentTransforms {

  private static final String CUSTOMER_ID = "customer_id";
  private static final String PURPOSE = "purpose";
  private static final String DECIDED_AT = "decided_at";
  private static final String IS_GRANTED = "is_granted";
  private static final String REFUSALS = "refusals";
  private static final String VALID_FROM = "valid_from";

  private ConsentTransforms() {}

  /**
   * The periods in which a decision of a known customer held, before the as-of date.
   *
   * <p>Of an account the latest decision holds; of several at one instant, a refusal. A customer
   * has refused while any account has, and granted while some have and none has refused. Decisions
   * that change nothing begin no period.
   *
   * @param consents {@code silver/consent}
   * @param map {@code silver/customer_map} of the as-of date
   * @return {@link ConsentTables#CONSENT_LEDGER} without the as-of date
   */
  static Dataset<Row> periods(Dataset<Row> consents, Dataset<Row> map, LocalDate asOf) {
    WindowSpec ofAccount = Window.partitionBy(Entity.ACCOUNT_KEY, PURPOSE).orderBy(DECIDED_AT);
    WindowSpec ofCustomer = Window.partitionBy(CUSTOMER_ID, PURPOSE).orderBy(DECIDED_AT);
    Column before = lag(col(IS_GRANTED), 1).over(ofCustomer);
    Column refusesNow = when(col(IS_GRANTED), 0).otherwise(1);
    Column refusedBefore = coalesce(lag(refusesNow, 1).over(ofAccount), lit(0));
    return consents
        .filter(col(Entity.EVENT_DAY).lt(lit(Date.valueOf(asOf))))
        .groupBy(Entity.ACCOUNT_KEY, PURPOSE, DECIDED_AT)
        .agg(min(IS_GRANTED).as(IS_GRANTED))
        .withColumn(REFUSALS, refusesNow.minus(refusedBefore))
        .join(KnownAccounts.of(map), Entity.ACCOUNT_KEY)
        .groupBy(CUSTOMER_ID, PURPOSE, DECIDED_AT)
        .agg(sum(REFUSALS).as(REFUSALS))
        .withColumn(IS_GRANTED, sum(REFUSALS).over(ofCustomer).equalTo(0))
        .withColumn("is_change", not(before.eqNullSafe(col(IS_GRANTED))))
        .filter(col("is_change"))
        .select(
            col(CUSTOMER_ID),
            col(PURPOSE),
            col(DECIDED_AT).as(VALID_FROM),
            col(IS_GRANTED),
            lead(col(DECIDED_AT), 1).over(ofCustomer).as("valid_to"));
  }

  /**
   * Counts the decisions that hold: {@code purpose, granted, refused}; all purposes that are not
   * declared are one row with null.
   */
  static Dataset<Row> countHolding(Dataset<Row> ledger, Collection<String> declared) {
    return ledger
        .filter(col("valid_to").isNull())
        .groupBy(when(col(PURPOSE).isInCollection(declared), col(PURPOSE)).as(PURPOSE))
        .agg(count_if(col(IS_GRANTED)).as("granted"), count_if(not(col(IS_GRANTED))).as("refused"));
  }
}

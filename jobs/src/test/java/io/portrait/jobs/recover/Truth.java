package io.portrait.jobs.recover;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.privacy.KeyedHash;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * What the shop was drawn from: the folder {@code truth} beside its raw files.
 *
 * @param customer a person: rates, group, and what happens in the year after the data
 * @param identity an account and its person
 * @param model the parameters of the distributions, and the season by region and month
 */
record Truth(Dataset<Row> customer, Dataset<Row> identity, Dataset<Row> model) {

  private static final int WEEK_DAYS = 7;

  /** Reads the folder. */
  static Truth read(SparkSession spark, String folder) {
    return new Truth(
        spark.read().parquet(folder + "/customer"),
        spark.read().parquet(folder + "/identity"),
        spark.read().parquet(folder + "/model"));
  }

  /**
   * Accounts that files tie to their person, by pseudonym.
   *
   * @return {@code account_key, person_id}
   */
  Dataset<Row> accounts(KeyedHash hash) {
    return identity
        .filter("is_linkable AND realm <> 'visitor'")
        .select(hash.column(col("realm"), col("account_id")).as("account_key"), col("person_id"));
  }

  /**
   * Customers that are one person, of people that are one customer: those of whom the truth can be
   * told.
   *
   * @param customerMap accounts and customers of one as-of date
   * @return {@code customer_id, person_id}
   */
  static Dataset<Row> pairs(Dataset<Row> accounts, Dataset<Row> customerMap) {
    Dataset<Row> both =
        accounts.join(customerMap.select("account_key", "customer_id"), "account_key");
    return both.groupBy("customer_id")
        .agg(min("person_id").as("person_id"), max("person_id").as("last"))
        .filter("person_id = last")
        .join(
            both.groupBy("person_id")
                .agg(countDistinct("customer_id").as("customers"))
                .filter("customers = 1"),
            "person_id")
        .select("customer_id", "person_id");
  }

  /**
   * What somebody expects who knows the rates and the purchases of a person, but not whether the
   * person has left. Adds {@code p_alive}, {@code p_no_purchase_90d} and {@code
   * expected_amount_by_rates}; campaigns are left out.
   *
   * <p>The chance to be still a customer after purchases of rate l, the last one a time t ago, and
   * a chance p to leave after each repeat purchase is (1 - p) exp(-l t) / (p + (1 - p) exp(-l t)),
   * by Bayes' rule from the assumptions of BG/NBD (Fader, Hardie and Lee, Marketing Science 24,
   * 2005, section 3). Time runs with the region's season.
   */
  Dataset<Row> withExpectations(LocalDate asOf) {
    Dataset<Row> seasons =
        model
            .filter("parameter = 'season.index'")
            .select(col("region"), col("month"), col("value").as("season"));
    Dataset<Row> days =
        customer
            .select("region")
            .distinct()
            .select(
                col("region"),
                expr(String.format(
                        "explode(sequence(date_sub(DATE'%1$s', 8000), date_add(DATE'%1$s',"
                            + " 364)))",
                        asOf))
                    .as("day"))
            .withColumn("month", month(col("day")))
            .join(seasons, seasonKey())
            .select("region", "day", "season");
    Column first = lit(Date.valueOf(asOf));
    Dataset<Row> ahead =
        days.filter(col("day").geq(first))
            .groupBy("region")
            .agg(
                sum(when(col("day").lt(expr("date_add(DATE'" + asOf + "', 90)")), col("season")))
                    .as("days_90"),
                sum("season").as("days_365"));
    Dataset<Row> since =
        days.filter(col("day").lt(first))
            .withColumn(
                "days_since",
                sum("season").over(Window.partitionBy("region").orderBy(col("day").desc())))
            .select(
                col("region"), date_sub(col("day"), 1).as("last_purchase_on"), col("days_since"));
    Column rate = col("weekly_rate").divide(WEEK_DAYS);
    Column stays = lit(1).minus(col("dropout"));
    Column silence = stays.multiply(exp(negate(rate.multiply(expr("coalesce(days_since, 0)")))));
    Column alive =
        when(col("purchases").equalTo(1), lit(1.0))
            .otherwise(silence.divide(col("dropout").plus(silence)));
    Column expected =
        when(col("dropout").lt(1e-9), rate.multiply(col("days_365")))
            .otherwise(
                lit(1)
                    .minus(exp(negate(rate.multiply(col("days_365")).multiply(col("dropout")))))
                    .divide(col("dropout")));
    return customer
        .join(ahead, "region")
        .join(since, lastKey(), "left")
        .withColumn("p_alive", alive)
        .withColumn(
            "p_no_purchase_90d",
            lit(1)
                .minus(
                    col("p_alive")
                        .multiply(lit(1).minus(exp(negate(rate.multiply(col("days_90"))))))))
        .withColumn(
            "expected_amount_by_rates",
            col("p_alive").multiply(expected).multiply(col("mean_spend")));
  }

  private static String[] seasonKey() {
    return new String[] {"region", "month"};
  }

  private static String[] lastKey() {
    return new String[] {"region", "last_purchase_on"};
  }
}

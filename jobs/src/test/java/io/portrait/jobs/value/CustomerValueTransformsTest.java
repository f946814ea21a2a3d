package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.CustomerMaps;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class CustomerValueTransformsTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  @Test
  void countsPurchaseDaysOfAllAccountsBeforeTheAsOfDate(SparkSession spark) {
    Dataset<Row> accountDays =
        spark
            .sql(
                "SELECT * FROM VALUES"
                    // Two accounts, one day shared, a refund on a day without an order.
                    + " ('ann1', '2026-01-01', 1L, 1000L, 0L), ('ann1', '2026-01-11', 2L, 500L, 0L),"
                    + " ('ann2', '2026-01-11', 1L, 300L, 0L), ('ann2', '2026-01-21', 1L, 200L, 50L),"
                    + " ('ann1', '2026-01-25', 0L, 0L, 100L),"
                    // The day before the as-of date is the last one known; visits are no purchase.
                    + " ('bob1', '2026-01-30', 1L, 700L, 0L), ('bob1', '2026-01-31', 1L, 900L, 0L),"
                    + " ('bob1', '2026-01-02', 0L, 0L, 0L),"
                    // All given back, the first purchase in part, something from before the first.
                    + " ('cid1', '2026-01-10', 1L, 100L, 0L), ('cid1', '2026-01-12', 0L, 0L, 100L),"
                    + " ('dot1', '2026-01-10', 1L, 100L, 0L), ('dot1', '2026-01-20', 1L, 50L, 60L),"
                    + " ('eve1', '2026-01-05', 0L, 0L, 40L), ('eve1', '2026-01-10', 1L, 90L, 0L),"
                    // A repeat that cost nothing; orders that all did.
                    + " ('hal1', '2026-01-10', 1L, 90L, 0L), ('hal1', '2026-01-20', 1L, 0L, 0L),"
                    + " ('ida1', '2026-01-10', 1L, 0L, 0L), ('ida1', '2026-01-20', 1L, 0L, 0L),"
                    // A refund alone, only later, nobody known.
                    + " ('fay1', '2026-01-10', 0L, 0L, 10L), ('gil1', '2026-02-01', 1L, 100L, 0L),"
                    + " ('who1', '2026-01-10', 1L, 100L, 0L)"
                    + " AS t(account_key, event_day, orders, amount_minor, refund_minor)")
            .withColumn("event_day", col("event_day").cast("date"));
    Dataset<Row> map =
        CustomerMaps.of(
            spark, "ann1", "ann2", "bob1", "cid1", "dot1", "eve1", "fay1", "gil1", "hal1", "ida1",
            "who1");

    Dataset<Row> histories = CustomerValueTransforms.histories(accountDays, map, AS_OF);

    assertThat(histories.columns())
        .containsExactly(
            "customer_id",
            "repeat_purchase_days",
            "span_days",
            "age_days",
            "repeat_net_minor",
            "has_net_spend");
    assertThat(histories.orderBy("customer_id").collectAsList())
        .containsExactly(
            // Of 2000, 1000 on repeats, 150 were given back; of 150, 50 on the repeat, 60.
            RowFactory.create("ann", 2L, 20L, 29L, 925L, true),
            RowFactory.create("bob", 0L, 0L, 0L, 0L, true),
            RowFactory.create("cid", 0L, 0L, 20L, 0L, false),
            RowFactory.create("dot", 1L, 10L, 20L, 30L, true),
            RowFactory.create("eve", 0L, 0L, 20L, 0L, true),
            RowFactory.create("hal", 1L, 10L, 20L, 0L, false),
            RowFactory.create("ida", 1L, 10L, 20L, 0L, false));
    assertThat(CustomerValueTransforms.groupSpends(histories).collectAsList())
        .containsExactlyInAnyOrder(RowFactory.create(2L, 925L, 1L), RowFactory.create(1L, 30L, 1L));
    assertThat(
            CustomerValueTransforms.groupHistories(histories)
                .filter("age_days = 20 AND span_days = 0")
                .collectAsList())
        .containsExactly(RowFactory.create(0L, 0L, 20L, 2L));
  }

  /**
   * The medians of the three who have a value are 0.5, 10 and 20. Of dot no spend is known, of fay
   * no purchases, and eve's value of 0 has no logarithm.
   */
  @Test
  void explainsAValueByItsThreeFactors(SparkSession spark) {
    Dataset<Row> values =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 0.5D, 5D, 20D), ('bob', 1D, 5D, 40D),"
                + " ('cid', 0.25D, 10D, 10D), ('dot', 0.125D, 10D, NULL), ('eve', 0D, 0D, 20D),"
                + " ('fay', NULL, NULL, 20D)"
                + " AS t(customer_id, p_alive, discounted_purchases, spend)");
    Row typical = CustomerValueTransforms.typicalFactors(values).head();

    List<Row> found =
        CustomerValueTransforms.withReasons(values, typical)
            .orderBy("customer_id")
            .select(
                "typical_value",
                "alive_points",
                "purchases_points",
                "spend_points",
                "value_reasons_en",
                "value_reasons_zh")
            .collectAsList();

    assertThat(typical).isEqualTo(RowFactory.create(0.5, 10.0, 20.0));
    assertThat(found.subList(0, 3))
        .containsExactly(
            RowFactory.create(100.0, 0.0, 0.0, 0.0, "", ""),
            RowFactory.create(
                100.0,
                StrictMath.log(2),
                StrictMath.log(0.5),
                StrictMath.log(2),
                "+0.69 Expected spend a purchase day; +0.69 Probability to be still buying; -0.69"
                    + " Purchases to come of who still buys",
                "+0.69 仍活躍機率; +0.69 預期單次消費金額; -0.69 仍活躍時的預期購買"),
            RowFactory.create(
                100.0,
                StrictMath.log(0.5),
                StrictMath.log(4),
                StrictMath.log(0.5),
                "+1.39 Purchases to come of who still buys; -0.69 Expected spend a purchase day;"
                    + " -0.69 Probability to be still buying",
                "+1.39 仍活躍時的預期購買; -0.69 仍活躍機率; -0.69 預期單次消費金額"));
    assertThat(found.subList(3, 6)).containsOnly(RowFactory.create(new Object[6]));

    Dataset<Row> unknown = values.filter("spend IS NULL");
    Row none = CustomerValueTransforms.typicalFactors(unknown).head();
    assertThat(
            CustomerValueTransforms.withReasons(values, none)
                .select("typical_value", "alive_points", "value_reasons_en")
                .distinct()
                .collectAsList())
        .containsExactly(RowFactory.create(null, null, null));
  }

  @Test
  void saysWhyAValueIsMissing(SparkSession spark) {
    Dataset<Row> customers =
        spark.sql("SELECT * FROM VALUES ('ann'), ('bob'), ('eve') AS t(customer_id)");
    Dataset<Row> forecasts =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 1L, true), ('bob', 0L, false)"
                + " AS t(customer_id, repeat_purchase_days, has_net_spend)");

    assertThat(reasons(customers, forecasts, Optional.empty(), Optional.empty()))
        .containsExactly("ann null", "bob no_net_spend", "eve no_purchase");
    assertThat(reasons(customers, forecasts, Optional.empty(), Optional.of(Reason.NOT_CONVERGED)))
        .containsExactly("ann not_converged", "bob no_net_spend", "eve no_purchase");
    assertThat(
            reasons(
                customers,
                forecasts,
                Optional.of(Reason.NO_REPEATS),
                Optional.of(Reason.TOO_FEW_REPEATERS)))
        .containsExactly("ann no_repeats", "bob no_repeats", "eve no_purchase");
  }

  private static List<String> reasons(
      Dataset<Row> customers,
      Dataset<Row> forecasts,
      Optional<Reason> noPurchases,
      Optional<Reason> noSpend) {
    return CustomerValueTransforms.withReason(customers, forecasts, noPurchases, noSpend)
        .orderBy("customer_id")
        .collectAsList()
        .stream()
        .map(row -> row.getAs("customer_id") + " " + row.getAs("reason"))
        .toList();
  }
}

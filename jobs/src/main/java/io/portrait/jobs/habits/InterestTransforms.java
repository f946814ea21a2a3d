package io.portrait.jobs.habits;

import static io.portrait.common.table.Entity.ACCOUNT_KEY;
import static io.portrait.common.table.Entity.EVENT_DAY;
import static io.portrait.common.table.FeatureTable.CUSTOMER_ID;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Scores.Interests;
import io.portrait.common.table.HabitTables;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** What customers are interested in, and what they pay there. */
final class InterestTransforms {

  /** Affinities are added as whole billionths, so that the order of adding means nothing. */
  private static final double UNIT = 1e9;

  private static final String CATEGORY = "category";
  private static final String PURCHASE_POINTS = "purchase_points";
  private static final String VIEW_POINTS = "view_points";
  private static final String POINTS = "points";
  private static final String CUSTOMER_POINTS = "customer_points";
  private static final String PAID = "paid_minor";
  private static final String QUANTITY = "quantity_milli";
  private static final String MEAN_PRICE = "mean_price";
  private static final String RANK = "interest_rank";

  private InterestTransforms() {}

  /**
   * What each customer bought and looked at, by category, strictly before the as-of date.
   *
   * <p>In: {@code account_category_day}. Out: {@code customer_id, category, purchase_points,
   * view_points} (affinity in billionths), {@code paid_minor, quantity_milli} (of days with units
   * bought).
   *
   * @param accounts {@code account_key, customer_id}
   */
  static Dataset<Row> summarize(
      Dataset<Row> categoryDays, Dataset<Row> accounts, Interests settings, LocalDate asOf) {
    Column day = lit(Date.valueOf(asOf));
    Column halfLives = datediff(day, col(EVENT_DAY)).divide(lit(settings.halfLifeDays()));
    Column decay = pow(lit(0.5), halfLives).multiply(lit(UNIT));
    Column bought = col(QUANTITY).gt(0);
    return categoryDays
        .filter(col(EVENT_DAY).lt(day))
        .select(
            col(ACCOUNT_KEY),
            col(CATEGORY),
            points(col("lines"), settings.saleLineWeight(), decay).as(PURCHASE_POINTS),
            points(col("page_views"), settings.pageViewWeight(), decay).as(VIEW_POINTS),
            when(bought, col("amount_minor")).otherwise(0L).as(PAID),
            when(bought, col(QUANTITY)).otherwise(0L).as(QUANTITY))
        .groupBy(ACCOUNT_KEY, CATEGORY)
        .agg(sum(PURCHASE_POINTS).as(PURCHASE_POINTS), otherSums())
        .join(accounts, ACCOUNT_KEY)
        .repartition(col(CUSTOMER_ID))
        .groupBy(CUSTOMER_ID, CATEGORY)
        .agg(sum(PURCHASE_POINTS).as(PURCHASE_POINTS), otherSums());
  }

  private static Column points(Column number, double weight, Column decay) {
    return round(number.multiply(lit(weight)).multiply(decay)).cast(LongType);
  }

  private static Column[] otherSums() {
    return new Column[] {
      sum(VIEW_POINTS).as(VIEW_POINTS), sum(PAID).as(PAID), sum(QUANTITY).as(QUANTITY)
    };
  }

  /**
   * Adds to {@link #summarize} {@code points}, {@code interest_rank} (1 is the greatest affinity of
   * the customer; ties by category) and {@code customer_points}, those of all categories.
   */
  static Dataset<Row> withRank(Dataset<Row> summary) {
    WindowSpec customer = Window.partitionBy(CUSTOMER_ID);
    return summary
        .withColumn(POINTS, col(PURCHASE_POINTS).plus(col(VIEW_POINTS)))
        .withColumn(RANK, row_number().over(customer.orderBy(desc(POINTS), col(CATEGORY))))
        .withColumn(CUSTOMER_POINTS, sum(POINTS).over(customer));
  }

  /** The rows of {@link HabitTables#CUSTOMER_INTEREST}. In: {@link #withRank}. */
  static Dataset<Row> selectInterests(Dataset<Row> ranked) {
    return ranked
        .filter(col(RANK).leq(HabitTables.MOST_INTERESTS).and(col(POINTS).gt(0)))
        .select(
            col(CUSTOMER_ID),
            col(CATEGORY),
            col(RANK),
            col(POINTS).divide(UNIT).as("affinity"),
            col(PURCHASE_POINTS).divide(UNIT).as("purchase_affinity"),
            col(VIEW_POINTS).divide(UNIT).as("view_affinity"),
            share().as("share"));
  }

  /** What all customers pay for a unit: {@code category, mean_price}. In: {@link #withRank}. */
  static Dataset<Row> meanPrices(Dataset<Row> ranked) {
    return ranked
        .groupBy(CATEGORY)
        .agg(
            sum(PAID)
                .cast(DoubleType)
                .divide(when(sum(QUANTITY).gt(0), sum(QUANTITY)))
                .as(MEAN_PRICE));
  }

  /**
   * One row per customer: {@code customer_id, top_interest, top_interest_share, interest_count,
   * price_level}.
   *
   * <p>The price level is what was paid by what the same units would have cost at the mean prices;
   * null without units, or where they cost nothing.
   *
   * @param ranked {@link #withRank}
   * @param meanPrices {@link #meanPrices}, one row per category
   */
  static Dataset<Row> summarizeCustomers(Dataset<Row> ranked, Dataset<Row> meanPrices) {
    Column isTop = col(RANK).equalTo(1).and(col(POINTS).gt(0));
    Column usual = sum(col(QUANTITY).multiply(col(MEAN_PRICE)));
    return ranked
        .join(broadcast(meanPrices), CATEGORY)
        .groupBy(CUSTOMER_ID)
        .agg(
            max(when(isTop, col(CATEGORY))).as("top_interest"),
            max(when(isTop, share())).as("top_interest_share"),
            count(when(col(POINTS).gt(0), 1)).as("interest_count"),
            sum(PAID).cast(DoubleType).divide(when(usual.gt(0), usual)).as("price_level"));
  }

  private static Column share() {
    return col(POINTS).cast(DoubleType).divide(col(CUSTOMER_POINTS));
  }
}

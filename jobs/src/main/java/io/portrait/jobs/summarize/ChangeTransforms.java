package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.EVENT_DAY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trunc;

import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import java.time.ZoneId;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which months changed rows touch. Pure: no reads, no writes, no clock. */
final class ChangeTransforms {

  static final String MONTH = "month";
  static final String CHANGES = "changes";

  private static final String CHANGE_TYPE = "_change_type";
  private static final String CHANGED = "changed";
  private static final String ORDER_ID = "order_id";
  private static final String PRODUCT_ID = "product_id";

  private ChangeTransforms() {}

  /**
   * Finds the months that changes touch.
   *
   * <p>A row touches the month of its day, and a ticket that of its closing too. What a row looks
   * up may lie in another month, so a changed order head touches the months of its lines, a changed
   * line that of its head, and a product that gets another category the months in which it was
   * sold.
   *
   * @param changes rows of the change feeds by entity; an update is there before and after
   * @param silver the entities as they stand
   * @param zone the business time zone
   * @return {@code month, changes}; the same month may come several times
   */
  static Dataset<Row> findTouchedMonths(
      Map<Entity, Dataset<Row>> changes, Map<Entity, Dataset<Row>> silver, ZoneId zone) {
    Dataset<Row> tickets =
        RollupTransforms.withClosedDay(changes.get(Entities.SERVICE_TICKET), zone);
    Dataset<Row> items = silver.get(Entities.ORDER_ITEM);
    Stream<Dataset<Row>> own =
        changes.entrySet().stream()
            .filter(change -> change.getKey().eventTime().isPresent())
            .map(change -> summarizeByMonth(change.getValue(), col(EVENT_DAY)));
    Stream<Dataset<Row>> others =
        Stream.of(
            summarizeByMonth(tickets, col(RollupTransforms.CLOSED_DAY)),
            findMonths(silver.get(Entities.ORDER), changes.get(Entities.ORDER_ITEM), ORDER_ID),
            findMonths(items, changes.get(Entities.ORDER), ORDER_ID),
            findMonths(items, findMovedProducts(changes.get(Entities.PRODUCT)), PRODUCT_ID));
    return Stream.concat(own, others).reduce(Dataset::union).orElseThrow();
  }

  /**
   * Counts changes by month.
   *
   * @param changes rows of a change feed: an update is there before and after
   * @param day the day by which a row is counted; rows without one are left out
   * @return {@code month, changes}
   */
  private static Dataset<Row> summarizeByMonth(Dataset<Row> changes, Column day) {
    return changes
        .filter(day.isNotNull())
        .groupBy(trunc(day, "MM").as(MONTH))
        .agg(count(lit(1)).as(CHANGES));
  }

  /** Finds the months of rows whose key is among the changes; none of them has changed itself. */
  private static Dataset<Row> findMonths(Dataset<Row> rows, Dataset<Row> changes, String key) {
    Dataset<Row> changed = changes.select(col(key).as(CHANGED)).distinct();
    return rows.join(changed, col(key).equalTo(col(CHANGED)), "left_semi")
        .select(trunc(col(EVENT_DAY), "MM").as(MONTH))
        .distinct()
        .withColumn(CHANGES, lit(0L));
  }

  /**
   * Finds the products that came, went or changed their category.
   *
   * @param changes the change feed of products
   * @return {@code product_id}
   */
  private static Dataset<Row> findMovedProducts(Dataset<Row> changes) {
    Column category = struct(col("category"));
    Column isUpdate = col(CHANGE_TYPE).startsWith("update");
    return changes
        .groupBy(PRODUCT_ID)
        .agg(min(category).as("least"), max(category).as("greatest"), min(isUpdate).as("is_update"))
        .filter(col("least").notEqual(col("greatest")).or(col("is_update").equalTo(false)))
        .select(PRODUCT_ID);
  }
}

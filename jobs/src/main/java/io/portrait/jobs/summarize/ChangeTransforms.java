package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.EVENT_DAY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trunc;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which months changed rows touch. Pure: no reads, no writes, no clock. */
final class ChangeTransforms {

  static final String MONTH = "month";
  static final String CHANGES = "changes";

  private static final String CHANGE_TYPE = "_change_type";

  private ChangeTransforms() {}

  /**
   * Counts changes by month.
   *
   * @param changes rows of a change feed: an update is there before and after
   * @param day the day by which a row is counted; rows without one are left out
   * @return {@code month, changes}
   */
  static Dataset<Row> summarizeByMonth(Dataset<Row> changes, Column day) {
    return changes
        .filter(day.isNotNull())
        .groupBy(trunc(day, "MM").as(MONTH))
        .agg(count(lit(1)).as(CHANGES));
  }

  /**
   * Finds the months of rows that point to something that changed, none of which has changed
   * itself.
   *
   * @param changed one column, also in {@code rows}
   * @return {@code month, changes}; the changes are 0
   */
  static Dataset<Row> findMonths(Dataset<Row> rows, Dataset<Row> changed) {
    return rows.join(
            changed,
            rows.col(changed.columns()[0]).equalTo(changed.col(changed.columns()[0])),
            "left_semi")
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
  static Dataset<Row> findMovedProducts(Dataset<Row> changes) {
    Column category = struct(col("category"));
    Column isUpdate = col(CHANGE_TYPE).startsWith("update");
    return changes
        .groupBy("product_id")
        .agg(min(category).as("least"), max(category).as("greatest"), min(isUpdate).as("is_update"))
        .filter(col("least").notEqual(col("greatest")).or(col("is_update").equalTo(false)))
        .select("product_id");
  }
}

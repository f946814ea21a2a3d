package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.to_json;

import io.portrait.common.table.Entity;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What stands in a source that is followed by snapshots, of which bronze has every version of every
 * row. Pure: no reads, no writes, no clock.
 */
final class SnapshotTransforms {

  private static final String LAST = "_last_batch";
  private static final String DELETE = "delete";

  private SnapshotTransforms() {}

  /**
   * Adds the last batch that tells of each row's key.
   *
   * @param bronze all batches of a source
   * @param key raw columns that tell rows of the source apart
   */
  static Dataset<Row> withStanding(Dataset<Row> bronze, List<String> key) {
    Column text =
        to_json(array(key.stream().map(k -> col("row").getItem(k)).toArray(Column[]::new)));
    return bronze.withColumn(LAST, max(Entity.BATCH_ID).over(Window.partitionBy(text)));
  }

  /** Keeps the rows that stand in the source. */
  static Dataset<Row> filterStanding(Dataset<Row> judged) {
    return judged.filter(isStanding()).drop(LAST);
  }

  /**
   * Counts the others.
   *
   * <p>Out: {@code batch_id}, rows that a later batch has replaced, rows that tell of a deletion.
   */
  static Dataset<Row> summarizeFallen(Dataset<Row> judged) {
    Column isDelete = col("operation").equalTo(DELETE);
    return judged
        .filter(isStanding().equalTo(false))
        .groupBy(Entity.BATCH_ID)
        .agg(count_if(isDelete.equalTo(false)), count_if(isDelete));
  }

  private static Column isStanding() {
    return col(Entity.BATCH_ID).equalTo(col(LAST)).and(col("operation").notEqual(DELETE));
  }
}

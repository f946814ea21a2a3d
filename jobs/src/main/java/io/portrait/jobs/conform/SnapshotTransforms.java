package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.table.Entity;
import java.util.List;
import java.util.Set;
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
  private static final String IS_STANDING = "_is_standing";
  private static final String DELETE = "delete";

  private SnapshotTransforms() {}

  /**
   * Adds the last batch that tells of each row's key. Discarded batches tell of none: their rows
   * replace and delete nothing, and stay, to be refused.
   *
   * @param bronze all batches of a source
   * @param key raw columns that tell rows of the source apart
   */
  static Dataset<Row> withStanding(Dataset<Row> bronze, List<String> key, Set<Long> discarded) {
    Column text =
        to_json(array(key.stream().map(k -> col("row").getItem(k)).toArray(Column[]::new)));
    Column isDiscarded = col(Entity.BATCH_ID).isin(discarded.toArray());
    return bronze
        .withColumn(
            LAST, max(when(not(isDiscarded), col(Entity.BATCH_ID))).over(Window.partitionBy(text)))
        .withColumn(
            IS_STANDING,
            isDiscarded.or(
                col(Entity.BATCH_ID).equalTo(col(LAST)).and(col("operation").notEqual(DELETE))))
        .drop(LAST);
  }

  /** Keeps the rows that stand in the source, and those of discarded batches. */
  static Dataset<Row> filterStanding(Dataset<Row> judged) {
    return judged.filter(col(IS_STANDING)).drop(IS_STANDING);
  }

  /**
   * Counts the others.
   *
   * <p>Out: {@code batch_id}, rows that a later batch has replaced, rows that tell of a deletion.
   */
  static Dataset<Row> summarizeFallen(Dataset<Row> judged) {
    Column isDelete = col("operation").equalTo(DELETE);
    return judged
        .filter(not(col(IS_STANDING)))
        .groupBy(Entity.BATCH_ID)
        .agg(count_if(isDelete.equalTo(false)), count_if(isDelete));
  }
}

package io.portrait.jobs.conform;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SnapshotTransformsTest {

  /**
   * Amy changed in batch 2 and was deleted in 3; Bob changed in 2; Cid came in 1, Dot in 3 and
   * again in 4.
   */
  private static final String ROWS =
      """
      SELECT batch_id, operation, map('id', id, 'city', city) AS row FROM VALUES
        (1L, 'upsert', 'amy', 'a'), (2L, 'upsert', 'amy', 'b'), (3L, 'delete', 'amy', 'b'),
        (1L, 'upsert', 'bob', 'a'), (2L, 'upsert', 'bob', 'b'), (1L, 'upsert', 'cid', 'a'),
        (3L, 'upsert', 'dot', 'a'), (4L, 'upsert', 'dot', 'b')
        AS t(batch_id, operation, id, city)
      """;

  @Test
  void whatStandsIsWhatTheLastBatchOfAKeyTells(SparkSession spark) {
    Dataset<Row> judged = SnapshotTransforms.withStanding(spark.sql(ROWS), List.of("id"), Set.of());

    assertThat(standing(judged)).containsExactly("1 cid a", "2 bob b", "4 dot b");
    assertThat(fallen(judged)).containsExactly("1 2 0", "2 1 0", "3 1 1");
  }

  @Test
  void aDiscardedBatchReplacesAndDeletesNothing(SparkSession spark) {
    Dataset<Row> judged =
        SnapshotTransforms.withStanding(spark.sql(ROWS), List.of("id"), Set.of(3L, 4L));

    // Those of the discarded batches stay, to be refused by count.
    assertThat(standing(judged))
        .containsExactly("1 cid a", "2 amy b", "2 bob b", "3 amy b", "3 dot a", "4 dot b");
    assertThat(fallen(judged)).containsExactly("1 2 0");
  }

  private static List<String> standing(Dataset<Row> judged) {
    return SnapshotTransforms.filterStanding(judged)
        .selectExpr("concat_ws(' ', batch_id, row['id'], row['city']) AS text")
        .orderBy("text")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** Batch, rows replaced, rows that deleted. */
  private static List<String> fallen(Dataset<Row> judged) {
    return SnapshotTransforms.summarizeFallen(judged).orderBy("batch_id").collectAsList().stream()
        .map(row -> row.getLong(0) + " " + row.getLong(1) + " " + row.getLong(2))
        .toList();
  }
}

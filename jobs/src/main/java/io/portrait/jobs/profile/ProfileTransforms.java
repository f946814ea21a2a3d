package io.portrait.jobs.profile;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Tag;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.ProfileTables;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The wide profile and its tags. Pure: no reads, no writes, no clock. */
final class ProfileTransforms {

  private static final String AS_OF = "as_of";
  private static final String CUSTOMER_ID = "customer_id";
  private static final String RUN_ID = "run_id";
  private static final String TAG_CODE = "tag_code";
  private static final String VALID_FROM = "valid_from";
  private static final String VALID_TO = "valid_to";

  private ProfileTransforms() {}

  /**
   * Adds scores, lifecycle state, cluster, value and predictions to features, all of one as-of
   * date; null for customers without them.
   */
  static Dataset<Row> withScores(
      Dataset<Row> features,
      Dataset<Row> rfm,
      Dataset<Row> lifecycle,
      Dataset<Row> customerCluster,
      Dataset<Row> cluster,
      Dataset<Row> customerValue,
      Dataset<Row> customerPrediction) {
    Dataset<Row> names =
        cluster.select(
            col("cluster_id"),
            col("name_en").as("cluster_name_en"),
            col("name_zh").as("cluster_name_zh"));
    return features
        .join(
            rfm.select(
                CUSTOMER_ID, "r_score", "f_score", "m_score", "rfm_code", "segment", "value_type"),
            customer(),
            "left")
        .join(
            lifecycle.select(col(CUSTOMER_ID), col("state").as("lifecycle_state")),
            customer(),
            "left")
        .join(customerCluster.select(CUSTOMER_ID, "cluster_id"), customer(), "left")
        .join(names, new String[] {"cluster_id"}, "left")
        .join(
            customerValue.select(CUSTOMER_ID, ProfileTables.VALUE_COLUMNS.toArray(String[]::new)),
            customer(),
            "left")
        .join(
            customerPrediction.select(
                CUSTOMER_ID, PredictTables.PROFILE_COLUMNS.toArray(String[]::new)),
            customer(),
            "left");
  }

  /** Adds a yes-or-no column per tag with a rule; a rule that comes out as null is no. */
  static Dataset<Row> withTags(Dataset<Row> wide, List<Tag> tags, String runId) {
    List<Column> columns = new ArrayList<>();
    for (String name : wide.columns()) {
      if (!name.equals(RUN_ID)) {
        columns.add(col(name));
      }
    }
    columns.add(lit(runId).as(RUN_ID));
    for (Tag tag : new TagTree(tags).leaves()) {
      Column rule = expr(tag.rule().orElseThrow().sql());
      columns.add(coalesce(rule, lit(false)).as(column(tag)));
    }
    return wide.select(columns.toArray(Column[]::new));
  }

  /** One row per customer and tag held: {@code customer_id, tag_code}. */
  static Dataset<Row> selectHeldTags(Dataset<Row> profiles, List<Tag> tags) {
    Column[] held =
        new TagTree(tags)
            .leaves().stream()
                .map(tag -> when(col(column(tag)), lit(tag.code())))
                .toArray(Column[]::new);
    Column codes = held.length == 0 ? lit(new String[0]) : array(held);
    return profiles
        .select(col(CUSTOMER_ID), explode(codes).as(TAG_CODE))
        .filter(col(TAG_CODE).isNotNull());
  }

  /**
   * The history of tags at an as-of date.
   *
   * <p>A tag held at the previous as-of date too keeps its {@code valid_from}; one held anew starts
   * now. A tag lost since then, also by a customer or a tag that is no more, is shown once more,
   * with {@code valid_to} now. Tags lost earlier stand in earlier as-of dates alone.
   *
   * @param held {@code customer_id, tag_code} now
   * @param previous {@link ProfileTables#CUSTOMER_TAG} of the previous as-of date
   */
  static Dataset<Row> updateTagHistory(
      Dataset<Row> held, Dataset<Row> previous, LocalDate asOf, String runId) {
    Column now = lit(Date.valueOf(asOf));
    Dataset<Row> before =
        previous
            .filter(col(VALID_TO).isNull())
            .select(col(CUSTOMER_ID), col(TAG_CODE), col(VALID_FROM));
    return held.withColumn("is_held", lit(true))
        .join(before, new String[] {CUSTOMER_ID, TAG_CODE}, "full_outer")
        .select(
            now.as(AS_OF),
            col(CUSTOMER_ID),
            col(TAG_CODE),
            lit(runId).as(RUN_ID),
            coalesce(col(VALID_FROM), now).as(VALID_FROM),
            when(col("is_held").isNull(), now).as(VALID_TO));
  }

  /**
   * Counts the customers of every tag in one pass: one row with a column per tag code, and {@code
   * customers} in all. A branch counts customers that hold any tag below it.
   */
  static Dataset<Row> countTags(Dataset<Row> profiles, List<Tag> tags) {
    TagTree tree = new TagTree(tags);
    List<Column> counts = new ArrayList<>();
    for (Tag tag : tags) {
      Column isHeld =
          tree.leavesBelow(tag).stream()
              .map(leaf -> col(column(leaf)))
              .reduce(Column::or)
              .orElse(lit(false));
      counts.add(count(when(isHeld, lit(1))).as(column(tag)));
    }
    return profiles.agg(count(lit(1)).as("customers"), counts.toArray(Column[]::new));
  }

  static String column(Tag tag) {
    return ProfileTables.TAG_PREFIX + tag.code();
  }

  private static String[] customer() {
    return new String[] {CUSTOMER_ID};
  }
}

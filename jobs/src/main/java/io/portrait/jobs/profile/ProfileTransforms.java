package io.portrait.jobs.profile;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_from_entries;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Score;
import io.portrait.common.config.Tag;
import io.portrait.common.config.Title;
import io.portrait.common.job.Consents;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.transform.ReasonTexts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
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

  /** What the profile takes over of RFM. */
  static Dataset<Row> selectRfm(Dataset<Row> rfm) {
    return rfm.select(
        CUSTOMER_ID, "r_score", "f_score", "m_score", "rfm_code", "segment", "value_type");
  }

  /** What the profile takes over of the life of a customer. */
  static Dataset<Row> selectLifecycle(Dataset<Row> lifecycle) {
    return lifecycle.select(col(CUSTOMER_ID), col("state").as("lifecycle_state"));
  }

  /** Each customer's cluster with its names. */
  static Dataset<Row> selectCluster(Dataset<Row> customerCluster, Dataset<Row> cluster) {
    Dataset<Row> names =
        cluster.select(
            col("cluster_id"),
            col("name_en").as("cluster_name_en"),
            col("name_zh").as("cluster_name_zh"));
    return customerCluster
        .select("cluster_id", CUSTOMER_ID)
        .join(broadcast(names), new String[] {"cluster_id"}, "left");
  }

  /**
   * The columns of every declared score: the score, its level, percentile and coverage, and its
   * reasons as {@link ReasonTexts}.
   *
   * @param customerScore {@code gold_sensitive/customer_score} of one as-of date
   * @param open scores that have columns for their reasons without sensitive ones
   */
  static Dataset<Row> selectDeclaredScores(
      Dataset<Row> customerScore, List<Score> scores, Set<String> open) {
    Dataset<Row> byCustomer =
        customerScore
            .withColumn("reasons", ReasonTexts.shown(""))
            .withColumn("open_reasons", ReasonTexts.shown(ScoreTables.OPEN_PREFIX))
            .withColumn("reasons_en", reasonText("reasons", scores, Title::en))
            .withColumn("reasons_zh", reasonText("reasons", scores, Title::zh))
            .withColumn("open_reasons_en", reasonText("open_reasons", scores, Title::en))
            .withColumn("open_reasons_zh", reasonText("open_reasons", scores, Title::zh))
            .groupBy(CUSTOMER_ID)
            .agg(
                map_from_entries(
                        collect_list(
                            struct(
                                col("score_code"),
                                struct(
                                    "score",
                                    "level",
                                    "percentile",
                                    "coverage",
                                    "reasons_en",
                                    "reasons_zh",
                                    "open_reasons_en",
                                    "open_reasons_zh"))))
                    .as("scores"));
    List<Column> columns = new ArrayList<>(List.of(col(CUSTOMER_ID)));
    for (Score score : scores) {
      Column one = element_at(col("scores"), score.name());
      columns.add(one.getField("score").as(score.name()));
      columns.add(one.getField("level").as(score.name() + ProfileTables.LEVEL_SUFFIX));
      columns.add(one.getField("percentile").as(score.name() + ProfileTables.PERCENTILE_SUFFIX));
      columns.add(one.getField("coverage").as(score.name() + ProfileTables.COVERAGE_SUFFIX));
      columns.add(one.getField("reasons_en").as(score.name() + ProfileTables.REASONS_EN_SUFFIX));
      columns.add(one.getField("reasons_zh").as(score.name() + ProfileTables.REASONS_ZH_SUFFIX));
      if (open.contains(score.name())) {
        columns.add(
            one.getField("open_reasons_en")
                .as(score.name() + ProfileTables.OPEN_REASONS_EN_SUFFIX));
        columns.add(
            one.getField("open_reasons_zh")
                .as(score.name() + ProfileTables.OPEN_REASONS_ZH_SUFFIX));
      }
    }
    return byCustomer.select(columns.toArray(Column[]::new));
  }

  /** The reasons with the titles of their characteristics, one text; null without any. */
  private static Column reasonText(
      String reasons, List<Score> scores, Function<Title, String> language) {
    List<Column> titles = new ArrayList<>();
    for (Score score : scores) {
      if (!score.characteristics().isEmpty()) {
        titles.add(lit(score.name()));
        titles.add(ReasonTexts.titles(score, language));
      }
    }
    if (titles.isEmpty()) {
      return lit(null).cast(StringType);
    }
    Column ofScore = element_at(map(titles.toArray(Column[]::new)), col("score_code"));
    return when(size(col(reasons)).gt(0), ReasonTexts.join(col(reasons), ofScore));
  }

  /**
   * What the profile takes over of a table that says in {@code reason} why something is null.
   *
   * @param reason name of that column in the profile
   */
  static Dataset<Row> selectReasoned(Dataset<Row> table, List<String> columns, String reason) {
    return table
        .withColumnRenamed("reason", reason)
        .select(
            CUSTOMER_ID, Stream.concat(columns.stream(), Stream.of(reason)).toArray(String[]::new));
  }

  /**
   * Says of customers without a purchase that they have none: nothing is predicted of them, so that
   * they are not among the predictions.
   *
   * @param wide with the reasons of value and predictions
   */
  static Dataset<Row> withReasonOfNoPurchase(Dataset<Row> wide) {
    Column value = col(ProfileTables.VALUE_REASON);
    return wide.withColumn(
        ProfileTables.PREDICTION_REASON,
        coalesce(
            col(ProfileTables.PREDICTION_REASON),
            when(value.equalTo(ProfileTables.NO_PURCHASE), value)));
  }

  /** What the profile takes over of credit. */
  static Dataset<Row> selectCredit(Dataset<Row> customerCredit) {
    return customerCredit.select(
        col(CUSTOMER_ID),
        col("grade").as("credit_grade"),
        col("probability_of_default"),
        col("route").as("credit_route"),
        col("suggested_limit"));
  }

  /**
   * Adds a yes-or-no column per tag with a rule; a rule that comes out as null is no. Null for who
   * may not be used for the tag's purpose.
   *
   * @param wide with the flags of {@link Consents#withAllowed}
   */
  static Dataset<Row> withTags(Dataset<Row> wide, List<Tag> tags, String runId) {
    List<Column> columns = new ArrayList<>();
    for (String name : wide.columns()) {
      if (!name.equals(RUN_ID)) {
        columns.add(col("`" + name + "`"));
      }
    }
    columns.add(lit(runId).as(RUN_ID));
    for (Tag tag : new TagTree(tags).leaves()) {
      Column rule = expr(tag.rule().orElseThrow().sql());
      columns.add(
          when(Consents.isAllowed(tag.purpose()), coalesce(rule, lit(false))).as(column(tag)));
    }
    return Consents.withoutFlags(wide.select(columns.toArray(Column[]::new)));
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
}

package io.portrait.jobs.features;

import static io.portrait.common.table.Entity.EVENT_DAY;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.nanvl;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.FeatureTable;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Features from dated facts: attributes and credit reports. Pure: no reads, no writes, no clock.
 */
final class FactTransforms {

  /** What a row without a confidence has. */
  private static final double USUAL_CONFIDENCE = 0.5;

  private static final Object[] YES = {"true", "t", "yes", "y", "是", "有", "on"};
  private static final Object[] NO = {"false", "f", "no", "n", "否", "無", "无", "off"};

  /** A currency sign or code before the number, and what parts its thousands. */
  private static final String NOT_OF_THE_NUMBER =
      "(^(?:[A-Z]{0,2}[$€£¥] ?|[A-Z]{3} )|[, ](?=[0-9]{3}(?:[, .]|$)))";

  private static final String PICKED = "picked_";

  private FactTransforms() {}

  /** Keeps the rows of days strictly before the as-of date. */
  static Dataset<Row> filterBefore(Dataset<Row> facts, LocalDate asOf) {
    return facts.filter(col(EVENT_DAY).lt(lit(Date.valueOf(asOf))));
  }

  /**
   * Adds to attributes what their text may mean, null where it does not: {@code number}, {@code
   * amount_minor} (the number in minor units) and {@code is_yes} (a word for yes or no; a number is
   * yes above 0 and no at 0). Other entities have typed columns and stay as they are.
   *
   * @param decimals digits of the currency's minor unit
   */
  static Dataset<Row> withReadings(Dataset<Row> facts, Entity entity, int decimals) {
    if (!entity.equals(Entities.ATTRIBUTE)) {
      return facts;
    }
    Column text = trim(col("value"));
    Column number = regexp_replace(text, NOT_OF_THE_NUMBER, "").try_cast(createDecimalType(24, 6));
    Column word = lower(text);
    return facts
        .withColumn("number", number)
        .withColumn(
            "amount_minor",
            round(col("number").multiply(lit((long) Math.pow(10, decimals))), 0).try_cast(LongType))
        .withColumn(
            "is_yes",
            when(word.isin(YES).or(col("number").gt(0)), lit(true))
                .when(word.isin(NO).or(col("number").equalTo(0)), lit(false)));
  }

  /**
   * The value of each feature in the row that its aggregate picks, strictly before the as-of date,
   * for all features of one entity in one pass.
   *
   * <p>A row counts for the features that it has a value of. Of rows of all accounts of a customer
   * {@code latest} picks that of the latest event, {@code surest} that of the greatest confidence,
   * then the latest; of equal ones the first by the entity's key. Out: {@code customer_id} and one
   * column per feature, as its declared type; customers without rows are missing.
   *
   * @param facts {@link #withReadings} of the silver table
   * @param accounts {@code account_key, customer_id}
   * @param features features of one entity
   */
  static Dataset<Row> pickFacts(
      Dataset<Row> facts, Dataset<Row> accounts, List<Feature> features, LocalDate asOf) {
    Entity entity = features.get(0).from().entity();
    List<Column> candidates = new ArrayList<>(List.of(col(Entity.ACCOUNT_KEY)));
    List<Column> best = new ArrayList<>();
    List<Column> values = new ArrayList<>(List.of(col(FeatureTable.CUSTOMER_ID)));
    for (Feature feature : features) {
      String candidate = PICKED + feature.name();
      candidates.add(candidate(feature, entity).as(candidate));
      best.add(min(candidate).as(candidate));
      values.add(col(candidate).getField("value").as(feature.name()));
    }
    return filterBefore(facts, asOf)
        .select(candidates.toArray(Column[]::new))
        .join(accounts, Entity.ACCOUNT_KEY)
        .groupBy(FeatureTable.CUSTOMER_ID)
        .agg(best.get(0), best.subList(1, best.size()).toArray(Column[]::new))
        .select(values.toArray(Column[]::new));
  }

  /** The value with what orders it among others, the best first; null if the row has none. */
  private static Column candidate(Feature feature, Entity entity) {
    List<Column> order = new ArrayList<>();
    if (feature.aggregate().orElseThrow() == Aggregate.SUREST) {
      Column confidence = nanvl(col("confidence"), lit(null).cast(DoubleType));
      order.add(negate(coalesce(confidence, lit(USUAL_CONFIDENCE))).as("confidence"));
    }
    order.add(negate(unix_micros(col(entity.eventTime().orElseThrow()))).as("time"));
    entity.key().forEach(key -> order.add(col(key).as("key_" + key)));
    Column value = FeatureTransforms.typed(feature, expr(feature.value().sql()));
    order.add(value.as("value"));
    return when(value.isNotNull(), struct(order.toArray(Column[]::new)));
  }
}

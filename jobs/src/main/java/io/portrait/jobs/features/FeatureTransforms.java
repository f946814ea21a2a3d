package io.portrait.jobs.features;

import static io.portrait.common.table.FeatureTable.AS_OF;
import static io.portrait.common.table.FeatureTable.CUSTOMER_ID;
import static io.portrait.common.table.FeatureTable.RUN_ID;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.config.Feature.From;
import io.portrait.common.table.Entity;
import io.portrait.common.transform.SideBySide;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;

/** Features by declaration. Pure: no reads, no writes, no clock. */
final class FeatureTransforms {

  private static final String CATEGORY = "category";
  private static final int QUANTITY_DECIMALS = 3;

  private FeatureTransforms() {}

  /**
   * All features that add, compare or date the rows of one rollup, in one pass over it.
   *
   * <p>Rows meet the accounts of customers as they are, and are brought together by customer once.
   * There they are reduced to one per bucket of {@link Windows} and then to one per customer, so
   * that the number of features and windows does not multiply the work on the rollup. Out: {@code
   * customer_id} and one column per feature and window; customers without rows are missing.
   *
   * @param accounts {@code account_key, customer_id}
   */
  static Dataset<Row> summarizeRollup(
      Dataset<Row> rollup, Dataset<Row> accounts, List<Feature> features, LocalDate asOf) {
    Windows windows = Windows.of(asOf, features);
    Map<String, Partial> partials = Partial.of(features);
    boolean hasDays = partials.values().stream().anyMatch(Partial::isDays);
    Dataset<Row> rows = windows.filterReached(rollup).withColumn(Windows.BUCKET, windows.bucket());
    rows = hasDays ? windows.withSlice(rows) : rows.withColumn(Windows.SLICE, lit(0));
    // Both aggregates find the rows of a customer together, without another shuffle.
    Dataset<Row> perBucket =
        aggregated(
            rows.join(accounts, Entity.ACCOUNT_KEY)
                .repartition(col(CUSTOMER_ID))
                .groupBy(CUSTOMER_ID, Windows.BUCKET, Windows.SLICE),
            partials.values().stream().flatMap(partial -> partial.columns().stream()).toList());
    List<Column> values = new ArrayList<>();
    for (Feature feature : features) {
      Partial partial = partials.get(Partial.key(feature));
      for (String window : feature.windowsOrAll()) {
        values.add(partial.inWindow(windows, window).as(feature.columnName(window)));
      }
    }
    return aggregated(perBucket.groupBy(CUSTOMER_ID), values);
  }

  /**
   * All features that compare categories, in one pass over the category rollup.
   *
   * <p>In and out as {@link #summarizeRollup}. Of categories with equal sums the first by name is
   * the top one.
   */
  static Dataset<Row> summarizeCategories(
      Dataset<Row> rollup, Dataset<Row> accounts, List<Feature> features, LocalDate asOf) {
    Windows windows = Windows.of(asOf, features);
    List<Column> sums = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    for (Feature feature : features) {
      Column value = expr(feature.value().sql()).cast(LongType);
      for (String window : feature.windowsOrAll()) {
        String total = "sum_" + feature.columnName(window);
        sums.add(sum(when(windows.includes(window), value)).as(total));
        values.add(compared(feature, col(total)).as(feature.columnName(window)));
      }
    }
    Dataset<Row> perCategory =
        aggregated(
            windows
                .filterReached(rollup)
                .withColumn(Windows.BUCKET, windows.bucket())
                .join(accounts, Entity.ACCOUNT_KEY)
                .repartition(col(CUSTOMER_ID))
                .groupBy(CUSTOMER_ID, CATEGORY),
            sums);
    return aggregated(perCategory.groupBy(CUSTOMER_ID), values);
  }

  private static Column compared(Feature feature, Column total) {
    if (feature.aggregate().orElseThrow() == Aggregate.CATEGORIES) {
      return count(when(total.gt(0), lit(1)));
    }
    Column smallestFirst = struct(negate(total).as("order"), col(CATEGORY).as(CATEGORY));
    return min(when(total.gt(0), smallestFirst)).getField(CATEGORY);
  }

  /**
   * Brings all features of each customer together.
   *
   * <p>Out: one row per customer of the golden record with {@code as_of, customer_id, run_id} and
   * every feature, published: money and quantities as decimals. A customer without rows has the
   * declared fill.
   *
   * @param customers golden records of one as-of date
   * @param summaries results of {@link #summarizeRollup}, {@link #summarizeCategories} and {@link
   *     FactTransforms#pickFacts}
   * @param features all features, in any order
   * @param decimals digits of the currency's minor unit
   */
  static Dataset<Row> publishFeatures(
      Dataset<Row> customers,
      List<Dataset<Row>> summaries,
      List<Feature> features,
      int decimals,
      String runId) {
    List<Column> own = new ArrayList<>(List.of(col(AS_OF), col(CUSTOMER_ID)));
    for (Feature feature : features) {
      if (feature.from() == From.CUSTOMER) {
        own.add(filled(feature, typed(feature, expr(feature.value().sql()))).as(feature.name()));
      }
    }
    Dataset<Row> joined =
        SideBySide.join(customers.select(own.toArray(Column[]::new)), summaries, CUSTOMER_ID);
    List<Column> known = new ArrayList<>(List.of(col(AS_OF), col(CUSTOMER_ID)));
    for (Feature feature : features) {
      if (feature.from() != From.FEATURE) {
        for (String column : feature.columnNames()) {
          known.add(filled(feature, col(column)).as(column));
        }
      }
    }
    Dataset<Row> wide = joined.select(known.toArray(Column[]::new));
    for (Feature feature : FeatureOrder.of(features).ordered()) {
      Column value = filled(feature, typed(feature, expr(feature.value().sql())));
      wide = wide.withColumn(feature.name(), value);
    }
    List<Column> published =
        new ArrayList<>(List.of(col(AS_OF), col(CUSTOMER_ID), lit(runId).as(RUN_ID)));
    for (Feature feature : features) {
      for (String column : feature.columnNames()) {
        published.add(scaled(feature, col(column), decimals).as(column));
      }
    }
    return wide.select(published.toArray(Column[]::new));
  }

  /** A value as its declared type; money is rounded to the minor unit. */
  static Column typed(Feature feature, Column value) {
    return switch (feature.type().orElseThrow()) {
      case STRING -> value.cast(StringType);
      case LONG -> value.cast(LongType);
      case DOUBLE -> value.cast(DoubleType);
      case BOOLEAN -> value.cast(BooleanType);
      case DATE -> value.cast(DateType);
      case MONEY -> round(value).cast(LongType);
    };
  }

  private static Column filled(Feature feature, Column value) {
    return feature.fill().map(fill -> coalesce(value, lit(fill))).orElse(value);
  }

  private static Column scaled(Feature feature, Column value, int decimals) {
    return switch (feature.unit()) {
      case MONEY -> decimal(value, decimals);
      case QUANTITY -> decimal(value, QUANTITY_DECIMALS);
      default -> value;
    };
  }

  /** Exact: a decimal quotient keeps at least six digits, and no more than four are needed. */
  private static Column decimal(Column value, int decimals) {
    return value
        .cast(createDecimalType(20, 0))
        .divide(lit((long) Math.pow(10, decimals)).cast(createDecimalType(5, 0)))
        .cast(createDecimalType(18, decimals));
  }

  private static Dataset<Row> aggregated(RelationalGroupedDataset groups, List<Column> columns) {
    return groups.agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new));
  }
}

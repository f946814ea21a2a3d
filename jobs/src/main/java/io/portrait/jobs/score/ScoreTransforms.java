package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log1p;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Bin;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.config.Score.Direction;
import io.portrait.common.config.Score.Part;
import io.portrait.common.job.Consents;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.transform.CustomerSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Declared scores of customers, with what raised and lowered them.
 *
 * <p>A score is worked out in several narrow selections, one score at a time: as one expression
 * over all scores it would outgrow the methods that Spark generates.
 */
final class ScoreTransforms {

  /** Points that an unknown input counts as, and that a scorecard's reasons start from. */
  private static final double NEUTRAL = 50;

  /** A part is not taken lower: one part at zero would make the whole score zero. */
  private static final double LEAST_PART = 1;

  private static final String CUSTOMER_ID = "customer_id";
  private static final String SCORE_CODE = "score_code";
  private static final String SCORE = "score";
  private static final String COVERAGE = "coverage";
  private static final String BASE = "base";
  private static final String REASONS = "reasons";
  private static final String POINTS = "points";
  private static final String CODE = "code";

  private static final List<String> DIRECTIONS = List.of("raised", "lowered");

  private static final String NO_REASONS =
      "CAST(array() AS ARRAY<STRUCT<position: DOUBLE, code: STRING, points: DOUBLE>>)";

  private ScoreTransforms() {}

  /**
   * The values of all characteristics and SQL scores, one column each, named by {@link #valueName};
   * a number that is not finite is null, and so is a category that has no points.
   *
   * @param inputs one row per customer: features and habits
   */
  static Dataset<Row> values(Dataset<Row> inputs, List<Score> scores) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(CUSTOMER_ID));
    for (Score score : scores) {
      score.sql().ifPresent(sql -> columns.add(number(sql.sql()).as(valueName(score))));
      for (Characteristic characteristic : score.characteristics()) {
        String sql = characteristic.value().sql();
        Column value =
            characteristic.categories().isEmpty() ? number(sql) : category(sql, characteristic);
        columns.add(value.as(valueName(score, characteristic)));
      }
    }
    return inputs.select(columns.toArray(Column[]::new));
  }

  /**
   * The values of customers who may be used for a score's purpose; null of others, so that they
   * enter no percentile either.
   *
   * @param values {@link #values}, with the flags of {@link Consents#withAllowed}
   */
  static Dataset<Row> onlyAllowed(Dataset<Row> values, List<Score> scores) {
    List<Column> columns = new ArrayList<>();
    for (String name : values.columns()) {
      columns.add(
          scores.stream()
              .filter(score -> name.startsWith(valueName(score)))
              .findFirst()
              .map(score -> when(Consents.isAllowed(score.purposeOrDefault()), quoted(name)))
              .orElseGet(() -> quoted(name))
              .as(name));
    }
    return values.select(columns.toArray(Column[]::new));
  }

  /** Column of an SQL or class score's value. */
  static String valueName(Score score) {
    return score.name() + "/";
  }

  /** Column of a characteristic's value. */
  static String valueName(Score score, Characteristic characteristic) {
    return score.name() + "/" + characteristic.name();
  }

  /** One row: the number of customers, and of those with a value in each column. */
  static Dataset<Row> countKnown(Dataset<Row> values) {
    List<Column> counts = new ArrayList<>();
    for (String name : values.columns()) {
      if (!name.equals(CUSTOMER_ID)) {
        counts.add(count(quoted(name)).as(name));
      }
    }
    return values.agg(count(lit(1)).as("customers"), counts.toArray(Column[]::new));
  }

  /**
   * The middles of the columns that percentiles are taken of: one row, an array a column.
   *
   * @param known number of values by column, all greater than 0
   */
  static Dataset<Row> middles(Dataset<Row> values, Map<String, Long> known) {
    return values.agg(
        count(lit(1)),
        known.entrySet().stream()
            .map(
                column ->
                    percentile(quoted(column.getKey()), literals(Ranks.middles(column.getValue())))
                        .as(column.getKey()))
            .toArray(Column[]::new));
  }

  /**
   * One score of every customer.
   *
   * <p>Out: {@code customer_id, score_code, score, coverage, base, reasons}; the reasons are all
   * contributions, null or 0 where there is none. Score, base and reasons are null where nothing is
   * known.
   *
   * @param values {@link #values}, and the scores of a class
   * @param ranks by column of a value with a percentile; absent where nobody has a value
   */
  static Dataset<Row> score(Dataset<Row> values, Score score, Map<String, Ranks> ranks) {
    if (score.scorecard().isPresent()) {
      return scorecard(values, score, ranks);
    }
    return score.points().isPresent() ? points(values, score) : plain(values, score);
  }

  /**
   * A scorecard. With points p_i, weights w_i and W_k in shares of one, a part is t_k = sum(w_i
   * p_i), not below 1, and the score s = product(t_k ^ W_k).
   *
   * <p>Relative to the neutral 50, ln(s / 50) = sum(W_k ln(t_k / 50)). With the logarithmic mean
   * L(a, b) = (a - b) / (ln a - ln b) this is s - 50 = L(s, 50) sum(W_k ln(t_k / 50)), and a part's
   * share is handed on to its characteristics in proportion to w_i (p_i - 50), the sum of which is
   * the unbounded part less 50. So 50 and the contributions sum to the score.
   */
  private static Dataset<Row> scorecard(
      Dataset<Row> values, Score score, Map<String, Ranks> ranks) {
    List<Part> parts = score.scorecard().orElseThrow().parts();
    List<Column> points = new ArrayList<>(List.of(col(CUSTOMER_ID)));
    List<Column> sums = new ArrayList<>(List.of(col("*")));
    List<Column> shares = new ArrayList<>(List.of(col("*")));
    List<Column> reasons = new ArrayList<>();
    Column known = lit(0.0);
    Column product = lit(1.0);
    double all = 0;
    for (int k = 0; k < parts.size(); k++) {
      Part part = parts.get(k);
      String partName = "part_" + k;
      Column sum = lit(0.0);
      for (Characteristic characteristic : part.characteristics()) {
        double weight = characteristic.weight().orElseThrow() / 100;
        String name = valueName(score, characteristic);
        points.add(pointsOf(score, characteristic, ranks).as(name));
        sum = sum.plus(coalesce(quoted(name), lit(NEUTRAL)).multiply(weight));
        known = known.plus(when(quoted(name).isNotNull(), part.weight() * weight).otherwise(0.0));
        all += part.weight() * weight;
        reasons.add(
            reason(
                characteristic,
                col("share_" + k).multiply(quoted(name).minus(NEUTRAL)).multiply(weight)));
      }
      sums.add(sum.as(partName));
      product = product.multiply(pow(bounded(partName), lit(part.weight() / 100)));
      shares.add(
          logarithmicMean(col(SCORE))
              .multiply(part.weight() / 100)
              .multiply(slope(partName))
              .as("share_" + k));
    }
    sums.add(known.divide(all).as(COVERAGE));
    return values
        .select(points.toArray(Column[]::new))
        .select(sums.toArray(Column[]::new))
        .withColumn(SCORE, when(col(COVERAGE).gt(0), product))
        .select(shares.toArray(Column[]::new))
        .select(result(score, lit(NEUTRAL), array(reasons.toArray(Column[]::new))));
  }

  /** Points that add up to the base; what is not known has its own points. */
  private static Dataset<Row> points(Dataset<Row> values, Score score) {
    Score.Points card = score.points().orElseThrow();
    List<Column> points = new ArrayList<>(List.of(col(CUSTOMER_ID)));
    List<Column> reasons = new ArrayList<>();
    Column known = lit(0.0);
    Column sum = lit(card.base());
    for (Characteristic characteristic : card.characteristics()) {
      String name = valueName(score, characteristic);
      points.add(pointsOf(score, characteristic, Map.of()).as(name));
      Column given = coalesce(quoted(name), lit(characteristic.missing().orElse(0.0)));
      known = known.plus(when(quoted(name).isNotNull(), 1.0).otherwise(0.0));
      sum = sum.plus(given);
      reasons.add(reason(characteristic, given));
    }
    return values
        .select(points.toArray(Column[]::new))
        .withColumn(COVERAGE, known.divide((double) card.characteristics().size()))
        .withColumn(SCORE, when(col(COVERAGE).gt(0), sum))
        .select(result(score, lit(card.base()), array(reasons.toArray(Column[]::new))));
  }

  /** A number that somebody else worked out: it is its own base. */
  private static Dataset<Row> plain(Dataset<Row> values, Score score) {
    return values
        .select(col(CUSTOMER_ID), quoted(valueName(score)).as(SCORE))
        .withColumn(COVERAGE, when(col(SCORE).isNotNull(), 1.0).otherwise(0.0))
        .select(result(score, col(SCORE), expr(NO_REASONS)));
  }

  private static Column[] result(Score score, Column base, Column reasons) {
    Column isScored = col(SCORE).isNotNull();
    return new Column[] {
      col(CUSTOMER_ID),
      lit(score.name()).as(SCORE_CODE),
      col(SCORE),
      col(COVERAGE),
      when(isScored, base).as(BASE),
      when(isScored, reasons).as(REASONS)
    };
  }

  /**
   * What is known of a score as a whole: one row per score, {@code score_code, customers,
   * scored_customers, mean_score, mean_coverage, cuts}; the cuts are those of {@link
   * Ranks#percentile}, null without a score.
   *
   * @param scored {@link #score} of all scores
   * @param size customers that the cuts are made on
   * @param customers all customers
   */
  static Dataset<Row> summarize(Dataset<Row> scored, int size, long customers) {
    Column sampled = when(CustomerSample.contains(size, customers), col(SCORE));
    return scored
        .groupBy(SCORE_CODE)
        .agg(
            count(lit(1)).as("customers"),
            count(SCORE).as("scored_customers"),
            round(avg(SCORE), 6).as("mean_score"),
            round(avg(COVERAGE), 6).as("mean_coverage"),
            percentile(sampled, literals(Ranks.hundredths())).as("cuts"));
  }

  /** Adds {@code level} and {@code percentile} to one score of every customer. */
  static Dataset<Row> withStanding(Dataset<Row> scored, Score score, Ranks ranks) {
    Column level = lit(1);
    for (double cut : score.levels()) {
      level = level.plus(when(col(SCORE).geq(cut), 1).otherwise(0));
    }
    Column known =
        score.levels().isEmpty()
            ? lit(null).cast(IntegerType)
            : when(col(SCORE).isNotNull(), level);
    return scored
        .withColumn("level", known)
        .withColumn(
            "percentile",
            udf((UDF1<Double, Integer>) ranks::percentile, IntegerType).apply(col(SCORE)));
  }

  /**
   * Replaces the reasons by the greatest of each direction and the sum of the others; ties by code.
   * Adds the same of those reasons that tell of nothing sensitive, so that what is missing there
   * does not tell that something sensitive was greater.
   *
   * @param sensitive codes of the reasons that tell of something sensitive, by score; of other
   *     scores there are no open reasons
   */
  static Dataset<Row> withTopReasons(Dataset<Row> scored, Map<String, List<String>> sensitive) {
    List<Column> columns = new ArrayList<>(List.of(col("*")));
    Column others = lit(0.0);
    for (String direction : DIRECTIONS) {
      columns.addAll(top(direction));
      Column rest = slice(col(direction), lit(ScoreTables.REASONS + 1), size(col(direction)));
      others =
          others.plus(
              aggregate(rest, lit(0.0), (sum, reason) -> sum.plus(reason.getField(POINTS))));
    }
    columns.add(others.as("other_points"));
    List<String> all = new ArrayList<>(DIRECTIONS);
    for (String direction : DIRECTIONS) {
      columns.addAll(top(ScoreTables.OPEN_PREFIX + direction));
      all.add(ScoreTables.OPEN_PREFIX + direction);
    }
    Column open = open(sensitive);
    return scored
        .withColumn("raised", raised(col(REASONS)))
        .withColumn("lowered", lowered(col(REASONS)))
        .withColumn(ScoreTables.OPEN_PREFIX + "raised", raised(open))
        .withColumn(ScoreTables.OPEN_PREFIX + "lowered", lowered(open))
        .select(columns.toArray(Column[]::new))
        .drop(REASONS)
        .drop(all.toArray(String[]::new));
  }

  /** The greatest reasons of a direction: code and points of each, null where there are no more. */
  private static List<Column> top(String direction) {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= ScoreTables.REASONS; i++) {
      Column reason = get(col(direction), lit(i - 1));
      columns.add(reason.getField(CODE).as(direction + "_" + i + "_code"));
      columns.add(reason.getField(POINTS).as(direction + "_" + i + "_points"));
    }
    return columns;
  }

  /** The reasons that tell of nothing sensitive; none of a score that is not named. */
  private static Column open(Map<String, List<String>> sensitive) {
    Column none = filter(col(REASONS), reason -> lit(false));
    if (sensitive.isEmpty()) {
      return none;
    }
    List<Column> entries = new ArrayList<>();
    sensitive.forEach(
        (score, codes) -> {
          entries.add(lit(score));
          entries.add(lit(codes.toArray(String[]::new)));
        });
    Column closed = element_at(map(entries.toArray(Column[]::new)), col(SCORE_CODE));
    return when(
            closed.isNotNull(),
            filter(col(REASONS), reason -> not(array_contains(closed, reason.getField(CODE)))))
        .otherwise(none);
  }

  private static Column raised(Column reasons) {
    return sort_array(filter(reasons, reason -> reason.getField(POINTS).gt(0)));
  }

  private static Column lowered(Column reasons) {
    return sort_array(filter(reasons, reason -> reason.getField(POINTS).lt(0)));
  }

  /** A reason; sorted by its first field, the greatest effect comes first. */
  private static Column reason(Characteristic characteristic, Column points) {
    return struct(
        abs(points).multiply(-1.0).as("position"),
        lit(characteristic.name()).as(CODE),
        points.as(POINTS));
  }

  /** The points of a characteristic's value; null where it is unknown. */
  private static Column pointsOf(
      Score score, Characteristic characteristic, Map<String, Ranks> ranks) {
    String name = valueName(score, characteristic);
    Column value = quoted(name);
    if (characteristic.percentile().isPresent()) {
      Ranks scale = ranks.get(name);
      if (scale == null) {
        return lit(null).cast(DoubleType);
      }
      Column high = udf((UDF1<Double, Double>) scale::midRank, DoubleType).apply(value);
      return characteristic.percentile().get() == Direction.HIGH ? high : lit(100.0).minus(high);
    }
    Column points = null;
    if (!characteristic.bins().isEmpty()) {
      // They are sorted and leave no gap, so the first whose end lies above the value has it.
      for (Bin bin : characteristic.bins()) {
        Column below = bin.to().map(value::lt).orElse(value.isNotNull());
        points = points == null ? when(below, bin.points()) : points.when(below, bin.points());
      }
      return points;
    }
    for (Map.Entry<String, Double> category : characteristic.categories().entrySet()) {
      Column is = value.equalTo(category.getKey());
      points =
          points == null ? when(is, category.getValue()) : points.when(is, category.getValue());
    }
    return characteristic.other().isPresent()
        ? points.when(value.isNotNull(), characteristic.other().get())
        : points;
  }

  private static Column bounded(String part) {
    return greatest(col(part), lit(LEAST_PART));
  }

  /** L(value, 50), the logarithmic mean. */
  private static Column logarithmicMean(Column value) {
    Column beyond = value.minus(NEUTRAL);
    return when(beyond.equalTo(0), NEUTRAL).otherwise(beyond.divide(log1p(beyond.divide(NEUTRAL))));
  }

  /** ln(t / 50) / (unbounded t - 50); for a part that is not at its bound 1 / L(t, 50). */
  private static Column slope(String part) {
    return when(col(part).equalTo(NEUTRAL), 1 / NEUTRAL)
        .otherwise(
            log1p(bounded(part).minus(NEUTRAL).divide(NEUTRAL)).divide(col(part).minus(NEUTRAL)));
  }

  /** A finite number, or null. */
  private static Column number(String sql) {
    Column value = expr(sql).cast(DoubleType);
    return when(abs(value).lt(Double.POSITIVE_INFINITY), value);
  }

  /** A category, or null if it has no points: neither its own nor those of others. */
  private static Column category(String sql, Characteristic characteristic) {
    Column value = expr(sql).cast(StringType);
    return characteristic.other().isPresent()
        ? value
        : when(value.isin(characteristic.categories().keySet().toArray()), value);
  }

  private static Column literals(List<Double> numbers) {
    return array(numbers.stream().map(number -> lit(number)).toArray(Column[]::new));
  }

  private static Column quoted(String name) {
    return col("`" + name + "`");
  }
}

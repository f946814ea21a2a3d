package io.portrait.jobs.match;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.dayofmonth;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.levenshtein;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.soundex;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.functions.year;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Expression;
import io.portrait.common.config.Matching;
import io.portrait.common.config.Matching.Comparison;
import io.portrait.common.config.Matching.Level;
import io.portrait.common.config.Matching.Method;
import io.portrait.common.table.Entity;
import io.portrait.common.table.MatchTables;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DateType;

/** Pairs of accounts, how they agree, and what that weighs. Pure: no reads, no writes, no clock. */
final class MatchTransforms {

  /** The account of a pair with the greater key. */
  static final String OTHER_KEY = "other_account_key";

  private static final String ACCOUNT_KEY = Entity.ACCOUNT_KEY;
  private static final String RULE = "rule";
  private static final String BLOCK = "block";
  private static final String ACCOUNTS = "accounts";
  private static final String PAIRS = "pairs";
  private static final String LEFT = "l_";
  private static final String RIGHT = "r_";
  private static final String WEIGHT = "match_weight";
  private static final String PROBABILITY = "match_probability";

  /** Of blocks that are too large, so many of a rule are told. */
  private static final int TOLD_BLOCKS = 5;

  /** Draws the random pairs. */
  private static final long SEED = 42;

  private static final JaroWinklerSimilarity JARO_WINKLER_SIMILARITY = new JaroWinklerSimilarity();

  private static final UserDefinedFunction JARO_WINKLER =
      udf((UDF2<String, String, Double>) MatchTransforms::jaroWinkler, DoubleType)
          .withName("jaro_winkler");

  private MatchTransforms() {}

  /**
   * Keeps the accounts registered before the as-of date's first instant in the business time zone,
   * and those without a time, with their direct identifiers.
   *
   * @param accounts silver master data
   * @param identifiers their direct identifiers
   */
  static Dataset<Row> joinKnown(
      Dataset<Row> accounts, Dataset<Row> identifiers, LocalDate asOf, ZoneId zone) {
    List<String> shared = Arrays.asList(accounts.columns());
    List<Column> personal = new ArrayList<>(List.of(col(ACCOUNT_KEY)));
    for (String column : identifiers.columns()) {
      if (!shared.contains(column)) {
        personal.add(col(column));
      }
    }
    Column start = lit(Timestamp.from(asOf.atStartOfDay(zone).toInstant()));
    return accounts
        .filter(col("registered_at").isNull().or(col("registered_at").lt(start)))
        .join(identifiers.select(personal.toArray(Column[]::new)), ACCOUNT_KEY);
  }

  /**
   * Evaluates what accounts are compared and blocked by.
   *
   * @param accounts columns of the entity customer
   * @return {@code account_key}; {@code value_C} of each comparison, text or a date, null if
   *     unknown; {@code with_C_L} of each level that looks for swapped fields; {@code block_R} of
   *     each rule, null for no block
   */
  static Dataset<Row> prepare(Dataset<Row> accounts, Matching matching) {
    List<Column> columns = new ArrayList<>(List.of(col(ACCOUNT_KEY)));
    for (int c = 0; c < matching.comparisons().size(); c++) {
      Comparison comparison = matching.comparisons().get(c);
      columns.add(value(accounts, comparison.value()).as(valueName(c)));
      for (int l = 0; l < comparison.levels().size(); l++) {
        Optional<Expression> with = comparison.levels().get(l).with();
        if (with.isPresent()) {
          columns.add(value(accounts, with.get()).as(withName(c, l)));
        }
      }
    }
    for (int r = 0; r < matching.blocking().size(); r++) {
      Column isKnown = lit(true);
      List<Column> keys = new ArrayList<>(List.of(lit(r)));
      for (Expression key : matching.blocking().get(r).keys()) {
        Column value = value(accounts, key);
        isKnown = isKnown.and(value.isNotNull());
        keys.add(value);
      }
      columns.add(when(isKnown, xxhash64(keys.toArray(Column[]::new))).as(blockName(r)));
    }
    return accounts.select(columns.toArray(Column[]::new));
  }

  /** The value of an expression: a date, or text that is not empty. */
  private static Column value(Dataset<Row> accounts, Expression expression) {
    Column value = expr(expression.sql());
    if (accounts.select(value).schema().fields()[0].dataType() instanceof DateType) {
      return value;
    }
    Column text = trim(value.cast(StringType));
    return when(length(text).gt(0), text);
  }

  /** Out: {@code rule, block, accounts}: blocks of more accounts than may be compared. */
  static Dataset<Row> findOversized(Dataset<Row> records, Matching matching) {
    return blocked(records.select(blockColumns(matching)), matching)
        .groupBy(RULE, BLOCK)
        .agg(count(lit(1)).as(ACCOUNTS))
        .filter(col(ACCOUNTS).gt(matching.maxAccountsPerBlock()));
  }

  /** Out: {@code rule, blocks, largest}: per rule, how many, and accounts and block of a few. */
  static Dataset<Row> summarizeOversized(Dataset<Row> oversized) {
    Column bySize = sort_array(collect_list(struct(col(ACCOUNTS), col(BLOCK))), false);
    return oversized
        .groupBy(RULE)
        .agg(count(lit(1)).as("blocks"), slice(bySize, 1, TOLD_BLOCKS).as("largest"))
        .orderBy(RULE);
  }

  /**
   * Takes the accounts out of blocks that are too large.
   *
   * @param oversized as {@link #findOversized} returns
   * @param rules numbers of the rules that have such blocks
   */
  static Dataset<Row> dropOversized(
      Dataset<Row> records, Dataset<Row> oversized, List<Integer> rules) {
    Dataset<Row> kept = records;
    for (int rule : rules) {
      Dataset<Row> blocks =
          oversized.filter(col(RULE).equalTo(rule)).select(col(BLOCK).as("oversized"));
      kept =
          kept.join(blocks, col(blockName(rule)).equalTo(col("oversized")), "left")
              .withColumn(blockName(rule), when(col("oversized").isNull(), col(blockName(rule))))
              .drop("oversized");
    }
    return kept;
  }

  /**
   * Compares the accounts that share a block, each pair once however many rules find it.
   *
   * @param records as {@link #prepare} returns
   * @return {@code account_key, other_account_key}, the smaller key first, and {@code level_C} of
   *     each comparison: 0 the nearest, null if not known of both
   */
  static Dataset<Row> compareBlocks(Dataset<Row> records, Matching matching) {
    Column isFirstRule = lit(true);
    for (int r = 0; r < matching.blocking().size(); r++) {
      Column isFoundBefore =
          col(LEFT + RULE)
              .gt(r)
              .and(coalesce(left(blockName(r)).equalTo(right(blockName(r))), lit(false)));
      isFirstRule = isFirstRule.and(isFoundBefore.equalTo(false));
    }
    return compared(blocked(records, matching), isFirstRule, matching);
  }

  /**
   * Compares random pairs: all, or about as many as asked for.
   *
   * @param records as {@link #prepare} returns
   * @param accounts how many there are
   * @return as {@link #compareBlocks} does
   */
  static Dataset<Row> compareRandom(Dataset<Row> records, long accounts, Matching matching) {
    double all = accounts * (accounts - 1.0) / 2;
    long buckets = Math.max(1, Math.round(all / matching.samplePairs()));
    Column bucket = pmod(xxhash64(col(ACCOUNT_KEY), lit(SEED)), lit(buckets));
    return compared(
        records.withColumn(RULE, lit(0)).withColumn(BLOCK, bucket), lit(true), matching);
  }

  /** One row per account and block. */
  private static Dataset<Row> blocked(Dataset<Row> records, Matching matching) {
    List<Column> blocks = new ArrayList<>();
    for (int r = 0; r < matching.blocking().size(); r++) {
      blocks.add(struct(lit(r).as(RULE), col(blockName(r)).as(BLOCK)));
    }
    return records
        .withColumn("both", explode(array(blocks.toArray(Column[]::new))))
        .filter(col("both").getField(BLOCK).isNotNull())
        .withColumn(RULE, col("both").getField(RULE))
        .withColumn(BLOCK, col("both").getField(BLOCK))
        .drop("both");
  }

  private static Dataset<Row> compared(Dataset<Row> blocked, Column condition, Matching matching) {
    Dataset<Row> pairs =
        renamed(blocked, LEFT)
            .join(
                renamed(blocked, RIGHT),
                left(RULE)
                    .equalTo(right(RULE))
                    .and(left(BLOCK).equalTo(right(BLOCK)))
                    .and(left(ACCOUNT_KEY).lt(right(ACCOUNT_KEY)))
                    .and(condition));
    List<Column> similar = new ArrayList<>();
    for (String column : pairs.columns()) {
      similar.add(col(column));
    }
    List<Column> levels =
        new ArrayList<>(
            List.of(left(ACCOUNT_KEY).as(ACCOUNT_KEY), right(ACCOUNT_KEY).as(OTHER_KEY)));
    for (int c = 0; c < matching.comparisons().size(); c++) {
      Comparison comparison = matching.comparisons().get(c);
      if (comparison.levels().stream().anyMatch(l -> l.method() == Method.JARO_WINKLER)) {
        // A column of its own, so that it is computed once for all levels.
        similar.add(
            JARO_WINKLER
                .apply(left(valueName(c)).cast(StringType), right(valueName(c)).cast(StringType))
                .as("similarity_" + c));
      }
      levels.add(level(c, comparison).as(levelName(c)));
    }
    return pairs.select(similar.toArray(Column[]::new)).select(levels.toArray(Column[]::new));
  }

  private static Dataset<Row> renamed(Dataset<Row> rows, String prefix) {
    return rows.select(
        Arrays.stream(rows.columns()).map(c -> col(c).as(prefix + c)).toArray(Column[]::new));
  }

  /** The first level that holds; null if a value is unknown. */
  private static Column level(int number, Comparison comparison) {
    Column one = left(valueName(number));
    Column other = right(valueName(number));
    Column level = when(one.isNull().or(other.isNull()), lit(null).cast(IntegerType));
    for (int l = 0; l < comparison.levels().size(); l++) {
      level = level.when(holds(comparison.levels().get(l), number, l), l);
    }
    return level.otherwise(comparison.levels().size());
  }

  private static Column holds(Level level, int number, int place) {
    Column one = left(valueName(number));
    Column other = right(valueName(number));
    return switch (level.method()) {
      case EXACT -> one.equalTo(other);
      case SWAPPED ->
          isEqual(one, right(withName(number, place)))
              .or(isEqual(other, left(withName(number, place))));
      case JARO_WINKLER -> col("similarity_" + number).geq(level.limit().orElseThrow());
      case LEVENSHTEIN ->
          // -1 stands for more than the limit.
          levenshtein(
                  one.cast(StringType),
                  other.cast(StringType),
                  level.limit().orElseThrow().intValue())
              .geq(0);
      case SOUNDEX -> soundex(one.cast(StringType)).equalTo(soundex(other.cast(StringType)));
      case NEAR_DATE -> abs(datediff(one, other)).leq(level.limit().orElseThrow());
      case TRANSPOSED_DATE ->
          year(one)
              .equalTo(year(other))
              .and(month(one).equalTo(dayofmonth(other)))
              .and(dayofmonth(one).equalTo(month(other)));
    };
  }

  private static Column isEqual(Column one, Column other) {
    return coalesce(one.cast(StringType).equalTo(other.cast(StringType)), lit(false));
  }

  /** Out: {@code level_C} of each comparison, and {@code pairs}, how many pairs agree so. */
  static Dataset<Row> countAgreements(Dataset<Row> compared, Matching matching) {
    return compared.groupBy(levelColumns(matching)).agg(count(lit(1)).as(PAIRS));
  }

  /** Makes an agreement of a row of {@link #countAgreements}. */
  static Agreement agreement(Row row) {
    List<Integer> levels = new ArrayList<>();
    for (int c = 0; c < row.size() - 1; c++) {
      levels.add(row.isNullAt(c) ? null : (Integer) row.getInt(c));
    }
    return new Agreement(levels, row.getLong(row.size() - 1));
  }

  /**
   * Weighs pairs, and keeps those that reach the probability {@code review}.
   *
   * @param compared as {@link #compareBlocks} returns
   * @return {@link MatchTables#ACCOUNT_LINK} without its date, and {@code level_C}
   */
  static Dataset<Row> weigh(Dataset<Row> compared, Matching matching, MatchModel model) {
    Column weight = lit(model.priorWeight());
    for (int group : new TreeSet<>(model.groups())) {
      weight = weight.plus(groupWeight(matching, model, group));
    }
    return compared
        .withColumn(WEIGHT, weight)
        .withColumn(
            PROBABILITY, lit(1.0).divide(lit(1.0).plus(pow(lit(2.0), lit(0.0).minus(col(WEIGHT))))))
        .filter(col(PROBABILITY).geq(matching.review()))
        .withColumn("is_link", col(PROBABILITY).geq(matching.threshold()));
  }

  /**
   * Says what each comparison adds to a pair's weight.
   *
   * <p>In: as {@link #weigh} returns. Out: {@link MatchTables#ACCOUNT_LINK_EVIDENCE} without its
   * date.
   */
  static Dataset<Row> explain(Dataset<Row> weighed, Matching matching, MatchModel model) {
    List<Column> parts = new ArrayList<>();
    for (int c = 0; c < matching.comparisons().size(); c++) {
      Comparison comparison = matching.comparisons().get(c);
      Column name = lit(null).cast(StringType);
      for (int l = 0; l <= comparison.levels().size(); l++) {
        name = when(col(levelName(c)).equalTo(l), comparison.levelNames().get(l)).otherwise(name);
      }
      parts.add(
          struct(
              lit(comparison.name()).as("comparison"),
              name.as("level"),
              countedWeight(matching, model, c).as("weight")));
    }
    return weighed
        .select(
            col(ACCOUNT_KEY),
            col(OTHER_KEY),
            explode(array(parts.toArray(Column[]::new))).as("part"))
        .select(ACCOUNT_KEY, OTHER_KEY, "part.comparison", "part.level", "part.weight");
  }

  /** A number for each comparison; those of one declared group have one. */
  static List<Integer> groups(Matching matching) {
    List<Integer> groups = new ArrayList<>();
    Map<String, Integer> named = new HashMap<>();
    for (int c = 0; c < matching.comparisons().size(); c++) {
      int own = c;
      Optional<String> group = matching.comparisons().get(c).group();
      groups.add(group.map(name -> named.computeIfAbsent(name, key -> own)).orElse(own));
    }
    return List.copyOf(groups);
  }

  /** What the comparisons of a group add: all that is below 0, and the greatest above it. */
  private static Column groupWeight(Matching matching, MatchModel model, int group) {
    List<Integer> members =
        IntStream.range(0, model.groups().size())
            .filter(c -> model.groups().get(c) == group)
            .boxed()
            .toList();
    if (members.size() == 1) {
      return levelWeight(matching, members.get(0), model::weight);
    }
    Column weight =
        greatest(
            members.stream()
                .map(c -> levelWeight(matching, c, (k, l) -> Math.max(model.weight(k, l), 0)))
                .toArray(Column[]::new));
    for (int c : members) {
      weight = weight.plus(levelWeight(matching, c, (k, l) -> Math.min(model.weight(k, l), 0)));
    }
    return weight;
  }

  /** The weight of a comparison; 0 if it is above 0 and another of its group counts instead. */
  private static Column countedWeight(Matching matching, MatchModel model, int comparison) {
    Column weight = levelWeight(matching, comparison, model::weight);
    Column isOutdone = lit(false);
    for (int c = 0; c < model.groups().size(); c++) {
      if (c != comparison && model.groups().get(c).equals(model.groups().get(comparison))) {
        Column other = levelWeight(matching, c, model::weight);
        // Of equal ones the first counts.
        isOutdone = isOutdone.or(c < comparison ? other.geq(weight) : other.gt(weight));
      }
    }
    return when(weight.gt(0).and(isOutdone), 0.0).otherwise(weight);
  }

  /** A number for the level of a comparison; 0 for the unknown one. */
  private static Column levelWeight(
      Matching matching, int comparison, ToDoubleBiFunction<Integer, Integer> number) {
    Column level = col(levelName(comparison));
    Column weight = when(level.isNull(), 0.0);
    for (int l = 0; l <= matching.comparisons().get(comparison).levels().size(); l++) {
      weight = weight.when(level.equalTo(l), number.applyAsDouble(comparison, l));
    }
    return weight.otherwise(0.0);
  }

  private static Double jaroWinkler(String one, String other) {
    return one == null || other == null ? null : JARO_WINKLER_SIMILARITY.apply(one, other);
  }

  private static Column[] blockColumns(Matching matching) {
    Column[] columns = new Column[matching.blocking().size()];
    Arrays.setAll(columns, r -> col(blockName(r)));
    return columns;
  }

  private static Column[] levelColumns(Matching matching) {
    Column[] columns = new Column[matching.comparisons().size()];
    Arrays.setAll(columns, c -> col(levelName(c)));
    return columns;
  }

  private static Column left(String column) {
    return col(LEFT + column);
  }

  private static Column right(String column) {
    return col(RIGHT + column);
  }

  private static String valueName(int comparison) {
    return "value_" + comparison;
  }

  private static String withName(int comparison, int level) {
    return "with_" + comparison + "_" + level;
  }

  private static String levelName(int comparison) {
    return "level_" + comparison;
  }

  private static String blockName(int rule) {
    return "block_" + rule;
  }
}

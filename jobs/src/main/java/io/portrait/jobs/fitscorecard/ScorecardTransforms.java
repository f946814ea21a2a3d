package io.portrait.jobs.fitscorecard;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows into classes, weights and points. Pure: no reads, no writes, no clock. */
final class ScorecardTransforms {

  /** Parts that a row's slice counts in. */
  static final int SLICES = 1000;

  /** Every so many rows one is held out. */
  private static final int FOLDS = 3;

  /** Bits of the hash that the fold does not depend on. */
  private static final int SLICE_BITS = 20;

  /** Quantiles that the classes of a number are cut at. */
  private static final int CLASSES = 20;

  private ScorecardTransforms() {}

  /** Counts the values of some text columns, and those of them that are numbers: one row. */
  static Dataset<Row> countNumbers(Dataset<Row> table, List<String> columns) {
    List<Column> counts = new ArrayList<>();
    for (String column : columns) {
      counts.add(count(text(column)));
      counts.add(count(text(column).try_cast(DoubleType)));
    }
    return table.agg(count(lit(1)), counts.toArray(Column[]::new));
  }

  /** A column's text without blanks around it; null if that is empty. */
  static Column text(String column) {
    return nullif(trim(quoted(column).cast(StringType)), lit(""));
  }

  /** A column's number; null if it is none. */
  static Column number(String column) {
    return quoted(column).try_cast(DoubleType);
  }

  /** A column of this very name, whatever signs are in it. */
  static Column quoted(String column) {
    return col(quote(column));
  }

  /** A name as SQL takes it, whatever signs are in it. */
  static String quote(String column) {
    return column.matches("[A-Za-z_][A-Za-z0-9_]*")
        ? column
        : "`" + column.replace("`", "``") + "`";
  }

  /**
   * Rows that a scorecard is fitted to: {@code is_bad, is_held_out, slice, numbers, texts}. A row
   * belongs to the held-out third, and to a slice, by a hash of its values without the target, so
   * that equal rows are never on both sides.
   *
   * @param table typed columns, the target as text
   * @param columns columns that the hash is of
   * @param bad value of the target
   */
  static Dataset<Row> prepare(
      Dataset<Row> table,
      List<String> columns,
      String target,
      String bad,
      List<Input> inputs,
      long seed) {
    Column hash =
        xxhash64(
            IntStream.range(0, columns.size() + 1)
                .mapToObj(i -> i == 0 ? lit(seed) : quoted(columns.get(i - 1)))
                .toArray(Column[]::new));
    Column[] numbers =
        inputs.stream()
            .filter(Input::isNumber)
            .map(input -> expr(input.sql()).cast(DoubleType))
            .map(value -> when(not(isnan(value)), value))
            .toArray(Column[]::new);
    Column[] texts =
        inputs.stream()
            .filter(input -> !input.isNumber())
            .map(input -> expr(input.sql()).cast(StringType))
            .toArray(Column[]::new);
    return table
        .filter(quoted(target).isNotNull())
        .select(
            quoted(target).equalTo(bad).as("is_bad"),
            pmod(hash, lit(FOLDS)).equalTo(0).as("is_held_out"),
            pmod(shiftright(hash, SLICE_BITS), lit(SLICES)).as("slice"),
            (numbers.length == 0 ? lit(new Double[0]) : array(numbers)).as("numbers"),
            (texts.length == 0 ? lit(new String[0]) : array(texts)).as("texts"));
  }

  /** Counts goods and bads: {@code is_held_out, goods, bads}. */
  static Dataset<Row> countParts(Dataset<Row> rows) {
    return rows.groupBy("is_held_out").agg(goods(), bads());
  }

  /** Twentieths of each number, as one row of arrays; null without a value. */
  static Dataset<Row> quantiles(Dataset<Row> rows, int numbers) {
    Column shares =
        array(
            IntStream.range(1, CLASSES)
                .mapToObj(i -> lit((double) i / CLASSES))
                .toArray(Column[]::new));
    Column[] quantiles =
        IntStream.range(0, numbers)
            .mapToObj(i -> percentile(col("numbers").getItem(i), shares))
            .toArray(Column[]::new);
    return rows.agg(count(lit(1)), quantiles);
  }

  /**
   * Counts rows by input and class of its values, in one pass: {@code position, label, is_rare,
   * goods, bads}. Numbers come first; their label is the number of cuts at or below the value. The
   * label of a text is the text; those with too few rows, or with one kind of rows, are rare and
   * share a row without a label. A missing value has no label and is not rare.
   *
   * @param cuts ascending cuts of each number
   * @param texts number of texts
   * @param leastRows rows that a text needs
   */
  static Dataset<Row> countClasses(
      Dataset<Row> rows, List<List<Double>> cuts, int texts, long leastRows) {
    List<Column> labels = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      Column value = col("numbers").getItem(i);
      Column label =
          cuts.get(i).isEmpty()
              ? lit(0)
              : size(filter(lit(cuts.get(i).toArray(Double[]::new)), cut -> cut.leq(value)));
      labels.add(when(value.isNotNull(), label.cast(StringType)));
    }
    for (int i = 0; i < texts; i++) {
      labels.add(col("texts").getItem(i));
    }
    Column isRare =
        col("position")
            .geq(cuts.size())
            .and(col("label").isNotNull())
            .and(
                col("goods")
                    .plus(col("bads"))
                    .lt(leastRows)
                    .or(col("goods").equalTo(0))
                    .or(col("bads").equalTo(0)));
    return rows.select(
            col("is_bad"),
            posexplode(array(labels.toArray(Column[]::new))).as(new String[] {"position", "label"}))
        .groupBy("position", "label")
        .agg(goods(), bads())
        .withColumn("is_rare", isRare)
        .withColumn("label", when(not(col("is_rare")), col("label")))
        .groupBy("position", "label", "is_rare")
        .agg(sum("goods").as("goods"), sum("bads").as("bads"));
  }

  /** Rows with their weights of evidence as MLlib takes them: {@code is_good, weights}. */
  static Dataset<Row> withWeights(Dataset<Row> rows, List<Characteristic> characteristics) {
    Column[] weights =
        characteristics.stream()
            .map(characteristic -> byBin(characteristic, Bin::weight))
            .toArray(Column[]::new);
    return rows.select(
        when(col("is_bad"), 0.0).otherwise(1.0).as("is_good"),
        functions.array_to_vector(array(weights)).as("weights"));
  }

  /** Counts rows by their score in whole points: {@code is_held_out, score, goods, bads}. */
  static Dataset<Row> countScores(Dataset<Row> rows, Scorecard scorecard) {
    Column score = lit((double) scorecard.base());
    for (Scorecard.Item item : scorecard.items()) {
      score = score.plus(byBin(item.characteristic(), item::points));
    }
    return rows.withColumn("score", score.cast("bigint"))
        .groupBy("is_held_out", "score")
        .agg(goods(), bads());
  }

  /** A figure of the bin that a row's value is in. */
  private static Column byBin(Characteristic characteristic, ToDoubleFunction<Bin> figure) {
    Input input = characteristic.input();
    Column value = col(input.isNumber() ? "numbers" : "texts").getItem(input.position());
    Column found = lit(null).cast(DoubleType);
    for (Bin bin : characteristic.bins()) {
      Column isHere =
          switch (bin.kind()) {
            case RANGE -> isWithin(value, bin.from(), bin.to());
            case CATEGORY -> value.equalTo(bin.category());
            case OTHER -> value.isNotNull();
            case MISSING -> value.isNull();
          };
      found = coalesce(found, when(isHere, lit(figure.applyAsDouble(bin))));
    }
    return found;
  }

  private static Column isWithin(Column value, OptionalDouble from, OptionalDouble to) {
    Column isHere = value.isNotNull();
    if (from.isPresent()) {
      isHere = isHere.and(value.geq(from.getAsDouble()));
    }
    return to.isPresent() ? isHere.and(value.lt(to.getAsDouble())) : isHere;
  }

  private static Column goods() {
    return count(when(not(col("is_bad")), lit(1))).as("goods");
  }

  private static Column bads() {
    return count(when(col("is_bad"), lit(1))).as("bads");
  }
}

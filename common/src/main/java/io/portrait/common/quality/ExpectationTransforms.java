package io.portrait.common.quality;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expectation.Range;
import io.portrait.common.config.Expectation.Volume;
import io.portrait.common.table.Entity;
import io.portrait.common.table.TableSchema;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;

/** Counts rows that break what is expected of them. Pure: no reads, no writes, no clock. */
public final class ExpectationTransforms {

  /** Name of the line that counts values and nulls of a table. */
  static final String COMPLETENESS = "completeness";

  static final String AS_OF = "as_of";

  private static final String NAME = "name";
  private static final String CHECKED = "rows_checked";
  private static final String FAILED = "rows_failed";
  private static final String FIRST = "first_day";
  private static final String NEWEST = "newest_day";
  private static final String HISTORY = "history_rows";
  private static final String LAST = "last_rows";

  private ExpectationTransforms() {}

  /**
   * Whether a row breaks a rule that one row can be judged by; never null. Null values pass, and so
   * does a condition that comes out as null; only {@code not_null} does not let a null pass.
   *
   * @param table the contract that has the rule's column
   */
  public static Column fails(Expectation rule, TableSchema table) {
    if (rule.condition().isPresent()) {
      return coalesce(not(expr(rule.condition().get().sql())), lit(false));
    }
    String name = rule.column().orElseThrow();
    Column value = col("`" + name + "`");
    if (rule.notNull().isPresent()) {
      return value.isNull();
    }
    if (rule.range().isPresent()) {
      return coalesce(isOutside(value, rule.range().get(), table.column(name).type()), lit(false));
    }
    Column isGood =
        rule.pattern()
            .map(pattern -> value.rlike("^(?:" + pattern + ")$"))
            .orElseGet(() -> value.cast("string").isin(rule.values().toArray()));
    return coalesce(not(isGood), lit(false));
  }

  private static Column isOutside(Column value, Range range, DataType type) {
    Column isBelow = range.from().map(from -> value.lt(bound(from, type))).orElse(lit(false));
    Column isAbove = range.to().map(to -> value.gt(bound(to, type))).orElse(lit(false));
    return isBelow.or(isAbove);
  }

  private static Column bound(String text, DataType type) {
    return type instanceof DateType ? lit(Date.valueOf(text)) : lit(new BigDecimal(text));
  }

  /** The rows of a table that were known strictly before an as-of date, or are of it. */
  static Dataset<Row> known(Dataset<Row> rows, TableSchema table, LocalDate asOf) {
    Column day = lit(Date.valueOf(asOf));
    if (table.has(AS_OF)) {
      return rows.filter(col(AS_OF).equalTo(day));
    }
    return (table.has(Entity.EVENT_DAY) ? rows.filter(col(Entity.EVENT_DAY).lt(day)) : rows)
        .withColumn(AS_OF, day);
  }

  /**
   * Measures rules over one table in one pass: {@code name, rows_checked, rows_failed, first_day,
   * newest_day, history_rows, last_rows}, a row for each rule.
   *
   * <p>Days are those of the events, {@code history_rows} those of a volume rule's days, {@code
   * last_rows} those of the day before the as-of date; null where the rule does not ask.
   *
   * @param rows known rows of the table
   * @param rules none of them {@code unique}
   * @param referenced values that each reference may have, by the rule's name
   * @param counted columns whose values and nulls are counted under {@link #COMPLETENESS}
   */
  static Dataset<Row> measure(
      Dataset<Row> rows,
      TableSchema table,
      List<Expectation> rules,
      Map<String, Dataset<Row>> referenced,
      List<String> counted,
      LocalDate asOf) {
    Dataset<Row> joined = rows;
    List<Column> counts = new ArrayList<>();
    counts.add(count(lit(1)).as(CHECKED));
    if (rules.stream().anyMatch(r -> r.freshWithinDays().isPresent() || r.volume().isPresent())) {
      counts.add(min(Entity.EVENT_DAY).as(FIRST));
      counts.add(max(Entity.EVENT_DAY).as(NEWEST));
      counts.add(
          count_if(col(Entity.EVENT_DAY).equalTo(lit(Date.valueOf(asOf.minusDays(1))))).as(LAST));
    }
    List<Column> lines = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      Expectation rule = rules.get(i);
      Column failed = lit(null).cast(LongType);
      Column history = lit(null).cast(LongType);
      boolean isOfDays = rule.freshWithinDays().isPresent() || rule.volume().isPresent();
      if (rule.reference().isPresent()) {
        Column value = col("`" + rule.column().orElseThrow() + "`");
        Column found = col("_found_" + i);
        joined =
            joined.join(
                referenced.get(rule.name()).toDF("_found_" + i), value.equalTo(found), "left");
        counts.add(count_if(value.isNotNull().and(found.isNull())).as("_failed_" + i));
        failed = col("_failed_" + i);
      } else if (rule.isOfRow()) {
        counts.add(count_if(fails(rule, table)).as("_failed_" + i));
        failed = col("_failed_" + i);
      } else if (rule.volume().isPresent()) {
        counts.add(count_if(isHistory(rule.volume().get(), asOf)).as("_history_" + i));
        history = col("_history_" + i);
      }
      lines.add(
          line(rule.name(), col(CHECKED), failed, Optional.of(history).filter(h -> isOfDays)));
    }
    if (!counted.isEmpty()) {
      Column given =
          counted.stream().map(c -> count(col("`" + c + "`"))).reduce(Column::plus).orElseThrow();
      counts.add(given.as("_given"));
      Column values = col(CHECKED).multiply(lit((long) counted.size()));
      lines.add(line(COMPLETENESS, values, values.minus(col("_given")), Optional.empty()));
    }
    return joined
        .agg(counts.get(0), counts.subList(1, counts.size()).toArray(Column[]::new))
        .select(inline(array(lines.toArray(Column[]::new))));
  }

  private static Column isHistory(Volume volume, LocalDate asOf) {
    return col(Entity.EVENT_DAY)
        .between(
            lit(Date.valueOf(asOf.minusDays(1 + volume.days()))),
            lit(Date.valueOf(asOf.minusDays(2))));
  }

  /** A line of the result; with days if there is a history, which may be null. */
  private static Column line(String name, Column checked, Column failed, Optional<Column> history) {
    Column noDay = lit(null).cast(DataTypes.DateType);
    Column noRows = lit(null).cast(LongType);
    return struct(
        lit(name).as(NAME),
        checked.as(CHECKED),
        failed.as(FAILED),
        history.map(h -> col(FIRST)).orElse(noDay).as(FIRST),
        history.map(h -> col(NEWEST)).orElse(noDay).as(NEWEST),
        history.orElse(noRows).as(HISTORY),
        history.map(h -> col(LAST)).orElse(noRows).as(LAST));
  }

  /**
   * Measures a {@code unique} rule, as {@link #measure}: rows beyond the first of each value fail;
   * a row with a null among the columns passes.
   */
  static Dataset<Row> measureUnique(Dataset<Row> rows, Expectation rule) {
    Column[] key = rule.unique().stream().map(c -> col("`" + c + "`")).toArray(Column[]::new);
    Column isWhole =
        rule.unique().stream()
            .map(c -> col("`" + c + "`").isNotNull())
            .reduce(Column::and)
            .orElseThrow();
    return rows.select(key)
        .groupBy(key)
        .agg(count(lit(1)).as("rows"))
        .agg(
            coalesce(sum("rows"), lit(0L)).as(CHECKED),
            coalesce(sum(col("rows").minus(lit(1L)).multiply(isWhole.cast(LongType))), lit(0L))
                .as(FAILED))
        .select(inline(array(line(rule.name(), col(CHECKED), col(FAILED), Optional.empty()))));
  }

  /** The distinct values of a column that others refer to. */
  static Dataset<Row> referenced(Dataset<Row> rows, String column) {
    Column value = col("`" + column + "`");
    return rows.filter(value.isNotNull()).select(value).distinct();
  }
}

package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Score;
import io.portrait.common.error.JobException;
import io.portrait.common.score.CustomerScorer;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;

/** Scores by classes of a deployment's own. */
final class OwnScorers {

  private OwnScorers() {}

  /**
   * Makes the scorer of a class.
   *
   * @throws IllegalArgumentException saying why there is none
   */
  static CustomerScorer of(String className) {
    try {
      Class<?> type =
          Class.forName(className, true, Thread.currentThread().getContextClassLoader());
      if (!CustomerScorer.class.isAssignableFrom(type)) {
        throw new IllegalArgumentException(
            "the class " + className + " does not implement " + CustomerScorer.class.getName());
      }
      return (CustomerScorer) type.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "the class " + className + " is not on the class path; name its jar by PORTRAIT_JARS", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of " + className + " failed: " + e.getCause(), e);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalArgumentException(
          "the class " + className + " has no public constructor without parameters", e);
    }
  }

  /**
   * The numbers of a score's class: {@code customer_id} and the column of its value.
   *
   * @throws JobException if a column is missing or of another kind
   */
  static Dataset<Row> score(Score score, Dataset<Row> inputs) {
    String className = score.className().orElseThrow();
    Dataset<Row> scored = of(className).score(inputs);
    List<String> columns = Arrays.asList(scored.columns());
    if (!columns.contains("customer_id")
        || !columns.contains("score")
        || !(scored.schema().apply("score").dataType() instanceof NumericType)) {
      throw JobException.invalidConfig(
          "The score %s: the class %s gives the columns %s; it must give customer_id and score, a"
              + " number.",
          score.name(), className, columns);
    }
    // The same condition as for SQL: a number that is not finite is none.
    return scored.select(
        col("customer_id").cast(StringType).as("customer_id"),
        when(
                col("score").cast(DoubleType).between(-Double.MAX_VALUE, Double.MAX_VALUE),
                col("score").cast(DoubleType))
            .as(ScoreTransforms.valueName(score)));
  }

  /**
   * Refuses rows of unknown customers and second rows of one customer.
   *
   * @param scored {@link #score}
   * @param customers {@code customer_id}
   * @throws JobException saying how many there are
   */
  static void requireOnePerCustomer(Score score, Dataset<Row> scored, Dataset<Row> customers) {
    Dataset<Row> known = customers.select(col("customer_id"), lit(true).as("is_known"));
    Row row =
        scored
            .groupBy("customer_id")
            .agg(count(lit(1)).as("rows"))
            .join(known, new String[] {"customer_id"}, "left")
            .agg(
                coalesce(sum(when(col("is_known").isNull(), 1L)), lit(0L)),
                coalesce(sum(when(col("rows").gt(1), 1L)), lit(0L)))
            .head();
    if (row.getLong(0) > 0 || row.getLong(1) > 0) {
      throw JobException.invalidData(
          "The score %s: the class %s gives a score to %d customers that are not known, and more"
              + " than one to %d customers. It must give each customer of its input one row at most.",
          score.name(), score.className().orElseThrow(), row.getLong(0), row.getLong(1));
    }
  }
}

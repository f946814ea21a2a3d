package io.portrait.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.io.Tables;
import io.portrait.common.job.Sessions;
import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Loads the classes that a run needs, on a handful of rows, while the JVM records them into the
 * archive that makes later starts faster. {@code scripts/portrait} calls it once.
 */
public final class WarmUp {

  private static final TableSchema TABLE =
      TableSchema.table(Layer.SILVER, "warm_up", "One row per number.")
          .key("number", LongType, "Number", "數", "0 or more.")
          .required("square", LongType, "", "Square", "平方", "The number times itself.")
          .build();

  private WarmUp() {}

  /** Writes, merges, reads and clusters a table in the empty folder that is the one argument. */
  public static void main(String[] args) {
    try (Sessions session = Sessions.open("portrait warm-up")) {
      SparkSession spark = session.spark();
      Tables tables = new Tables(spark, args[0]);
      Dataset<Row> rows =
          spark
              .range(100)
              .select(col("id").as("number"), col("id").multiply(col("id")).as("square"));
      tables.replaceWhere(TABLE, rows, "number < 100");
      tables.merge(TABLE, rows, null, "t.square <> s.square", "true");
      Dataset<Row> stored = tables.read(TABLE);
      stored
          .join(rows, "number")
          .groupBy(col("number").mod(lit(7)))
          .agg(count(lit(1)), sum(rows.col("square")))
          .collectAsList();
      Dataset<Row> points =
          new VectorAssembler()
              .setInputCols(new String[] {"number", "square"})
              .setOutputCol("features")
              .transform(stored);
      new KMeans().setK(2).setSeed(1).setMaxIter(2).fit(points);
    }
  }
}

package io.portrait.common.testing;

import io.portrait.common.table.TableSchema;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Small tables for tests, written as JSON. */
public final class Rows {

  private Rows() {}

  /** Makes a table with the real contract's types; a misspelt or ill-typed value fails. */
  public static Dataset<Row> of(SparkSession spark, TableSchema table, String... json) {
    return spark
        .read()
        .schema(table.structType())
        .option("mode", "FAILFAST")
        .json(spark.createDataset(List.of(json), Encoders.STRING()));
  }
}

package io.portrait.common.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Intermediate results of one job, as files below {@code ops/scratch} of the warehouse.
 *
 * <p>For loops, whose plan would grow with every round, and for rows that are read several times.
 * Other than a local checkpoint they outlive a lost executor; closing deletes them.
 */
public final class Scratch implements AutoCloseable {

  private final SparkSession spark;
  private final Path folder;
  private int kept;

  private Scratch(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * Opens an empty scratch folder.
   *
   * @param root the warehouse
   * @param name tells jobs that run at the same time apart
   */
  public static Scratch open(SparkSession spark, String root, String name) {
    Scratch scratch = new Scratch(spark, new Path(root, "ops/scratch/" + name));
    scratch.delete();
    return scratch;
  }

  /** Deletes what killed runs have left; nobody may be running. */
  public static void deleteAll(SparkSession spark, String root) {
    new Scratch(spark, new Path(root, "ops/scratch")).delete();
  }

  /** Computes rows once; what is returned reads them back and has no lineage. */
  public Dataset<Row> keep(Dataset<Row> rows) {
    String path = new Path(folder, String.valueOf(kept++)).toString();
    rows.write().parquet(path);
    return spark.read().schema(rows.schema()).parquet(path);
  }

  @Override
  public void close() {
    delete();
  }

  private void delete() {
    try {
      FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      fs.delete(folder, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads one table from a file, or a folder of files, outside any warehouse. */
public final class DataFile {

  private DataFile() {}

  /**
   * Reads CSV, compressed or not; all columns are text, an empty field is null.
   *
   * @param separator between two fields, for example a comma, a space, or {@code \t}
   * @param names columns of a file that has no header line: c1, c2, ... if the list is empty;
   *     absent: the first line names them
   * @throws JobException if there is no such file, it is empty, or has not as many columns as names
   */
  public static Dataset<Row> csv(
      SparkSession spark, String path, String separator, Optional<List<String>> names) {
    check(spark, path);
    Dataset<Row> rows =
        spark
            .read()
            .option("header", names.isEmpty())
            .option("sep", separator)
            .option("quote", "\"")
            .option("escape", "\"")
            .option("mode", "FAILFAST")
            .csv(path);
    int columns = rows.columns().length;
    if (columns == 0) {
      throw isEmpty(path);
    }
    if (names.isEmpty()) {
      return rows;
    }
    List<String> given =
        names.get().isEmpty()
            ? IntStream.rangeClosed(1, columns).mapToObj(i -> "c" + i).toList()
            : names.get();
    if (given.size() != columns) {
      throw JobException.invalidConfig(
          "%s has %d columns with separator '%s', and %d names are given. Correct the names or the"
              + " separator.",
          path, columns, separator, given.size());
    }
    return rows.toDF(given.toArray(String[]::new));
  }

  /**
   * Reads Parquet.
   *
   * @throws JobException if there is no such file, or it is empty
   */
  public static Dataset<Row> parquet(SparkSession spark, String path) {
    check(spark, path);
    return spark.read().parquet(path);
  }

  private static void check(SparkSession spark, String path) {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!files.exists(file)) {
        throw JobException.invalidConfig("There is no file %s. Correct its name.", path);
      }
      long bytes = Arrays.stream(files.listStatus(file)).mapToLong(FileStatus::getLen).sum();
      if (bytes == 0) {
        throw isEmpty(path);
      }
      QueryMode.read(spark, bytes);
    } catch (IOException e) {
      throw JobException.invalidConfig("The file %s cannot be read: %s", path, e.getMessage());
    }
  }

  private static JobException isEmpty(String path) {
    return JobException.invalidData("The file %s is empty. Deliver it again.", path);
  }
}

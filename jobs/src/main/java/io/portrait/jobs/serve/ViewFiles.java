package io.portrait.jobs.serve;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/** SQL files that make views on top of the published tables. */
public final class ViewFiles {

  private ViewFiles() {}

  /**
   * Runs all statements of all {@code .sql} files of a folder, in the order of their names.
   *
   * @throws JobException if there is no such folder, or a statement is at fault
   */
  public static void load(SparkSession spark, Path folder, String database) {
    if (!Files.isDirectory(folder)) {
      throw JobException.invalidConfig("There is no folder %s. Correct --views.", folder);
    }
    spark.sql("USE " + Sql.name(database));
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
      for (Path file : sorted) {
        load(spark, file);
      }
    } catch (IOException e) {
      throw JobException.invalidConfig("%s cannot be read: %s", folder, e.getMessage());
    }
  }

  private static void load(SparkSession spark, Path file) throws IOException {
    for (String statement : Sql.statements(Files.readString(file))) {
      try {
        spark.sql(statement);
      } catch (Exception e) {
        // Spark's checked exceptions are not declared for Java.
        if (e instanceof AnalysisException) {
          throw JobException.invalidConfig(
              "%s: %s%n%s", file, e.getMessage(), statement.lines().findFirst().orElse(""));
        }
        throw e;
      }
    }
  }
}

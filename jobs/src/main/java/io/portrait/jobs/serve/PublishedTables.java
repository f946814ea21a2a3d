package io.portrait.jobs.serve;

import static java.util.stream.Collectors.joining;

import io.portrait.common.error.JobException;
import io.portrait.common.io.StoredTable;
import io.portrait.common.table.Layer;
import io.portrait.common.table.ProfileTables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * Names the tables of a layer in a database, as views: clients see the columns of a view in any
 * tool, those of a Delta table in few. Comments hold the titles of the data dictionary in both
 * languages.
 */
public final class PublishedTables {

  private final SparkSession spark;
  private final Path warehouse;
  private final Map<String, String> titles = new HashMap<>();

  /**
   * Looks for the warehouse's dictionary.
   *
   * @throws JobException if there is no warehouse with published tables
   */
  public PublishedTables(SparkSession spark, String location) {
    this.spark = spark;
    this.warehouse = qualified(new Path(location));
    Path dictionary = new Path(warehouse, ProfileTables.DATA_DICTIONARY.path());
    if (!exists(new Path(dictionary, "_delta_log"))) {
      throw JobException.invalidConfig(
          "There is no warehouse with published tables at %s: gold/data_dictionary is missing. Run"
              + " portrait run first, or correct --warehouse.",
          warehouse);
    }
    for (Row row :
        spark
            .sql(
                "SELECT table_name, column_name, title_zh, title_en FROM "
                    + Sql.tableAt(dictionary))
            .collectAsList()) {
      titles.put(
          row.getString(0) + "." + row.getString(1), row.getString(2) + " " + row.getString(3));
    }
  }

  /** The folder of a layer. */
  public Path folder(Layer layer) {
    return new Path(warehouse, layer.folder());
  }

  /**
   * Makes the database with all tables of the layer.
   *
   * @return the tables' names in order
   */
  public List<String> publish(Layer layer, String database) {
    spark.sql("CREATE DATABASE " + Sql.name(database));
    List<String> names = new ArrayList<>();
    for (StoredTable table : StoredTable.all(spark, warehouse.toString())) {
      if (table.layer() == layer) {
        Path folder = new Path(warehouse, table.path());
        publish(table, folder, database);
        names.add(folder.getName());
      }
    }
    return names;
  }

  private void publish(StoredTable table, Path folder, String database) {
    String columns =
        Arrays.stream(table.structType().fields())
            .map(field -> column(table.path(), field))
            .collect(joining(", "));
    spark.sql(
        String.format(
            "CREATE VIEW %s.%s (%s) COMMENT %s AS SELECT * FROM %s",
            Sql.name(database),
            Sql.name(folder.getName()),
            columns,
            Sql.text(table.comment()),
            Sql.tableAt(folder)));
  }

  private String column(String table, StructField field) {
    String comment =
        Stream.of(
                titles.getOrDefault(table + "." + field.name(), ""),
                field.getComment().getOrElse(() -> ""))
            .filter(text -> !text.isEmpty())
            .collect(joining(": "));
    return Sql.name(field.name()) + " COMMENT " + Sql.text(comment);
  }

  private boolean exists(Path path) {
    try {
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Path qualified(Path path) {
    try {
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(path);
    } catch (IOException e) {
      throw JobException.invalidConfig("%s cannot be read: %s", path, e.getMessage());
    }
  }

  private JobException unreadable(IOException cause) {
    return JobException.invalidConfig(
        "The warehouse %s cannot be read: %s", warehouse, cause.getMessage());
  }
}

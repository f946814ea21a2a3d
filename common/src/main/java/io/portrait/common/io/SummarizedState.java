package io.portrait.common.io;

import io.portrait.common.table.SummarizeStateTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * How far the rollups have come ({@link SummarizeStateTable}), for work that deletes rows of silver
 * and of the rollups alike: that is no change that the rollups have to take in.
 */
public final class SummarizedState {

  private SummarizedState() {}

  /** The silver tables of which every change is in the rollups. */
  public static Set<String> current(Tables tables) {
    Set<String> current = new HashSet<>();
    for (Row row : rows(tables)) {
      if (tables.version(table(row)) == version(row)) {
        current.add(table(row));
      }
    }
    return current;
  }

  /** Whether every change of silver is in the rollups. */
  public static boolean isCurrent(Tables tables) {
    return current(tables).size() == rows(tables).size();
  }

  /**
   * Says that the rollups have what these tables have now.
   *
   * @return the others, whose changes have yet to be read
   */
  public static Set<String> advance(SparkSession spark, Tables tables, Set<String> current) {
    Set<String> behind = new HashSet<>();
    boolean isMoved = false;
    for (Row row : rows(tables)) {
      if (!current.contains(table(row))) {
        behind.add(table(row));
      } else if (tables.version(table(row)) != version(row)) {
        isMoved = true;
      }
    }
    if (isMoved) {
      write(
          spark,
          tables,
          rows(tables).stream()
              .map(
                  row ->
                      row(
                          row,
                          current.contains(table(row)) ? tables.version(table(row)) : version(row)))
              .toList());
    }
    return behind;
  }

  /**
   * Says that the rollups have what silver has now; or, if they had not taken in all before, that
   * they have to be made again, since the changes can be read no more.
   */
  public static void write(SparkSession spark, Tables tables, boolean isCurrent) {
    List<Row> rows =
        rows(tables).stream()
            .map(row -> row(row, isCurrent ? tables.version(table(row)) : Long.MAX_VALUE))
            .toList();
    if (!rows.isEmpty()) {
      write(spark, tables, rows);
    }
  }

  private static void write(SparkSession spark, Tables tables, List<Row> rows) {
    tables.overwrite(
        SummarizeStateTable.SCHEMA,
        spark.createDataFrame(rows, SummarizeStateTable.SCHEMA.structType()).coalesce(1));
  }

  private static Row row(Row old, long version) {
    return RowFactory.create(table(old), version, old.getAs(SummarizeStateTable.DEFINITION));
  }

  private static List<Row> rows(Tables tables) {
    return tables.readOrEmpty(SummarizeStateTable.SCHEMA).collectAsList();
  }

  private static String table(Row row) {
    return row.getAs(SummarizeStateTable.TABLE_NAME);
  }

  private static long version(Row row) {
    return row.<Long>getAs(SummarizeStateTable.TABLE_VERSION);
  }
}

package io.portrait.common.transform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tables with one row per key put side by side. Pure: no reads, no writes, no clock. */
public final class SideBySide {

  private SideBySide() {}

  /**
   * Adds the columns of other tables to a table.
   *
   * <p>Every table's columns travel through the joins as one struct: a join copies a struct in one
   * piece, and several hundred columns one by one.
   *
   * @param table one row per key; all of them are kept
   * @param others at most one row per key each, with columns that no other table has; null where a
   *     key is missing
   */
  public static Dataset<Row> join(Dataset<Row> table, List<Dataset<Row>> others, String key) {
    Dataset<Row> joined = packed(table, key, 0);
    List<Column> columns = new ArrayList<>();
    for (String name : table.columns()) {
      columns.add(name.equals(key) ? col(key) : unpacked(name, 0));
    }
    for (int i = 0; i < others.size(); i++) {
      joined = joined.join(packed(others.get(i), key, i + 1), new String[] {key}, "left");
      for (String name : names(others.get(i), key)) {
        columns.add(unpacked(name, i + 1));
      }
    }
    return joined.select(columns.toArray(Column[]::new));
  }

  private static Dataset<Row> packed(Dataset<Row> table, String key, int position) {
    Column[] columns =
        names(table, key).stream().map(name -> table.col("`" + name + "`")).toArray(Column[]::new);
    return table.select(table.col(key), struct(columns).as(pack(position)));
  }

  private static Column unpacked(String name, int position) {
    return col(pack(position)).getField(name).as(name);
  }

  private static String pack(int position) {
    return "columns_" + position;
  }

  private static List<String> names(Dataset<Row> table, String key) {
    return Arrays.stream(table.columns()).filter(name -> !name.equals(key)).toList();
  }
}

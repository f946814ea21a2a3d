package io.portrait.jobs.generate;

import io.portrait.common.error.JobException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Copies the tables of FoodMart that a profile needs into a database on disk.
 *
 * <p>FoodMart comes as 78 MB of SQL, which each process that opens it runs anew, for ten seconds
 * and 400 MB of memory. The copy opens at once and stays on disk.
 */
final class FoodmartCopy {

  private static final List<String> TABLES =
      List.of(
          "customer",
          "product",
          "product_class",
          "promotion",
          "sales_fact_1997",
          "sales_fact_1998",
          "sales_fact_dec_1998",
          "store",
          "time_by_day");

  private static final int ROWS_AT_ONCE = 10_000;

  private FoodmartCopy() {}

  /**
   * Writes {@code foodmart.*} into a folder, with the names, columns and rows of the original.
   *
   * @param jdbcUrl address of FoodMart
   * @param folder made if it is not there; a copy that is there is replaced
   */
  static void write(String jdbcUrl, Path folder) {
    for (String suffix : List.of("script", "properties", "data", "log", "lck")) {
      folder.resolve("foodmart." + suffix).toFile().delete();
    }
    String copyUrl = "jdbc:hsqldb:file:" + folder.resolve("foodmart").toAbsolutePath();
    try (Connection from = DriverManager.getConnection(jdbcUrl, "FOODMART", "FOODMART");
        Connection to = DriverManager.getConnection(copyUrl, "SA", "");
        Statement statement = to.createStatement()) {
      statement.execute("CREATE USER FOODMART PASSWORD 'FOODMART' ADMIN");
      statement.execute("CREATE SCHEMA \"foodmart\" AUTHORIZATION DBA");
      to.setAutoCommit(false);
      for (String table : TABLES) {
        copy(from, to, named(table), isLarge(table) ? "CACHED" : "MEMORY");
        // Queries join each sale to the other tables.
        if (!table.startsWith("sales")) {
          for (String index : indexes(from, table)) {
            statement.execute(index);
          }
        }
      }
      statement.execute("SHUTDOWN COMPACT");
    } catch (SQLException e) {
      throw JobException.infrastructure(
          e,
          "FoodMart cannot be copied from %s to %s: %s. Name a folder that can be written.",
          jdbcUrl,
          folder,
          e.getMessage());
    }
  }

  /** Whether a table stays on disk; the small ones, which sales are joined to, stay in memory. */
  private static boolean isLarge(String table) {
    return table.startsWith("sales") || table.equals("customer");
  }

  private static void copy(Connection from, Connection to, String table, String kind)
      throws SQLException {
    try (Statement select = from.createStatement();
        ResultSet rows = select.executeQuery("SELECT * FROM " + table)) {
      ResultSetMetaData columns = rows.getMetaData();
      try (Statement create = to.createStatement()) {
        create.execute("CREATE " + kind + " TABLE " + table + " (" + declared(columns) + ")");
      }
      String values = String.join(", ", Collections.nCopies(columns.getColumnCount(), "?"));
      try (PreparedStatement insert =
          to.prepareStatement("INSERT INTO " + table + " VALUES (" + values + ")")) {
        int pending = 0;
        while (rows.next()) {
          for (int i = 1; i <= columns.getColumnCount(); i++) {
            insert.setObject(i, rows.getObject(i));
          }
          insert.addBatch();
          pending++;
          if (pending == ROWS_AT_ONCE) {
            insert.executeBatch();
            to.commit();
            pending = 0;
          }
        }
        insert.executeBatch();
        to.commit();
      }
    }
  }

  private static String named(String table) {
    return "\"foodmart\".\"" + table + "\"";
  }

  /** Statements that make a table's indexes anew. */
  private static List<String> indexes(Connection from, String table) throws SQLException {
    Map<String, List<String>> columns = new TreeMap<>();
    try (ResultSet rows = from.getMetaData().getIndexInfo(null, "foodmart", table, false, false)) {
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getString("INDEX_NAME"), key -> new ArrayList<>())
            .add("\"" + rows.getString("COLUMN_NAME") + "\"");
      }
    }
    return columns.entrySet().stream()
        .map(
            index ->
                String.format(
                    "CREATE INDEX \"%s\" ON %s (%s)",
                    index.getKey(), named(table), String.join(", ", index.getValue())))
        .toList();
  }

  private static String declared(ResultSetMetaData columns) throws SQLException {
    List<String> declared = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i);
      String size =
          switch (columns.getColumnType(i)) {
            case Types.CHAR, Types.VARCHAR -> "(" + columns.getPrecision(i) + ")";
            case Types.DECIMAL, Types.NUMERIC ->
                "(" + columns.getPrecision(i) + ", " + columns.getScale(i) + ")";
            default -> "";
          };
      declared.add("\"" + columns.getColumnName(i) + "\" " + type + size);
    }
    return String.join(", ", declared);
  }
}

package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import io.portrait.common.error.JobException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Customers, orders and product categories of the FoodMart database.
 *
 * @param customers by id
 * @param orders by customer, then day, then store
 * @param categories category by product
 */
record Foodmart(List<Customer> customers, List<Order> orders, Map<Integer, String> categories) {

  static final LocalDate FIRST_DAY = LocalDate.of(1997, 1, 1);
  static final LocalDate LAST_DAY = LocalDate.of(1998, 12, 31);

  private static final List<String> INCOME_BANDS =
      List.of(
          "$10K - $30K",
          "$30K - $50K",
          "$50K - $70K",
          "$70K - $90K",
          "$90K - $110K",
          "$110K - $130K",
          "$130K - $150K",
          "$150K +");

  private static final Comparator<Line> BY_ORDER =
      comparingInt((Line line) -> line.customer)
          .thenComparing(Line::day)
          .thenComparingInt(Line::store);

  /** Reads the database. The order of rows in it does not matter. */
  static Foodmart read(String jdbcUrl) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, "FOODMART", "FOODMART")) {
      Map<Integer, Customer> customers = new TreeMap<>();
      query(
          connection,
          """
          SELECT "customer_id", "date_accnt_opened", "birthdate", "yearly_income", "houseowner",
            "num_cars_owned", "total_children", "country"
          FROM "foodmart"."customer"
          """,
          row -> customers.put(row.getInt(1), customer(row)));
      Map<Integer, String> categories = new HashMap<>();
      query(
          connection,
          """
          SELECT p."product_id", c."product_category"
          FROM "foodmart"."product" p
          JOIN "foodmart"."product_class" c ON p."product_class_id" = c."product_class_id"
          """,
          row -> categories.put(row.getInt(1), row.getString(2)));
      return new Foodmart(
          List.copyOf(customers.values()), orders(lines(connection), customers), categories);
    } catch (SQLException e) {
      throw JobException.infrastructure(
          e,
          "FoodMart cannot be read at %s: %s. Put foodmart-data-hsqldb and hsqldb on the class"
              + " path, or correct the address.",
          jdbcUrl,
          e.getMessage());
    }
  }

  private static Customer customer(ResultSet row) throws SQLException {
    return new Customer(
        row.getInt(1),
        row.getObject(2, LocalDate.class),
        row.getObject(3, LocalDate.class),
        INCOME_BANDS.indexOf(row.getString(4)),
        row.getString(5).equals("Y"),
        row.getInt(6),
        row.getInt(7),
        row.getString(8));
  }

  private static List<Line> lines(Connection connection) throws SQLException {
    Map<Integer, LocalDate> days = new HashMap<>();
    query(
        connection,
        "SELECT \"time_id\", CAST(\"the_date\" AS DATE) FROM \"foodmart\".\"time_by_day\"",
        row -> days.put(row.getInt(1), row.getObject(2, LocalDate.class)));
    List<Line> lines = new ArrayList<>();
    for (String table : List.of("sales_fact_1997", "sales_fact_1998", "sales_fact_dec_1998")) {
      query(
          connection,
          "SELECT \"customer_id\", \"time_id\", \"store_id\", \"product_id\", \"store_sales\""
              + " FROM \"foodmart\".\""
              + table
              + "\"",
          row ->
              lines.add(
                  new Line(
                      row.getInt(1),
                      days.get(row.getInt(2)),
                      row.getInt(3),
                      row.getInt(4),
                      row.getBigDecimal(5).movePointRight(2).intValueExact())));
    }
    lines.sort(BY_ORDER.thenComparing(comparing(Line::product)).thenComparingInt(Line::cents));
    return lines;
  }

  private static List<Order> orders(List<Line> lines, Map<Integer, Customer> customers) {
    List<Order> orders = new ArrayList<>();
    int first = 0;
    while (first < lines.size()) {
      int next = first;
      long cents = 0;
      List<Integer> products = new ArrayList<>();
      while (next < lines.size() && BY_ORDER.compare(lines.get(first), lines.get(next)) == 0) {
        cents += lines.get(next).cents;
        products.add(lines.get(next).product);
        next++;
      }
      Line line = lines.get(first);
      orders.add(
          new Order(
              customers.get(line.customer), line.day, line.store, cents, List.copyOf(products)));
      first = next;
    }
    return List.copyOf(orders);
  }

  private static void query(Connection connection, String sql, RowReader reader)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        reader.read(rows);
      }
    }
  }

  private record Line(int customer, LocalDate day, int store, int product, int cents) {}

  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }
}

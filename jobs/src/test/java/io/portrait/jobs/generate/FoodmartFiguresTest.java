package io.portrait.jobs.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The database behind the demo is the one whose figures are published. */
@Tag("line")
class FoodmartFiguresTest {

  @Test
  void salesOf1997AreThePublishedOnes() throws SQLException {
    assertThat(
            row(
                """
                SELECT COUNT(*), SUM("unit_sales"), SUM("store_sales"), COUNT(DISTINCT "customer_id")
                FROM "foodmart"."sales_fact_1997"
                """))
        .containsExactly("86837", "266773.0000", "565238.1300", "5581");
  }

  @Test
  void salesGoOnTo1998() throws SQLException {
    assertThat(
            row(
                """
                SELECT COUNT(*), SUM("unit_sales"), SUM("store_sales"), COUNT(DISTINCT "customer_id")
                FROM "foodmart"."sales_fact_1998"
                """))
        .containsExactly("164558", "509987.0000", "1079147.4700", "7824");
    assertThat(
            row(
                """
                SELECT COUNT(*), SUM("unit_sales"), SUM("store_sales"), COUNT(DISTINCT "customer_id")
                FROM "foodmart"."sales_fact_dec_1998"
                """))
        .containsExactly("18325", "56729.0000", "120160.8400", "2689");
  }

  @Test
  void thereAreAsManyCustomersAndProductsAsDocumented() throws SQLException {
    assertThat(row("SELECT COUNT(*) FROM \"foodmart\".\"customer\"")).containsExactly("10281");
    assertThat(row("SELECT COUNT(*) FROM \"foodmart\".\"product\"")).containsExactly("1560");
  }

  private static List<String> row(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:hsqldb:res:foodmart", "FOODMART", "FOODMART");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        values.add(rows.getString(i));
      }
      return values;
    }
  }
}

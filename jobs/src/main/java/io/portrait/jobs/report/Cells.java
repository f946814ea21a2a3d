package io.portrait.jobs.report;

import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Row;

/** Reads cells, numbers of any numeric type; null stays null. */
final class Cells {

  private Cells() {}

  static String text(Row row, String column) {
    Object value = row.getAs(column);
    return value == null ? null : value.toString();
  }

  static Long whole(Row row, String column) {
    Number value = row.getAs(column);
    return value == null ? null : value.longValue();
  }

  static Double number(Row row, String column) {
    Number value = row.getAs(column);
    return value == null || !Double.isFinite(value.doubleValue()) ? null : value.doubleValue();
  }

  static BigDecimal amount(Row row, String column) {
    Number value = row.getAs(column);
    return value == null ? null : new BigDecimal(value.toString());
  }

  static LocalDate date(Row row, String column) {
    Date value = row.getAs(column);
    return value == null ? null : value.toLocalDate();
  }

  static Boolean flag(Row row, String column) {
    return row.getAs(column);
  }
}

package io.portrait.common.config;

/**
 * A Spark SQL expression from a configuration file.
 *
 * @param sql the expression
 * @param place where it stands, for messages
 */
public record Expression(String sql, Place place) {

  /** A text without line breaks, as a table's comments show it. */
  public static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  @Override
  public String toString() {
    return sql;
  }
}

package io.portrait.common.config;

/**
 * A Spark SQL expression from a configuration file.
 *
 * @param sql the expression
 * @param place where it stands, for messages
 */
public record Expression(String sql, Place place) {

  @Override
  public String toString() {
    return sql;
  }
}

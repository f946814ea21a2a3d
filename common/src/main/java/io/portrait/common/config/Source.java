package io.portrait.common.config;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A raw extract and how it becomes entities; an element of {@code sources.yaml}.
 *
 * @param name name of the source, also of its bronze table; snake_case
 * @param format how it is read
 * @param path files, with Hadoop wild cards; for file formats
 * @param pattern text: a regular expression with named groups that a whole line matches; each group
 *     becomes a column, and a line that does not match is malformed
 * @param delimiter CSV: the separator
 * @param encoding CSV and text: the character set; UTF-8 if absent
 * @param header CSV: column names, for files without a header line
 * @param url JDBC: the connection string
 * @param user JDBC: the user
 * @param password JDBC: the password
 * @param driver JDBC: the driver class
 * @param query JDBC: a table name or a SELECT
 * @param watermark JDBC: a column that only grows; each run reads what is new from the last value
 *     on
 * @param key JDBC without watermark: columns that identify a row, to find what changed between two
 *     full snapshots
 * @param columns JSON: the names to expect; inferred if absent
 * @param timeZone time zone of timestamps without one; the business time zone if absent
 * @param dateFormats patterns of dates, tried in order; ISO if absent
 * @param timestampFormats patterns of timestamps, tried in order; ISO if absent
 * @param maps the entities that its rows feed
 * @param place where it stands
 */
public record Source(
    String name,
    Format format,
    Optional<String> path,
    Optional<String> pattern,
    Optional<String> delimiter,
    Optional<String> encoding,
    List<String> header,
    Optional<String> url,
    Optional<String> user,
    Optional<String> password,
    Optional<String> driver,
    Optional<String> query,
    Optional<String> watermark,
    List<String> key,
    List<String> columns,
    Optional<ZoneId> timeZone,
    List<String> dateFormats,
    List<String> timestampFormats,
    List<EntityMap> maps,
    Place place) {

  /** Checks that the keys fit the format. */
  public Source {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("name '" + name + "' is not snake_case");
    }
    if (format == Format.JDBC) {
      if (url.isEmpty() || query.isEmpty()) {
        throw new IllegalArgumentException("format jdbc needs url and query");
      }
      if (watermark.isPresent() == !key.isEmpty()) {
        throw new IllegalArgumentException(
            "format jdbc needs either watermark (rows are only added) or key (rows may change)");
      }
    } else if (path.isEmpty()) {
      throw new IllegalArgumentException("a file format needs path");
    }
    if (format == Format.TEXT && pattern.isEmpty()) {
      throw new IllegalArgumentException(
          "format text needs pattern, a regular expression with a named group a column, as"
              + " (?<amount>[0-9.]+)");
    }
    pattern.ifPresent(LineFormat::of);
    encoding.ifPresent(Source::checkEncoding);
    if (maps.isEmpty()) {
      throw new IllegalArgumentException("maps is empty: say which entity the rows feed");
    }
  }

  private static void checkEncoding(String name) {
    try {
      Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new IllegalArgumentException(
          "there is no encoding '"
              + name
              + "'; known are UTF-8, ISO-8859-1, Big5, GB18030 and more",
          e);
    }
  }

  /**
   * Whether it is read as a whole each time, so that what bronze has of it decides what has changed
   * since.
   */
  public boolean isSnapshot() {
    return !key.isEmpty();
  }

  /** The name alone: what else is declared may be secret. */
  @Override
  public String toString() {
    return name;
  }

  /** How a source is read. */
  public enum Format {
    /** Text with separators; compressed by .gz, .bz2 or .zst. */
    CSV,
    /** One JSON object a line. */
    JSON,
    /** Apache Parquet. */
    PARQUET,
    /** Text, each line cut into columns by a pattern. */
    TEXT,
    /** Web server log in Combined Log Format, with an optional last field: the visitor cookie. */
    ACCESS_LOG,
    /** A database table or query. */
    JDBC
  }

  /**
   * How the rows of a source become rows of one entity.
   *
   * @param entity entity name
   * @param realm namespace of the account ids, for example {@code crm}; the same id in two realms
   *     is two accounts
   * @param where rows that belong to this entity; all if absent
   * @param columns entity column to SQL expression over the raw columns, which are all text
   * @param identifiers realm or identifier type to SQL expression: what ties this account to
   *     others; e-mail and phone of a customer are always taken
   * @param orderBy among rows of one key the greatest wins; the last ingested if absent
   * @param rejectWhen reason to SQL condition: rows that must not be used
   * @param maxRejectedShare overrides the deployment's limit
   * @param place where it stands
   */
  public record EntityMap(
      String entity,
      String realm,
      Optional<Expression> where,
      Map<String, Expression> columns,
      Map<String, Expression> identifiers,
      Optional<Expression> orderBy,
      Map<String, Expression> rejectWhen,
      Optional<Double> maxRejectedShare,
      Place place) {}

  /** How lines are taken apart, for formats of lines. */
  public Optional<LineFormat> lineFormat() {
    return format == Format.ACCESS_LOG
        ? Optional.of(LineFormat.ACCESS_LOG)
        : pattern.map(LineFormat::of);
  }
}

package io.portrait.common.table;

import java.util.List;

/**
 * Combined Log Format, as Apache httpd and nginx write it, with an optional last quoted field: the
 * visitor cookie.
 */
public final class AccessLog {

  /** One line; groups as {@link #COLUMNS}. */
  public static final String PATTERN =
      "^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\]"
          + " \"([A-Z]+) ([^\\s?\"]*)(?:\\?(\\S*))? (HTTP/[\\d.]+)\""
          + " (\\d{3}) (\\d+|-)"
          + "(?: \"((?:[^\"\\\\]|\\\\.)*)\" \"((?:[^\"\\\\]|\\\\.)*)\")?"
          + "(?: \"((?:[^\"\\\\]|\\\\.)*)\")?\\s*$";

  /** Names of the parts of a line, all text. */
  public static final List<String> COLUMNS =
      List.of(
          "host",
          "ident",
          "user",
          "time",
          "method",
          "path",
          "query",
          "protocol",
          "status",
          "bytes",
          "referer",
          "agent",
          "cookie");

  private AccessLog() {}
}

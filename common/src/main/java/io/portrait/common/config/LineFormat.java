package io.portrait.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How a line of text is taken apart.
 *
 * @param pattern regular expression of a whole line
 * @param columns names of its groups, in order
 */
public record LineFormat(String pattern, List<String> columns) {

  private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

  /**
   * Combined Log Format, as Apache httpd and nginx write it, with an optional last quoted field:
   * the visitor cookie. What may repeat in quotes is possessive ({@code *+}): the match of a group
   * of alternatives calls itself for each character otherwise, and a long field ends the stack.
   */
  static final LineFormat ACCESS_LOG =
      new LineFormat(
          "^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\]"
              + " \"([A-Z]+) ([^\\s?\"]*)(?:\\?(\\S*))? (HTTP/[\\d.]+)\""
              + " (\\d{3}) (\\d+|-)"
              + "(?: \"((?:[^\"\\\\]|\\\\.)*+)\" \"((?:[^\"\\\\]|\\\\.)*+)\")?"
              + "(?: \"((?:[^\"\\\\]|\\\\.)*+)\")?\\s*$",
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
              "cookie"));

  /**
   * Takes a line apart.
   *
   * @param compiled this format's pattern
   * @return the groups; null for a line of another form, or one that is too long for the pattern
   */
  public static String[] parts(Pattern compiled, String line) {
    Matcher matcher = compiled.matcher(line);
    try {
      if (!matcher.find()) {
        return null;
      }
    } catch (StackOverflowError e) {
      // A declared pattern may call itself for each character of a line; the line is refused.
      return null;
    }
    return IntStream.rangeClosed(1, matcher.groupCount())
        .mapToObj(matcher::group)
        .toArray(String[]::new);
  }

  /**
   * A declared pattern, with its named groups as columns.
   *
   * @throws IllegalArgumentException if it has none, or groups without a name
   */
  static LineFormat of(String pattern) {
    List<String> names = new ArrayList<>();
    Matcher groups = NAMED_GROUP.matcher(pattern);
    while (groups.find()) {
      names.add(groups.group(1));
    }
    // Throws PatternSyntaxException, which says where.
    int count = Pattern.compile(pattern).matcher("").groupCount();
    if (names.isEmpty() || names.size() != count) {
      throw new IllegalArgumentException(
          "pattern needs a named group (?<name>...) for each column, and no group without a name");
    }
    return new LineFormat("^(?:" + pattern + ")$", List.copyOf(names));
  }
}

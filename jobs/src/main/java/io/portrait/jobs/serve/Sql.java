package io.portrait.jobs.serve;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** Pieces of SQL text. */
final class Sql {

  private Sql() {}

  /** A name, quoted. */
  static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** A string literal. */
  static String text(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /** The Delta table in a folder. */
  static String tableAt(Path folder) {
    return "delta." + name(folder.toString());
  }

  /**
   * The statements of a file: each ends with a semicolon at the end of a line; lines that begin
   * with {@code --} are left out.
   */
  static List<String> statements(String file) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    for (String line : file.lines().toList()) {
      if (line.startsWith("--")) {
        continue;
      }
      statement.append(line).append('\n');
      if (line.stripTrailing().endsWith(";")) {
        statements.add(statement.substring(0, statement.lastIndexOf(";")).strip());
        statement.setLength(0);
      }
    }
    if (!statement.toString().isBlank()) {
      statements.add(statement.toString().strip());
    }
    return statements;
  }
}

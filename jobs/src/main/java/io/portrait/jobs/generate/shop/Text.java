package io.portrait.jobs.generate.shop;

/** How files write rows and amounts. */
final class Text {

  private Text() {}

  /** A CSV row with commas; what needs quotes has them, null is empty. */
  static String csv(String... values) {
    return separated(',', values);
  }

  /** A row with another separator. */
  static String separated(char separator, String... values) {
    StringBuilder row = new StringBuilder(16 * values.length);
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        row.append(separator);
      }
      String value = values[i];
      if (value == null) {
        continue;
      }
      if (value.indexOf(separator) >= 0 || value.indexOf('"') >= 0 || value.indexOf('\n') >= 0) {
        row.append('"').append(value.replace("\"", "\"\"")).append('"');
      } else {
        row.append(value);
      }
    }
    return row.toString();
  }

  /** Whole dollars with two decimals, as 1234.00. */
  static String money(long dollars) {
    return dollars + ".00";
  }

  /** Whole dollars with a separator of thousands, as 1,234.00. */
  static String grouped(long dollars) {
    StringBuilder digits = new StringBuilder().append(Math.abs(dollars));
    for (int i = digits.length() - 3; i > 0; i -= 3) {
      digits.insert(i, ',');
    }
    return (dollars < 0 ? "-" : "") + digits + ".00";
  }
}

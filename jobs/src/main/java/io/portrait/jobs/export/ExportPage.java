package io.portrait.jobs.export;

import io.portrait.jobs.export.ExportJob.Purpose;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The page that a person reads. Everything that comes from data is escaped. */
final class ExportPage {

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Your data 您的資料</title>
      <style>
      body { font-family: sans-serif; margin: 2rem; color: #222; }
      table { border-collapse: collapse; font-size: 0.85rem; }
      th, td { border: 1px solid #ccc; padding: 0.2rem 0.5rem; text-align: left; vertical-align: top; }
      th { background: #f2f2f2; } section { margin-top: 2.5rem; } div.rows { overflow-x: auto; }
      dt { font-weight: bold; float: left; clear: left; width: 14rem; } dd { margin-left: 14rem; }
      </style></head><body>
      """;

  private ExportPage() {}

  /** A column and its titles. */
  record Column(String name, String titleEn, String titleZh) {}

  /**
   * What there is in one table.
   *
   * @param rows the first of them
   * @param rowCount number of all
   * @param keptDays age at which rows go; absent: no rule deletes any
   */
  record Section(
      String table,
      String meaning,
      Purpose purpose,
      String sources,
      Optional<Integer> keptDays,
      List<Column> columns,
      List<Map<String, Object>> rows,
      long rowCount) {}

  /**
   * Makes the page.
   *
   * @param deployment who holds the data
   * @param likely accounts that may be somebody else's
   * @param mixed as-of dates left out
   */
  static String render(
      String deployment, List<Section> sections, List<LikelyAccount> likely, int mixed) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<h1>Your data at ").append(escaped(deployment)).append(" 您的資料</h1>\n");
    page.append(
        "<p>Everything that the customer profile system holds of you. The same for machines:"
            + " <a href=\"export.json\">export.json</a>.<br>"
            + "客戶畫像系統所保存的全部您的資料。機器可讀檔案：export.json。</p>\n");
    if (!likely.isEmpty()) {
      appendLikely(page, likely);
    }
    if (mixed > 0) {
      page.append("<p>")
          .append(mixed)
          .append(
              " results of past dates are left out: the system took you and somebody else for one"
                  + " person then. 部分過去日期的結果未列出：當時系統將您與他人視為同一人。</p>\n");
    }
    page.append("<ul>\n");
    for (Section section : sections) {
      page.append(
          String.format(
              Locale.ROOT,
              "<li><a href=\"#%s\">%s</a> (%,d)</li>%n",
              escaped(section.table()),
              escaped(section.table()),
              section.rowCount()));
    }
    page.append("</ul>\n");
    sections.forEach(section -> append(page, section));
    return page.append("</body></html>\n").toString();
  }

  private static void appendLikely(StringBuilder page, List<LikelyAccount> likely) {
    page.append(
        "<p>These accounts were joined to yours since what is known of them is alike, and not by an"
            + " identifier that they share. They may be somebody else's: tell us if one is not"
            + " yours.<br>以下帳戶僅因資料相似而與您合併，並無共同識別碼，可能屬於他人；若非您本人，請告知我們。</p>\n<ul>\n");
    for (LikelyAccount one : likely) {
      page.append("<li>account_key ").append(escaped(one.account()));
      one.probability()
          .ifPresent(
              probability ->
                  page.append(String.format(Locale.ROOT, ", probability 機率 %.3f", probability)));
      page.append("</li>\n");
    }
    page.append("</ul>\n");
  }

  private static void append(StringBuilder page, Section section) {
    page.append("<section id=\"").append(escaped(section.table())).append("\">\n<h2>");
    page.append(escaped(section.table())).append("</h2>\n<dl>\n");
    term(page, "Content 內容", section.meaning());
    term(page, "Purpose 目的", section.purpose().english() + " " + section.purpose().chinese());
    term(page, "Sources 來源", section.sources());
    term(
        page,
        "Kept 保存期限",
        section
            .keptDays()
            .map(days -> days + " days 天")
            .orElse("no end is set; until you ask for erasure 未設期限；至您要求刪除為止"));
    page.append("</dl>\n<div class=\"rows\"><table><thead><tr>");
    for (Column column : section.columns()) {
      page.append("<th title=\"").append(escaped(column.name())).append("\">");
      page.append(escaped(column.titleEn())).append("<br>").append(escaped(column.titleZh()));
      page.append("</th>");
    }
    page.append("</tr></thead><tbody>\n");
    for (Map<String, Object> row : section.rows()) {
      page.append("<tr>");
      for (Column column : section.columns()) {
        Object value = row.get(column.name());
        page.append("<td>").append(value == null ? "" : escaped(value.toString())).append("</td>");
      }
      page.append("</tr>\n");
    }
    page.append("</tbody></table></div>\n");
    if (section.rowCount() > section.rows().size()) {
      page.append("<p>The first ").append(section.rows().size()).append(" of ");
      page.append(section.rowCount())
          .append(" rows; all are in export.json. 完整資料見 export.json。</p>\n");
    }
    page.append("</section>\n");
  }

  private static void term(StringBuilder page, String name, String text) {
    page.append("<dt>").append(escaped(name)).append("</dt><dd>").append(escaped(text));
    page.append("</dd>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

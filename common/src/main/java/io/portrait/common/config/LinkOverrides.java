package io.portrait.common.config;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import io.portrait.common.config.LinkOverride.AccountName;
import io.portrait.common.config.LinkOverride.Decision;
import io.portrait.common.error.Fault;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the file of decisions: CSV in UTF-8 with a header line, one decision a line. Faults name
 * lines and never an account.
 */
final class LinkOverrides {

  /** The columns, in any order. */
  static final List<String> COLUMNS =
      List.of(
          "decision",
          "realm",
          "account_id",
          "other_realm",
          "other_account_id",
          "decided_on",
          "decided_by",
          "reason");

  private final String file;
  private final Set<String> realms;
  private final List<Fault> faults;

  /**
   * Makes a reader.
   *
   * @param realms that the deployment's sources have
   * @param faults receives what is wrong
   */
  LinkOverrides(String file, Set<String> realms, List<Fault> faults) {
    this.file = file;
    this.realms = realms;
    this.faults = faults;
  }

  /** The decisions of the file; those that contradict others are faults. */
  List<LinkOverride> read(String text) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.setLineSeparatorDetectionEnabled(true);
    CsvParser parser = new CsvParser(settings);
    parser.beginParsing(new StringReader(text.replaceFirst("^\uFEFF", "")));
    String[] header = parser.parseNext();
    List<String> names =
        header == null
            ? List.of()
            : Arrays.stream(header).map(name -> name == null ? "" : name.strip()).toList();
    if (names.size() != COLUMNS.size() || !names.containsAll(COLUMNS)) {
      faults.add(new Fault(file, 1, "", "the first line must name " + String.join(", ", COLUMNS)));
      parser.stopParsing();
      return List.of();
    }
    List<LinkOverride> overrides = new ArrayList<>();
    for (String[] row = parser.parseNext(); row != null; row = parser.parseNext()) {
      // The parser has read to the end of the row's last line.
      int line = Math.toIntExact(parser.getContext().currentLine());
      override(names, row, line, overrides);
    }
    checkContradictions(overrides);
    return List.copyOf(overrides);
  }

  private void override(List<String> names, String[] row, int line, List<LinkOverride> overrides) {
    int before = faults.size();
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < names.size() && i < row.length; i++) {
      if (row[i] != null && !row[i].isBlank()) {
        values.put(names.get(i), row[i].strip());
      }
    }
    if (row.length > names.size()) {
      faults.add(new Fault(file, line, "", "more values than columns"));
    }
    for (String column : COLUMNS) {
      if (!values.containsKey(column)) {
        faults.add(new Fault(file, line, column, "the value is missing"));
      }
    }
    for (String column : List.of("realm", "other_realm")) {
      String realm = values.get(column);
      if (realm != null && !realms.contains(realm)) {
        faults.add(
            new Fault(
                file,
                line,
                column,
                "no source has the realm '" + realm + "'. " + NearestName.hint(realm, realms)));
      }
    }
    List<String> decisions =
        Arrays.stream(Decision.values()).map(d -> d.name().toLowerCase(Locale.ROOT)).toList();
    String decision = values.get("decision");
    if (decision != null && !decisions.contains(decision)) {
      faults.add(
          new Fault(
              file,
              line,
              "decision",
              "'" + decision + "' is not valid. " + NearestName.hint(decision, decisions)));
    }
    LocalDate decidedOn = date(values.get("decided_on"), line);
    AccountName one = new AccountName(values.get("realm"), values.get("account_id"));
    AccountName other = new AccountName(values.get("other_realm"), values.get("other_account_id"));
    if (faults.size() == before && one.equals(other)) {
      faults.add(new Fault(file, line, "", "both accounts are the same"));
    }
    if (faults.size() == before) {
      overrides.add(
          new LinkOverride(
              Decision.valueOf(decision.toUpperCase(Locale.ROOT)),
              one,
              other,
              decidedOn,
              values.get("decided_by"),
              values.get("reason"),
              new Place(file, line, "")));
    }
  }

  private LocalDate date(String text, int line) {
    if (text == null) {
      return null;
    }
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      faults.add(new Fault(file, line, "decided_on", "'" + text + "' is not a date as 2026-01-31"));
      return null;
    }
  }

  /** Two accounts that must not be one person, and are by a chain of those that must. */
  private void checkContradictions(List<LinkOverride> overrides) {
    Map<AccountName, AccountName> parents = new HashMap<>();
    for (LinkOverride override : overrides) {
      if (override.decision() == Decision.MUST_LINK) {
        parents.put(root(parents, override.one()), root(parents, override.other()));
      }
    }
    for (LinkOverride override : overrides) {
      if (override.decision() == Decision.MUST_NOT_LINK
          && root(parents, override.one()).equals(root(parents, override.other()))) {
        faults.add(
            override
                .place()
                .fault(
                    "must_not_link contradicts the lines of must_link, which make one person of"
                        + " both accounts. Remove one of these lines."));
      }
    }
  }

  private static AccountName root(Map<AccountName, AccountName> parents, AccountName account) {
    AccountName current = account;
    for (AccountName next = parents.get(current);
        next != null && !next.equals(current);
        next = parents.get(current)) {
      current = next;
    }
    return current;
  }
}

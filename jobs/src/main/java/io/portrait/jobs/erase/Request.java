package io.portrait.jobs.erase;

import io.portrait.common.config.NearestName;
import io.portrait.common.config.Source;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Normalizers;
import io.portrait.common.privacy.TextSearch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A file that names persons to erase. Its values are read, and never printed or logged: messages
 * name lines.
 *
 * @param lines in the order of the file
 */
record Request(List<Line> lines) {

  private static final List<String> COLUMNS =
      List.of("request_id", "realm", "account_id", "email", "phone", "customer_id");

  /** Ways of naming a person. */
  enum Kind {
    /** The id in one system. */
    ACCOUNT,
    /** An e-mail address. */
    EMAIL,
    /** A phone number. */
    PHONE,
    /** Portrait's own id. */
    CUSTOMER
  }

  /**
   * One person.
   *
   * @param number line of the file, from 1
   * @param requestId as the certificate names it
   * @param kind how the person is named
   * @param type realm, {@code email} or {@code phone}; empty for a customer
   * @param key pseudonym of the account, e-mail or phone; or the customer's id
   * @param text as given
   */
  record Line(int number, String requestId, Kind kind, String type, String key, String text) {
    @Override
    public String toString() {
      return "line " + number;
    }
  }

  /**
   * Reads a file.
   *
   * @throws JobException naming every fault by its line, and no value
   */
  static Request read(
      Configuration hadoop, String file, List<Source> sources, String country, KeyedHash hash) {
    List<String> text;
    Path path = new Path(file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(path.getFileSystem(hadoop).open(path), StandardCharsets.UTF_8))) {
      text = reader.lines().toList();
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The request file %s cannot be read. Correct --request, or its permissions.", file);
    }
    return new Parser(path.getName(), sources, country, hash).parse(text);
  }

  /** Names of the requests, each once, in order. */
  List<String> ids() {
    return lines.stream().map(Line::requestId).distinct().toList();
  }

  private static final class Parser {
    private final String name;
    private final TreeSet<String> realms;
    private final String country;
    private final KeyedHash hash;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();

    Parser(String name, List<Source> sources, String country, KeyedHash hash) {
      this.name = name;
      this.realms =
          sources.stream()
              .flatMap(source -> source.maps().stream())
              .flatMap(
                  map -> Stream.concat(Stream.of(map.realm()), map.identifiers().keySet().stream()))
              .collect(Collectors.toCollection(TreeSet::new));
      this.country = country;
      this.hash = hash;
    }

    Request parse(List<String> text) {
      if (text.isEmpty()) {
        throw JobException.invalidData(
            "The request file %s is empty. Its first line names its columns: %s.",
            name, String.join(",", COLUMNS));
      }
      List<String> header = fields(1, text.get(0).replace("\uFEFF", ""));
      for (String column : header) {
        if (!COLUMNS.contains(column)) {
          fault(1, "unknown column. " + NearestName.hint(column, COLUMNS));
        }
      }
      if (header.stream().distinct().count() < header.size()) {
        fault(1, "a column is there twice");
      }
      if (!header.contains("request_id")) {
        fault(1, "the column request_id is missing");
      }
      if (faults.isEmpty()) {
        for (int i = 1; i < text.size(); i++) {
          if (!text.get(i).isBlank()) {
            parse(i + 1, header, fields(i + 1, text.get(i)));
          }
        }
        if (lines.isEmpty() && faults.isEmpty()) {
          fault(1, "no line follows: nobody is named");
        }
      }
      if (!faults.isEmpty()) {
        throw JobException.invalidData(
            "The request file has %d fault%s, and nothing was erased:%n  %s",
            faults.size(),
            faults.size() == 1 ? "" : "s",
            faults.stream().map(Fault::toString).collect(Collectors.joining("\n  ")));
      }
      return new Request(List.copyOf(lines));
    }

    private void parse(int number, List<String> header, List<String> fields) {
      if (fields.size() != header.size()) {
        fault(number, fields.size() + " fields, but " + header.size() + " columns");
        return;
      }
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        if (!fields.get(i).isBlank()) {
          values.put(header.get(i), fields.get(i).strip());
        }
      }
      String requestId = values.remove("request_id");
      if (requestId == null || !requestId.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
        fault(
            number,
            "request_id must be 1 to 64 letters, digits, dots, dashes and underscores: it names the"
                + " certificate");
        return;
      }
      if (values.values().stream().anyMatch(value -> shows(requestId, value))) {
        fault(number, "request_id has an identifier of the person: the certificate would show it");
        return;
      }
      boolean isAccount = values.containsKey("realm") || values.containsKey("account_id");
      long ways =
          values.keySet().stream()
                  .filter(k -> !k.equals("realm") && !k.equals("account_id"))
                  .count()
              + (isAccount ? 1 : 0);
      if (ways != 1) {
        fault(
            number,
            "name the person in one way: realm and account_id, or email, or phone, or customer_id");
      } else if (isAccount) {
        account(number, requestId, values.get("realm"), values.get("account_id"));
      } else {
        other(number, requestId, values);
      }
    }

    private static boolean shows(String requestId, String value) {
      return requestId.equals(value)
          || TextSearch.isDistinctive(value)
              && requestId.toLowerCase(Locale.ROOT).contains(value.toLowerCase(Locale.ROOT));
    }

    private void account(int number, String requestId, String realm, String account) {
      if (realm == null || account == null) {
        fault(number, (realm == null ? "realm" : "account_id") + " is missing");
      } else if (!realms.contains(realm)) {
        fault(number, "no source has this realm; there are " + String.join(", ", realms));
      } else {
        lines.add(
            new Line(number, requestId, Kind.ACCOUNT, realm, hash.hash(realm, account), account));
      }
    }

    private void other(int number, String requestId, Map<String, String> values) {
      String text = values.values().iterator().next();
      if (values.containsKey("customer_id")) {
        if (!text.matches("[0-9a-f]{32}")) {
          fault(number, "customer_id is not 32 hexadecimal digits, as in gold/customer_profile");
        } else {
          lines.add(new Line(number, requestId, Kind.CUSTOMER, "", text, text));
        }
        return;
      }
      boolean isEmail = values.containsKey("email");
      Optional<String> normal =
          isEmail ? Normalizers.email(text) : Normalizers.phone(text, country);
      if (normal.isEmpty()) {
        fault(number, isEmail ? "email is no mail address" : "phone is no phone number");
        return;
      }
      String type = isEmail ? "email" : "phone";
      lines.add(
          new Line(
              number,
              requestId,
              isEmail ? Kind.EMAIL : Kind.PHONE,
              type,
              hash.hash(type, normal.get()),
              text));
    }

    /** The fields of a line; one in quotes may hold commas, and quotes doubled. */
    private List<String> fields(int number, String line) {
      List<String> fields = new ArrayList<>();
      StringBuilder field = new StringBuilder();
      boolean isQuoted = false;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '"') {
          if (isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
            field.append(c);
            i++;
          } else {
            isQuoted = !isQuoted;
          }
        } else if (c == ',' && !isQuoted) {
          fields.add(field.toString().strip());
          field.setLength(0);
        } else {
          field.append(c);
        }
      }
      if (isQuoted) {
        fault(number, "a quote is not closed");
      }
      fields.add(field.toString().strip());
      return fields;
    }

    private void fault(int number, String problem) {
      faults.add(new Fault(name, number, "", problem));
    }
  }
}

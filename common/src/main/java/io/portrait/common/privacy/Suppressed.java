package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.io.Tables;
import io.portrait.common.table.PrivacyTables;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Accounts, e-mails, phones and ids of erased people, to be kept out.
 *
 * <p>It has keyed pseudonyms of the pseudonyms alone, so a text is told by making its pseudonyms
 * and theirs. The list travels inside a function object and reaches no plan and no log.
 */
public final class Suppressed implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final String NAMESPACE = "suppression";
  private static final String EMAIL = "email";
  private static final String PHONE = "phone";

  /** What stands between two separators of columns: an id may have blanks. */
  private static final Pattern FIELD = Pattern.compile("[^;,|\\t\\r\\n\"]+");

  /** What stands between blanks, quotes, brackets and the like. */
  private static final Pattern WORD = Pattern.compile("[^\\s;,|\"(){}\\[\\]<>:=]+");

  /** Digits as people write a phone number. */
  private static final Pattern NUMBER = Pattern.compile("\\+?\\(?\\d[\\d ().\\-/]{5,}\\d");

  private final KeyedHash hash;
  private final HashMap<String, String> requests;
  private final TreeSet<String> ids = new TreeSet<>();
  private final String country;

  /**
   * Makes a list.
   *
   * @param requests suppression key to request
   * @param types namespaces of ids; e-mails and phones need none
   * @param country where phone numbers without a country prefix belong
   */
  Suppressed(
      KeyedHash hash, Map<String, String> requests, Collection<String> types, String country) {
    this.hash = hash;
    this.requests = new HashMap<>(requests);
    this.ids.addAll(types);
    this.ids.removeAll(Set.of(EMAIL, PHONE));
    this.country = country;
  }

  /** Reads {@link PrivacyTables#SUPPRESSION}: as many rows as erased people have identifiers. */
  public static Suppressed read(Catalogue catalogue, Tables tables) {
    Map<String, String> requests = new HashMap<>();
    Set<String> types = new TreeSet<>();
    if (tables.exists(PrivacyTables.SUPPRESSION)) {
      tables
          .read(PrivacyTables.SUPPRESSION)
          .select("suppression_key", "request_id", "identifier_type")
          .collectAsList()
          .forEach(
              row -> {
                requests.put(row.getString(0), row.getString(1));
                types.add(row.getString(2));
              });
    }
    for (Source source : catalogue.sources()) {
      for (EntityMap map : source.maps()) {
        types.add(map.realm());
        types.addAll(map.identifiers().keySet());
      }
    }
    Deployment deployment = catalogue.deployment();
    return new Suppressed(
        new KeyedHash(deployment.privacy().key()), requests, types, deployment.country());
  }

  /** What the list has for a pseudonym, so that the pseudonym itself can be gone from all files. */
  public static String key(KeyedHash hash, String pseudonym) {
    return hash.hash(NAMESPACE, pseudonym);
  }

  public boolean isEmpty() {
    return requests.isEmpty();
  }

  /** The request that a pseudonym is kept out for; null if it is not, or is null. */
  public Column find(Column pseudonym) {
    return udf((UDF1<String, String>) this::request, StringType)
        .withName("suppressed")
        .apply(pseudonym);
  }

  /**
   * The request of the first e-mail, phone or id in a text; null if there is none. Only ids that
   * are {@link TextSearch#isDistinctive}: a short number is met everywhere.
   */
  public Column findIn(Column text) {
    return udf((UDF1<String, String>) this::inText, StringType)
        .withName("suppressed_text")
        .apply(text);
  }

  String inText(String text) {
    if (text == null) {
      return null;
    }
    Set<String> pseudonyms = new LinkedHashSet<>();
    matches(FIELD, text, part -> addPseudonyms(part, pseudonyms));
    matches(WORD, text, part -> addPseudonyms(part, pseudonyms));
    matches(
        NUMBER,
        text,
        part ->
            Normalizers.phone(part, country)
                .ifPresent(phone -> pseudonyms.add(hash.hash(PHONE, phone))));
    return pseudonyms.stream()
        .map(this::request)
        .filter(request -> request != null)
        .findFirst()
        .orElse(null);
  }

  private void addPseudonyms(String part, Set<String> pseudonyms) {
    String bare = part.replaceAll("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$", "");
    for (String text : new LinkedHashSet<>(List.of(part.strip(), bare))) {
      if (text.indexOf('@') >= 0) {
        Normalizers.email(text).ifPresent(mail -> pseudonyms.add(hash.hash(EMAIL, mail)));
      }
      if (TextSearch.isDistinctive(text)) {
        ids.forEach(type -> pseudonyms.add(hash.hash(type, text)));
      }
    }
  }

  private String request(String pseudonym) {
    return pseudonym == null ? null : requests.get(key(hash, pseudonym));
  }

  private static void matches(Pattern pattern, String text, Consumer<String> found) {
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.accept(matcher.group());
    }
  }
}

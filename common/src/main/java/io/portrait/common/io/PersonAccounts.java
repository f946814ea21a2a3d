package io.portrait.common.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.portrait.common.privacy.KeyLookup;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.SilverTables;
import java.sql.Date;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which accounts are a person's: those that the latest customer map holds together. What is read to
 * the driver grows with the persons asked for, not with customers.
 */
public final class PersonAccounts {

  private final Tables tables;
  private final Optional<Date> latest;

  /** Looks at a warehouse. */
  public PersonAccounts(Tables tables) {
    this.tables = tables;
    Row row = tables.readOrEmpty(SilverTables.CUSTOMER_MAP).agg(max("as_of")).head();
    this.latest = Optional.ofNullable(row.getDate(0));
  }

  /**
   * An identifier seen with an account.
   *
   * @param account its key
   * @param type {@code email}, {@code phone}, or the realm of an id
   * @param key pseudonym of the identifier
   */
  public record Identifier(String account, String type, String key) {}

  /** Identifiers of these accounts, and accounts with these identifiers. */
  public Set<Identifier> identifiers(Collection<String> keys) {
    return select(
        tables.readOrEmpty(SilverTables.ACCOUNT_IDENTIFIER),
        lookup(keys),
        List.of("account_key", "identifier_key"),
        List.of("account_key", "identifier_type", "identifier_key"),
        row -> new Identifier(row.getString(0), row.getString(1), row.getString(2)));
  }

  /** The customer of each of these accounts by the latest map; those that it has. */
  public Map<String, String> customers(Collection<String> accounts) {
    return mapRows(accounts, "account_key");
  }

  /** The accounts of these customers, each with its customer, by the latest map. */
  public Map<String, String> accounts(Collection<String> customers) {
    return mapRows(customers, "customer_id");
  }

  /** Accounts that any map, whatever its as-of date, gives to this customer. */
  public Set<String> accountsEver(String customer) {
    return select(
        tables.readOrEmpty(SilverTables.CUSTOMER_MAP),
        lookup(List.of(customer)),
        List.of("customer_id"),
        List.of("account_key"),
        row -> row.getString(0));
  }

  /**
   * Where these accounts stood in any map: {@code as_of/customer_id} to one of the accounts. Gold
   * rows of that customer and date hold what they did.
   */
  public Map<String, String> standings(Collection<String> accounts) {
    Map<String, String> standings = new TreeMap<>();
    select(
            tables.readOrEmpty(SilverTables.CUSTOMER_MAP),
            lookup(accounts),
            List.of("account_key"),
            List.of("as_of", "customer_id", "account_key"),
            row -> List.of(row.getDate(0) + "/" + row.getString(1), row.getString(2)))
        .forEach(pair -> standings.put(pair.get(0), pair.get(1)));
    return standings;
  }

  /** Those of these standings that hold another account too: what others did is in them. */
  public Set<String> mixedStandings(Collection<String> standings, Collection<String> accounts) {
    Set<String> mixed = new HashSet<>();
    KeyLookup sought = lookup(standings);
    Column standing = concat_ws("/", col("as_of").cast("string"), col("customer_id"));
    tables
        .readOrEmpty(SilverTables.CUSTOMER_MAP)
        .select(sought.find(standing).as("standing"), col("account_key"))
        .filter(col("standing").isNotNull())
        .filter(lookup(accounts).find(col("account_key")).isNull())
        .select("standing")
        .distinct()
        .collectAsList()
        .forEach(row -> mixed.add(row.getString(0)));
    return mixed;
  }

  /**
   * Accounts that no map has yet and that share an identifier with one of these, each with that
   * one; an identifier that is junk in some map ties none.
   */
  public Map<String, String> unmappedFellows(Collection<String> accounts) {
    Map<String, String> owners = new TreeMap<>();
    identifiers(accounts).stream()
        .filter(identifier -> accounts.contains(identifier.account()))
        .forEach(identifier -> owners.put(identifier.key(), identifier.account()));
    select(
            tables.readOrEmpty(SilverTables.JUNK_IDENTIFIER),
            lookup(owners.keySet()),
            List.of("identifier_key"),
            List.of("identifier_key"),
            row -> row.getString(0))
        .forEach(owners::remove);
    Map<String, String> fellows = new TreeMap<>();
    identifiers(owners.keySet()).stream()
        .filter(i -> owners.containsKey(i.key()) && !accounts.contains(i.account()))
        .forEach(i -> fellows.put(i.account(), owners.get(i.key())));
    fellows.keySet().removeAll(customers(Set.copyOf(fellows.keySet())).keySet());
    return fellows;
  }

  /**
   * Those of these identifiers that so many accounts share that the latest map ties none by them.
   */
  public Set<String> junk(Collection<String> identifiers) {
    return latest
        .map(
            date ->
                select(
                    tables
                        .readOrEmpty(SilverTables.JUNK_IDENTIFIER)
                        .filter(col("as_of").equalTo(lit(date))),
                    lookup(identifiers),
                    List.of("identifier_key"),
                    List.of("identifier_key"),
                    row -> row.getString(0)))
        .orElse(Set.of());
  }

  /**
   * Of each of these accounts that the latest map ties to another of them by its likeness: the
   * probability, 0 to 1, of its likeliest link.
   */
  public Map<String, Double> likeliestLinks(Collection<String> accounts) {
    Map<String, Double> likeliest = new HashMap<>();
    if (latest.isPresent()) {
      tables
          .readOrEmpty(MatchTables.ACCOUNT_LINK)
          .filter(col("as_of").equalTo(lit(latest.get())).and(col("is_link")))
          .filter(lookup(accounts).find(col("account_key")).isNotNull())
          .filter(lookup(accounts).find(col("other_account_key")).isNotNull())
          .select("account_key", "other_account_key", "match_probability")
          .collectAsList()
          .forEach(
              row -> {
                likeliest.merge(row.getString(0), row.getDouble(2), Math::max);
                likeliest.merge(row.getString(1), row.getDouble(2), Math::max);
              });
    }
    return likeliest;
  }

  private Map<String, String> mapRows(Collection<String> keys, String column) {
    Map<String, String> customers = new HashMap<>();
    if (latest.isPresent() && !keys.isEmpty()) {
      select(
              tables
                  .readOrEmpty(SilverTables.CUSTOMER_MAP)
                  .filter(col("as_of").equalTo(lit(latest.get()))),
              lookup(keys),
              List.of(column),
              List.of("account_key", "customer_id"),
              row -> List.of(row.getString(0), row.getString(1)))
          .forEach(pair -> customers.put(pair.get(0), pair.get(1)));
    }
    return customers;
  }

  private static <T> Set<T> select(
      Dataset<Row> rows,
      KeyLookup keys,
      List<String> sought,
      List<String> columns,
      Function<Row, T> of) {
    if (keys.isEmpty()) {
      return Set.of();
    }
    Column isFound = lit(false);
    for (String column : sought) {
      isFound = isFound.or(keys.find(col(column)).isNotNull());
    }
    Set<T> result = new HashSet<>();
    rows.filter(isFound)
        .select(columns.stream().map(c -> col(c)).toArray(Column[]::new))
        .distinct()
        .collectAsList()
        .forEach(row -> result.add(of.apply(row)));
    return result;
  }

  private static KeyLookup lookup(Collection<String> keys) {
    return new KeyLookup(keys.stream().distinct().collect(Collectors.toMap(k -> k, k -> k)));
  }
}

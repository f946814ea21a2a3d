package io.portrait.jobs.erase;

import io.portrait.common.error.JobException;
import io.portrait.common.io.PersonAccounts;
import io.portrait.common.io.PersonAccounts.Identifier;
import io.portrait.jobs.erase.Request.Kind;
import io.portrait.jobs.erase.Request.Line;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is named, as pseudonyms.
 *
 * @param accounts account to request
 * @param identifiers e-mails, phones and ids that no account of anybody else shows, to request
 * @param types type of each account and identifier
 * @param standings {@code as_of/customer_id} to request, where the accounts stood in any map
 * @param counts persons by request
 * @param shared identifiers that others show too; they are theirs and stay
 * @param unknown lines that name nobody whom silver knows; the raw rows may
 */
record Persons(
    Map<String, String> accounts,
    Map<String, String> identifiers,
    Map<String, String> types,
    Map<String, String> standings,
    Map<String, Long> counts,
    long shared,
    List<Line> unknown) {

  /**
   * Finds the persons that lines name.
   *
   * @param isSharedAllowed whether an e-mail, phone or former customer id of several persons means
   *     all of them
   * @param beside accounts and other ids, each with its type, that refused rows show beside an
   *     e-mail or phone that silver does not know, by its key
   * @throws JobException naming the lines that mean several persons
   */
  static Persons find(
      List<Line> lines,
      PersonAccounts people,
      boolean isSharedAllowed,
      Map<String, Map<String, String>> beside) {
    Set<String> keys = lines.stream().map(Line::key).collect(Collectors.toCollection(TreeSet::new));
    beside.values().forEach(ids -> keys.addAll(ids.keySet()));
    Set<Identifier> seen = people.identifiers(keys);
    Map<Line, Set<String>> direct = new HashMap<>();
    for (Line line : lines) {
      Set<String> accounts = direct(line, seen, people);
      if (accounts.isEmpty()) {
        beside
            .getOrDefault(line.key(), Map.of())
            .keySet()
            .forEach(id -> accounts.addAll(accountsOf(id, seen)));
      }
      direct.put(line, accounts);
    }
    Map<String, String> customers =
        people.customers(direct.values().stream().flatMap(Set::stream).distinct().toList());
    Map<Line, Set<String>> persons = new HashMap<>();
    direct.forEach(
        (line, accounts) ->
            persons.put(
                line,
                accounts.stream()
                    .map(account -> customers.getOrDefault(account, account))
                    .collect(Collectors.toCollection(TreeSet::new))));
    refuseAmbiguous(lines, persons, isSharedAllowed);

    Map<String, String> requestOfPerson = new HashMap<>();
    Map<String, Long> counts = new TreeMap<>();
    for (Line line : lines) {
      for (String person : persons.get(line)) {
        if (requestOfPerson.putIfAbsent(person, line.requestId()) == null) {
          counts.merge(line.requestId(), 1L, Long::sum);
        }
      }
    }
    Map<String, String> accounts = new TreeMap<>();
    people
        .accounts(requestOfPerson.keySet())
        .forEach((account, customer) -> accounts.put(account, requestOfPerson.get(customer)));
    direct.forEach(
        (line, own) -> own.forEach(account -> accounts.putIfAbsent(account, line.requestId())));
    people
        .unmappedFellows(Set.copyOf(accounts.keySet()))
        .forEach((fellow, account) -> accounts.put(fellow, accounts.get(account)));
    Persons found = withIdentifiers(lines, direct, accounts, counts, people);
    for (Line line : lines) {
      Map<String, String> ids = beside.getOrDefault(line.key(), Map.of());
      if (!ids.isEmpty()) {
        found.identifiers().put(line.key(), line.requestId());
        found.types().put(line.key(), line.type());
        ids.forEach(found.types()::putIfAbsent);
      }
    }
    return found;
  }

  /** The account with this key, or those that somebody was signed in to under this id. */
  private static Set<String> accountsOf(String id, Set<Identifier> seen) {
    Set<String> accounts = new TreeSet<>(Set.of(id));
    if (seen.stream().noneMatch(identifier -> identifier.account().equals(id))) {
      seen.stream()
          .filter(identifier -> identifier.key().equals(id))
          .forEach(identifier -> accounts.add(identifier.account()));
    }
    return accounts;
  }

  private static Set<String> direct(Line line, Set<Identifier> seen, PersonAccounts people) {
    Set<String> accounts = new TreeSet<>();
    if (line.kind() == Kind.CUSTOMER) {
      accounts.addAll(people.accounts(List.of(line.key())).keySet());
      return accounts.isEmpty() ? people.accountsEver(line.key()) : accounts;
    }
    for (Identifier identifier : seen) {
      if (line.kind() == Kind.ACCOUNT && identifier.account().equals(line.key())) {
        return new TreeSet<>(Set.of(line.key()));
      }
      if (identifier.key().equals(line.key())) {
        accounts.add(identifier.account());
      }
    }
    if (line.kind() == Kind.ACCOUNT && !accounts.isEmpty()) {
      // Nobody has met the account itself, but somebody who was signed in to it.
      accounts.add(line.key());
    }
    return accounts;
  }

  private static void refuseAmbiguous(
      List<Line> lines, Map<Line, Set<String>> persons, boolean isSharedAllowed) {
    List<String> several =
        lines.stream()
            .filter(line -> persons.get(line).size() > 1 && line.kind() != Kind.ACCOUNT)
            .map(
                line ->
                    String.format(
                        "line %d: %s of %d persons",
                        line.number(),
                        line.kind() == Kind.CUSTOMER
                            ? "a former customer_id"
                            : "the " + line.type(),
                        persons.get(line).size()))
            .toList();
    if (!several.isEmpty() && !isSharedAllowed) {
      throw JobException.invalidData(
          "The request means several persons, and nothing was erased:%n  %s%nName each by realm and"
              + " account_id, or pass --all-who-share to erase all of them.",
          String.join("\n  ", several));
    }
  }

  /** Adds the identifiers that are theirs alone, and where the accounts stood in maps. */
  private static Persons withIdentifiers(
      List<Line> lines,
      Map<Line, Set<String>> direct,
      Map<String, String> accounts,
      Map<String, Long> counts,
      PersonAccounts people) {
    Map<String, String> types = new TreeMap<>();
    Map<String, String> identifiers = new TreeMap<>();
    Set<Identifier> own = people.identifiers(accounts.keySet());
    Set<String> keys = own.stream().map(Identifier::key).collect(Collectors.toSet());
    Set<String> others = new HashSet<>();
    Collection<Identifier> all = people.identifiers(keys);
    for (Identifier identifier : all) {
      if (keys.contains(identifier.key()) && !accounts.containsKey(identifier.account())) {
        others.add(identifier.key());
      }
    }
    for (Identifier identifier : own) {
      String request = accounts.get(identifier.account());
      if (request != null) {
        types.put(identifier.key(), identifier.type());
        if (!others.contains(identifier.key()) && !accounts.containsKey(identifier.key())) {
          identifiers.put(identifier.key(), request);
        }
      }
    }
    Map<String, String> standings = new TreeMap<>();
    people
        .standings(accounts.keySet())
        .forEach((standing, account) -> standings.put(standing, accounts.get(account)));
    List<Line> unknown = new ArrayList<>();
    for (Line line : lines) {
      if (direct.get(line).isEmpty()) {
        unknown.add(line);
      } else if (line.kind() == Kind.ACCOUNT) {
        types.put(line.key(), line.type());
      }
    }
    others.removeAll(accounts.keySet());
    return new Persons(accounts, identifiers, types, standings, counts, others.size(), unknown);
  }
}

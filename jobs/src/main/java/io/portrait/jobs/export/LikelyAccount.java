package io.portrait.jobs.export;

import io.portrait.common.config.LinkOverride;
import io.portrait.common.config.LinkOverride.AccountName;
import io.portrait.common.config.LinkOverride.Decision;
import io.portrait.common.io.PersonAccounts;
import io.portrait.common.io.PersonAccounts.Identifier;
import io.portrait.common.privacy.KeyedHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An account that counts as the person's and that neither a shared identifier nor a decision ties
 * to the account that was asked for: it may be somebody else's.
 *
 * @param account its key
 * @param probability of its likeliest link to another account of the person, 0 to 1; absent: the
 *     latest map has no link of it
 */
record LikelyAccount(String account, Optional<Double> probability) {

  /**
   * Finds those among a person's accounts.
   *
   * @param asked the account that was asked for
   * @param accounts all accounts of the person
   * @param overrides decisions of people
   */
  static List<LikelyAccount> find(
      PersonAccounts people,
      String asked,
      Set<String> accounts,
      List<LinkOverride> overrides,
      KeyedHash hash) {
    List<Set<String>> ties = new ArrayList<>(tiesByIdentifier(people, accounts));
    overrides.stream()
        .filter(override -> override.decision() == Decision.MUST_LINK)
        .map(override -> Set.of(key(hash, override.one()), key(hash, override.other())))
        .forEach(ties::add);
    Set<String> likely = new TreeSet<>(accounts);
    likely.removeAll(reached(asked, ties));
    Map<String, Double> links = likely.isEmpty() ? Map.of() : people.likeliestLinks(accounts);
    return likely.stream()
        .map(account -> new LikelyAccount(account, Optional.ofNullable(links.get(account))))
        .toList();
  }

  /** The accounts that show an identifier, of each that is not junk. */
  private static Collection<Set<String>> tiesByIdentifier(
      PersonAccounts people, Set<String> accounts) {
    Map<String, Set<String>> ties =
        people.identifiers(accounts).stream()
            .filter(identifier -> accounts.contains(identifier.account()))
            .collect(
                Collectors.groupingBy(
                    Identifier::key,
                    HashMap::new,
                    Collectors.mapping(Identifier::account, Collectors.toSet())));
    ties.values().removeIf(tied -> tied.size() < 2);
    ties.keySet().removeAll(people.junk(Set.copyOf(ties.keySet())));
    return ties.values();
  }

  /** What can be reached from an account, itself included. */
  private static Set<String> reached(String from, List<Set<String>> ties) {
    Set<String> reached = new TreeSet<>(Set.of(from));
    boolean isGrowing = true;
    while (isGrowing) {
      isGrowing = false;
      for (Set<String> tie : ties) {
        if (tie.stream().anyMatch(reached::contains)) {
          isGrowing |= reached.addAll(tie);
        }
      }
    }
    return reached;
  }

  private static String key(KeyedHash hash, AccountName account) {
    return hash.hash(account.realm(), account.accountId());
  }
}

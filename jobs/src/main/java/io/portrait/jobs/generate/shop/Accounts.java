package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.shop.Account.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The accounts of a person: in one of two systems or both, sometimes twice in one. */
final class Accounts {

  /** Most accounts of a person; ids are numbered by it. */
  private static final int MOST = 4;

  private static final long NUMBERS = 1_000_000_000;
  private static final long PHONE_NUMBERS = 100_000_000;

  /** Coprime to the powers of ten above: multiplying by it only changes the order. */
  private static final long STRIDE = 387_420_489;

  private Accounts() {}

  /**
   * Draws the accounts.
   *
   * @param lastStart day before which every account begins
   */
  static List<Account> of(ShopPlan plan, long person, Traits traits, int lastStart) {
    Dice dice = plan.dice("shop accounts", person);
    String email = email(traits, person, 0);
    String phone = phone(person);
    boolean isInBoth = dice.chance(0.35);
    boolean startsInCrm = dice.chance(0.65);
    List<Account> accounts = new ArrayList<>(MOST);
    String first = startsInCrm ? Account.CRM : Account.CLUB;
    accounts.add(
        new Account(first, id(first, person, 0), traits.startDay(), email, phone, Link.FIRST));
    if (isInBoth) {
      String second = startsInCrm ? Account.CLUB : Account.CRM;
      accounts.add(another(second, person, 1, traits, email, phone, lastStart, dice));
    }
    if (dice.chance(0.03)) {
      accounts.add(another(first, person, 2, traits, email, phone, lastStart, dice));
    }
    return List.copyOf(accounts);
  }

  private static Account another(
      String realm,
      long person,
      int number,
      Traits traits,
      String email,
      String phone,
      int lastStart,
      Dice dice) {
    int since = dice.between(traits.startDay(), lastStart);
    double draw = dice.uniform();
    Link link =
        draw < 0.6 ? Link.BOTH : draw < 0.8 ? Link.EMAIL : draw < 0.985 ? Link.PHONE : Link.NONE;
    boolean hasEmail = link == Link.BOTH || link == Link.EMAIL;
    boolean hasPhone = link == Link.BOTH || link == Link.PHONE;
    String otherEmail = dice.chance(0.5) ? email(traits, person, number) : null;
    return new Account(
        realm,
        id(realm, person, number),
        since,
        hasEmail ? email : otherEmail,
        hasPhone ? phone : null,
        link);
  }

  /** Numbers that do not tell who came first. */
  private static String id(String realm, long person, int number) {
    long scrambled = (person * MOST + number) % NUMBERS * STRIDE % NUMBERS;
    return (realm.equals(Account.CRM) ? "C" : "M") + (NUMBERS + scrambled);
  }

  private static String phone(long person) {
    long scrambled = person % PHONE_NUMBERS * STRIDE % PHONE_NUMBERS;
    return "09" + Long.toString(PHONE_NUMBERS + scrambled).substring(1);
  }

  /** An address that no other person has, and no other number of this one. */
  private static String email(Traits traits, long person, int number) {
    String name = traits.givenName() + "." + traits.familyName();
    return name.toLowerCase(Locale.ROOT).replace("'", "")
        + Long.toString(person * MOST + number, 36)
        + "@"
        + (person % 3 == 0 ? "mail.example" : person % 3 == 1 ? "post.example" : "inbox.example");
  }
}

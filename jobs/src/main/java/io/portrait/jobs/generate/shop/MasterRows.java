package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.JsonLine;
import java.io.IOException;
import java.util.Locale;

/**
 * Master data of the two customer systems: CSV from the CRM, JSON lines from the club, each with
 * its own spellings of names, dates and phone numbers.
 */
final class MasterRows {

  private static final double REPEATED = 0.01;
  private static final double NO_ID = 0.002;
  private static final double TOO_FEW_COLUMNS = 0.001;
  private static final double MISSING = 0.08;
  private static final double BAD_DATE = 0.01;

  private MasterRows() {}

  static void write(Person person, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    for (Account account : person.accounts()) {
      if (account.isCrm()) {
        writeCrm(person, account, clock, dice, files);
      } else {
        writeClub(person, account, clock, dice, files);
      }
    }
  }

  private static void writeCrm(
      Person person, Account account, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    Traits traits = person.traits();
    String[] values = {
      account.id(),
      name(traits, dice),
      email(account, dice),
      phone(account, dice),
      traits.isFemale() ? dice.pick("F", "female", "女") : dice.pick("M", "male", "男"),
      birthday(traits, dice),
      traits.region().title(),
      dice.chance(0.05) ? traits.city().toUpperCase(Locale.ROOT) : traits.city(),
      "No. " + dice.between(1, 400) + ", Minsheng Rd., " + traits.city(),
      orNull(traits.occupation(), dice),
      orNull(dice.pick("high school", "college", "university", "graduate"), dice),
      dice.pick("married", "married", "single", "single", ""),
      Integer.toString(dice.streak(0.4, 4)),
      declaredIncome(traits, dice),
      traits.isHomeOwner() ? dice.pick("Y", "yes", "是") : dice.pick("N", "no", "否", ""),
      Integer.toString(traits.cars()),
      openedAt(person, account, clock, dice),
      dice.pick("basic", "basic", "Basic", "silver", "gold")
    };
    String row = Text.csv(values);
    files.on(account.since()).line(Output.CRM, row);
    if (dice.chance(REPEATED)) {
      files.line(Output.CRM, row);
    }
    if (dice.chance(NO_ID)) {
      values[0] = "";
      files.line(Output.CRM, Text.csv(values));
    }
    if (dice.chance(TOO_FEW_COLUMNS)) {
      files.line(Output.CRM, account.id() + ",moved,see note");
    }
  }

  private static void writeClub(
      Person person, Account account, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    Traits traits = person.traits();
    JsonLine json =
        new JsonLine()
            .text("member", account.id())
            .text("name", name(traits, dice))
            .raw("mail", quoted(email(account, dice)))
            .raw("phone", quoted(phone(account, dice)))
            .text("gender", traits.isFemale() ? "female" : "male")
            .text("area", traits.region().title())
            .text("city", traits.city());
    if (!dice.chance(MISSING)) {
      json.text("born", traits.birthYear() + birthMonthAndDay(traits));
    }
    json.text("joined", clock.iso(account.since(), 8 * 3_600 + dice.between(0, 3_599)))
        .text("level", dice.pick("basic", "silver", "gold"));
    files.on(account.since()).line(Output.CLUB, json.toString());
    if (dice.chance(REPEATED)) {
      files.line(Output.CLUB, json.toString());
    }
    if (dice.chance(NO_ID)) {
      files.line(Output.CLUB, dice.chance(0.5) ? "{\"member\":null}" : "{\"member\":\"M1");
    }
  }

  private static String name(Traits traits, Dice dice) {
    String family = traits.familyName();
    String given = traits.givenName();
    String name = dice.chance(0.2) ? family + ", " + given : given + " " + family;
    if (dice.chance(0.03)) {
      int at = dice.between(1, name.length() - 2);
      name = name.substring(0, at) + name.substring(at + 1);
    }
    return dice.chance(0.03) ? name + " \"" + given.charAt(0) + "\"" : name;
  }

  /** The address as somebody typed it; where there is none, sometimes what is no address. */
  private static String email(Account account, Dice dice) {
    if (account.email() == null) {
      return dice.pick("", "", "n/a", "amy.chen(at)mail.example", "amy@mail");
    }
    return dice.chance(0.15) ? " " + account.email().toUpperCase(Locale.ROOT) : account.email();
  }

  /** The number as somebody typed it. */
  private static String phone(Account account, Dice dice) {
    String digits = account.phone();
    if (digits == null) {
      return dice.pick("", "", "unknown", "see note");
    }
    String rest = digits.substring(1);
    return switch (dice.between(0, 4)) {
      case 0 -> digits;
      case 1 -> digits.substring(0, 4) + "-" + digits.substring(4, 7) + "-" + digits.substring(7);
      case 2 ->
          "+886 " + rest.substring(0, 3) + " " + rest.substring(3, 6) + " " + rest.substring(6);
      case 3 -> "+886" + rest;
      default -> "(" + digits.substring(0, 4) + ") " + digits.substring(4);
    };
  }

  private static String birthday(Traits traits, Dice dice) {
    if (dice.chance(MISSING)) {
      return "";
    }
    if (dice.chance(BAD_DATE)) {
      return dice.pick("1980-02-31", "19800101x", "00/00/0000");
    }
    String date = traits.birthYear() + birthMonthAndDay(traits);
    return dice.chance(0.3) ? date.replace('-', '/') : date;
  }

  /** The same in both systems: it follows from what the person is. */
  private static String birthMonthAndDay(Traits traits) {
    int number = (int) (traits.income() / 10_000 + traits.startDay());
    return "-" + two(1 + number % 12) + "-" + two(1 + number % 28);
  }

  private static String declaredIncome(Traits traits, Dice dice) {
    if (dice.chance(0.45)) {
      return "";
    }
    long income = Math.round(traits.income() * (0.85 + 0.3 * dice.uniform()) / 10_000) * 10_000;
    return dice.chance(0.5) ? Text.grouped(income) : Long.toString(income);
  }

  private static String openedAt(Person person, Account account, ShopClock clock, Dice dice) {
    int second = person.orders().get(0).second() - dice.between(600, 7_200);
    String time = clock.local(account.since(), Math.max(0, second));
    return dice.chance(0.2) ? time.replace('-', '/') : time;
  }

  private static String orNull(String value, Dice dice) {
    return dice.chance(MISSING) ? null : value;
  }

  private static String quoted(String value) {
    return value.isEmpty() ? "null" : '"' + value + '"';
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}

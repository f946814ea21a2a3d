package io.portrait.jobs.bench;

import io.portrait.common.privacy.KeyedHash;
import io.portrait.jobs.generate.Dice;
import java.io.Serializable;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A register of people who do not exist, with typing errors after the manner of Febrl: of ten
 * people seven have one account, two have two and one has three, and every account after a person's
 * first has one to three errors.
 *
 * <p>Some names are far more common than others, values are missing, and every sixth person shares
 * the family name, address and phone of another. The same seed gives the same accounts.
 */
final class Register implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Persons of fourteen accounts in a row. */
  private static final int[] PERSONS = {0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 9, 9, 9};

  private static final int[] COPIES = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 2};

  private static final int GIVEN_NAMES = 3_000;
  private static final int FAMILY_NAMES = 30_000;
  private static final int STREETS = 20_000;
  private static final int CITIES = 2_000;

  private static final List<String> SYLLABLES =
      List.of(
          "an", "bel", "cor", "da", "el", "fen", "gar", "ha", "is", "jo", "ka", "lin", "mar", "no",
          "ol", "pet", "quin", "ros", "sa", "tom", "ul", "vi", "wil", "xan", "yor", "zel", "ber",
          "chi", "don", "er", "fra", "gil");

  private static final StructType SCHEMA =
      StructType.fromDDL(
          "account_key string NOT NULL, person bigint NOT NULL, birth_date date, city string,"
              + " given_name string, family_name string, street string, postcode string,"
              + " national_id string, phone string, email string");

  private static final int GIVEN = 0;
  private static final int FAMILY = 1;
  private static final int STREET = 2;
  private static final int POSTCODE = 3;
  private static final int CITY = 4;
  private static final int NATIONAL_ID = 5;
  private static final int PHONE = 6;
  private static final int EMAIL = 7;
  private static final int TEXTS = 8;

  /** What is known of an account: its birth date, and texts by their place. */
  private record Fields(LocalDate birth, List<String> texts) {}

  private final long seed;
  private final KeyedHash hash;

  Register(long seed, KeyedHash hash) {
    this.seed = seed;
    this.hash = hash;
  }

  /** Out: {@code account_key}, {@code person}, and columns of the entity customer. */
  Dataset<Row> accounts(SparkSession spark, long accounts) {
    return spark.range(accounts).map((MapFunction<Long, Row>) this::account, Encoders.row(SCHEMA));
  }

  private Row account(long number) {
    int place = (int) (number % PERSONS.length);
    long person = number / PERSONS.length * 10 + PERSONS[place];
    Fields fields = person(person);
    if (COPIES[place] > 0) {
      Dice dice = Dice.of(seed, "register errors", number);
      for (int errors = dice.between(1, 3); errors > 0; errors--) {
        fields = withError(fields, dice);
      }
    }
    List<String> texts = fields.texts();
    return RowFactory.create(
        hash.hash("register", String.valueOf(number)),
        person,
        fields.birth() == null ? null : Date.valueOf(fields.birth()),
        texts.get(CITY),
        texts.get(GIVEN),
        texts.get(FAMILY),
        texts.get(STREET),
        texts.get(POSTCODE),
        texts.get(NATIONAL_ID),
        texts.get(PHONE),
        texts.get(EMAIL));
  }

  /** A person as they are, some of it unknown. */
  private Fields person(long number) {
    Dice dice = Dice.of(seed, "register person", number);
    List<String> texts = Arrays.asList(new String[TEXTS]);
    texts.set(GIVEN, name(skewed(dice, GIVEN_NAMES), ""));
    texts.set(FAMILY, name(skewed(dice, FAMILY_NAMES), "son"));
    int street = dice.between(0, STREETS - 1);
    texts.set(STREET, dice.between(1, 200) + " " + name(street, " street"));
    int city = skewed(dice, CITIES);
    texts.set(CITY, name(city, "ville"));
    texts.set(POSTCODE, String.valueOf(10_000 + 40 * city + street % 40));
    texts.set(NATIONAL_ID, digits(dice, 9));
    texts.set(PHONE, "+8869" + digits(dice, 8));
    texts.set(
        EMAIL,
        texts.get(GIVEN) + "." + texts.get(FAMILY) + dice.between(1, 9999) + "@mail.example");
    LocalDate birth = LocalDate.of(1935, 1, 1).plusDays(dice.between(0, 26_000));
    if (number % 3 == 1 && dice.chance(0.5)) {
      List<String> head = person(number - 1).texts();
      for (int shared : new int[] {FAMILY, STREET, POSTCODE, CITY, PHONE}) {
        texts.set(shared, head.get(shared));
      }
    }
    texts.set(NATIONAL_ID, dice.chance(0.3) ? null : texts.get(NATIONAL_ID));
    texts.set(PHONE, dice.chance(0.2) ? null : texts.get(PHONE));
    texts.set(EMAIL, dice.chance(0.3) ? null : texts.get(EMAIL));
    return new Fields(dice.chance(0.03) ? null : birth, texts);
  }

  /** Below a bound; ten times smaller numbers are ten times as likely. */
  private static int skewed(Dice dice, int bound) {
    return (int) StrictMath.exp(dice.uniform() * StrictMath.log(bound));
  }

  /** A name of two to four syllables; every number has its own. */
  private static String name(int number, String ending) {
    StringBuilder name = new StringBuilder();
    int rest = number + SYLLABLES.size();
    while (rest > 0) {
      name.append(SYLLABLES.get(rest % SYLLABLES.size()));
      rest /= SYLLABLES.size();
    }
    return name.append(ending).toString();
  }

  private static String digits(Dice dice, int length) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < length; i++) {
      digits.append(dice.between(0, 9));
    }
    return digits.toString();
  }

  /** Names or day and month swapped, a value lost or wholly another, or a letter wrong. */
  private static Fields withError(Fields fields, Dice dice) {
    List<String> texts = new ArrayList<>(fields.texts());
    LocalDate birth = fields.birth();
    int kind = dice.between(0, 99);
    if (kind < 5) {
      texts.set(GIVEN, fields.texts().get(FAMILY));
      texts.set(FAMILY, fields.texts().get(GIVEN));
    } else if (kind < 20) {
      birth = wrongDate(birth, dice);
    } else {
      int field = dice.between(0, TEXTS - 1);
      if (kind < 30) {
        texts.set(field, null);
      } else if (kind < 35 && field == STREET) {
        texts.set(
            STREET, dice.between(1, 200) + " " + name(dice.between(0, STREETS - 1), " street"));
      } else {
        texts.set(field, typo(texts.get(field), dice));
      }
    }
    return new Fields(birth, texts);
  }

  private static LocalDate wrongDate(LocalDate date, Dice dice) {
    if (date == null) {
      return null;
    }
    if (date.getDayOfMonth() <= 12 && dice.chance(0.5)) {
      return LocalDate.of(date.getYear(), date.getDayOfMonth(), date.getMonthValue());
    }
    return dice.chance(0.5)
        ? date.withDayOfMonth(dice.between(1, 28))
        : date.minusYears(dice.pick(1, 2, 10));
  }

  /** A letter inserted, deleted, replaced, or swapped with the next. */
  private static String typo(String text, Dice dice) {
    if (text == null || text.length() < 3) {
      return text;
    }
    StringBuilder typed = new StringBuilder(text);
    int at = dice.between(1, text.length() - 2);
    char other =
        Character.isDigit(text.charAt(at))
            ? (char) ('0' + dice.between(0, 9))
            : (char) ('a' + dice.between(0, 25));
    switch (dice.between(0, 3)) {
      case 0 -> typed.insert(at, other);
      case 1 -> typed.deleteCharAt(at);
      case 2 -> typed.setCharAt(at, other);
      default -> {
        typed.setCharAt(at, text.charAt(at + 1));
        typed.setCharAt(at + 1, text.charAt(at));
      }
    }
    return typed.toString();
  }
}

package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.JsonLine;
import java.io.IOException;

/**
 * What others know about money: reports of a credit bureau (with tabs), and facts from forms and
 * third parties (JSON lines), each with who said so and how sure they are.
 */
final class FinanceRows {

  private static final double REPEATED = 0.01;
  private static final int HALF_YEAR = 182;

  private FinanceRows() {}

  static void writeCredit(Person person, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    if (!dice.chance(0.4)) {
      return;
    }
    Traits traits = person.traits();
    int usualOverdue = dice.streak(traits.isDefaulter() ? 0.75 : 0.12, 8);
    int number = 0;
    int day = traits.startDay() + dice.between(0, HALF_YEAR);
    while (day < clock.days() && number < 4) {
      number++;
      int overdue = Math.max(0, usualOverdue + dice.pick(-1, 0, 0, 0, 1));
      int loans = dice.streak(0.45, 5) + (traits.isHomeOwner() && dice.chance(0.5) ? 1 : 0);
      double score =
          640 + 55 * traits.creditworthiness() - 30 * overdue - (traits.isDefaulter() ? 40 : 0);
      long rounded = Math.round(Math.max(300, Math.min(850, dice.bell(score, 25))));
      long balance = (long) loans * dice.between(20_000, 60_000 + (int) (traits.income() / 2));
      String row =
          Text.separated(
              '\t',
              "B" + Ids.of(person.number(), number),
              person.firstAccount().id(),
              clock.date(day).replace("-", ""),
              dice.chance(0.03) ? dice.pick("NA", "0") : Long.toString(rounded),
              Integer.toString(loans),
              dice.chance(0.2) ? Text.grouped(balance) : Text.money(balance),
              Integer.toString(overdue),
              Text.money(overdue == 0 ? 0 : dice.between(500, 40_000)));
      files.on(day).line(Output.CREDIT, row);
      if (dice.chance(REPEATED)) {
        files.line(Output.CREDIT, row);
      }
      day += dice.between(HALF_YEAR, 2 * HALF_YEAR);
    }
  }

  static void writeAttributes(Person person, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    Traits traits = person.traits();
    Facts facts = new Facts(person, clock, files);
    if (dice.chance(0.35)) {
      long declared = Math.round(traits.income() * (0.9 + 0.3 * dice.uniform()) / 10_000) * 10_000;
      facts.write("income", Long.toString(declared), "form", 0.6, dice);
      facts.write("house", traits.isHomeOwner() ? "yes" : "no", "form", 0.8, dice);
      facts.write("car", Integer.toString(traits.cars()), "form", 0.8, dice);
      facts.write("interest", Products.CATEGORIES.get(traits.favourite()), "form", 0.7, dice);
    }
    if (dice.chance(0.3)) {
      long estimated = Math.round(traits.income() * StrictMath.exp(0.15 * dice.normal()));
      facts.write("income", Long.toString(estimated), "data_house", 0.75, dice);
      facts.write("assets", Long.toString(traits.assets()), "data_house", 0.7, dice);
    }
    if (dice.chance(0.1)) {
      facts.write("income", Long.toString(traits.income()), "payroll_bank", 0.95, dice);
    }
  }

  /** The facts about one person. */
  private static final class Facts {
    private final Person person;
    private final ShopClock clock;
    private final ShopFiles files;
    private int number;

    Facts(Person person, ShopClock clock, ShopFiles files) {
      this.person = person;
      this.clock = clock;
      this.files = files;
    }

    void write(String name, String value, String provider, double confidence, Dice dice)
        throws IOException {
      number++;
      int day = dice.between(person.traits().startDay(), clock.days() - 1);
      String row =
          new JsonLine()
              .text("fact_no", "F" + Ids.of(person.number(), number))
              .text("account", person.firstAccount().id())
              .text("observed_at", clock.date(day))
              .text("name", dice.chance(0.1) ? " " + name : name)
              .text("value", value)
              .text("provider", provider)
              .raw("confidence", Double.toString(confidence))
              .toString();
      files.on(day).line(Output.ATTRIBUTE, row);
      if (dice.chance(REPEATED)) {
        files.line(Output.ATTRIBUTE, row);
      }
    }
  }
}

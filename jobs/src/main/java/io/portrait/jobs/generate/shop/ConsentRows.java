package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.io.IOException;
import java.util.Locale;

/** What people agreed to when they came, and what they took back; CSV with two forms of times. */
final class ConsentRows {

  private static final double REPEATED = 0.01;
  private static final double NO_ANSWER = 0.004;

  private ConsentRows() {}

  static void write(Person person, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    Campaigns campaigns = person.campaigns();
    int start = person.traits().startDay();
    write(person, 1, "marketing", campaigns.acceptsMarketing(), start, clock, dice, files);
    if (dice.chance(0.9)) {
      write(person, 2, "personalisation", dice.chance(0.8), start, clock, dice, files);
    }
    if (dice.chance(0.6)) {
      write(person, 3, "credit", dice.chance(0.7), start, clock, dice, files);
    }
    if (campaigns.withdrawnOn() >= 0) {
      write(person, 4, "marketing", false, campaigns.withdrawnOn(), clock, dice, files);
    }
  }

  private static void write(
      Person person,
      int number,
      String purpose,
      boolean isGranted,
      int day,
      ShopClock clock,
      Dice dice,
      ShopFiles files)
      throws IOException {
    // What is taken back on the first day is taken back after it was given.
    int second = number * 3_600 + dice.between(0, 3_599);
    String[] values = {
      "K" + Ids.of(person.number(), number),
      person.firstAccount().id(),
      dice.pick(purpose, purpose, purpose.toUpperCase(Locale.ROOT), purpose + " "),
      isGranted ? dice.pick("yes", "Y", "true", "1") : dice.pick("no", "N", "0"),
      dice.chance(0.05)
          ? clock.date(day).replace('-', '/') + " " + ShopClock.time(second).substring(0, 5)
          : clock.local(day, second)
    };
    files.on(day).line(Output.CONSENT, Text.csv(values));
    if (dice.chance(REPEATED)) {
      files.line(Output.CONSENT, Text.csv(values));
    }
    if (dice.chance(NO_ANSWER)) {
      values[0] += "-2";
      values[3] = "";
      files.line(Output.CONSENT, Text.csv(values));
    }
  }
}

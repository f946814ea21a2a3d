package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.JsonLine;
import java.io.IOException;
import java.util.List;

/**
 * Tickets of the service desk (semicolons, text over several lines) and answers to surveys (JSON
 * lines), both after orders: the impatient complain more and answer worse.
 */
final class ServiceRows {

  private static final double REPEATED = 0.01;
  private static final double TEST_ACCOUNT = 0.003;
  private static final int DAY_SECONDS = 86_400;
  private static final List<String> TEXTS =
      List.of(
          "Parcel was open; \"wet\" inside.\nAsks for a refund.",
          "商品有瑕疵,要求退貨",
          "Asked for opening hours.",
          "Wrong price on the shelf\nCalled back.");

  private ServiceRows() {}

  static void write(Person person, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    double patience = person.traits().patience();
    for (Order order : person.orders()) {
      if (dice.chance(0.02 + 0.1 * (1 - patience))) {
        writeTicket(person, order, clock, dice, files);
      }
      if (dice.chance(0.12)) {
        writeSurvey(person, order, clock, dice, files);
      }
    }
  }

  private static void writeTicket(
      Person person, Order order, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    int day = order.day() + dice.pick(0, 1, 1, 2, 5);
    int second = dice.between(9 * 3_600, 20 * 3_600);
    int closedDay = day + dice.between(0, 6);
    boolean isComplaint = dice.chance(0.8 - 0.6 * person.traits().patience());
    String account = account(person, dice);
    String number = "T" + order.id();
    if (day >= clock.days()) {
      return;
    }
    String opened = slashed(clock, day, second);
    boolean isClosed = closedDay < clock.days() && closedDay > day && !dice.chance(0.03);
    String row =
        Text.separated(
            ';',
            number,
            account,
            opened,
            isClosed ? slashed(clock, closedDay, second) : "",
            dice.pick("phone", "Phone", "TEL", "email", "E-Mail", "chat", "store"),
            isComplaint
                ? dice.pick("quality", "Quality", "delivery", "billing")
                : dice.pick("question", "opening hours", "loyalty card"),
            isComplaint ? dice.pick("Y", "yes", "1", "是") : dice.pick("N", "no", "0"),
            dice.pick(TEXTS));
    files.on(day).line(Output.TICKET, row);
    if (dice.chance(REPEATED)) {
      files.line(Output.TICKET, row);
    }
    if (dice.chance(REPEATED)) {
      files.line(
          Output.TICKET,
          Text.separated(
              ';', number + "-2", account, "31/02/2024 10:00", "", "phone", "question", "N", ""));
    }
  }

  private static void writeSurvey(
      Person person, Order order, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    int day = order.day() + dice.between(0, 7);
    if (day >= clock.days() || (day == order.day() && order.second() > 80_000)) {
      return;
    }
    boolean isRecommendation = dice.chance(0.35);
    int highest = isRecommendation ? 10 : 5;
    int lowest = isRecommendation ? 0 : 1;
    double liking = dice.bell(0.3 + 0.75 * person.traits().patience(), 0.14);
    long score = Math.max(lowest, Math.min(highest, Math.round(highest * liking)));
    String account = account(person, dice);
    String given = clock.iso(day, Math.min(DAY_SECONDS - 1, order.second() + 3_600));
    String kind = isRecommendation ? dice.pick("nps", "NPS") : dice.pick("csat", "CSAT", "review");
    JsonLine json =
        new JsonLine().text("id", "S" + order.id()).text("account", account).text("kind", kind);
    if (dice.chance(0.1)) {
      json.text("score", score + "/" + highest);
    } else {
      json.raw("score", dice.chance(0.1) ? score + ".0" : Long.toString(score));
    }
    json.text("at", given);
    files.on(day).line(Output.SURVEY, json.toString());
    if (dice.chance(REPEATED)) {
      files.line(Output.SURVEY, json.toString());
    }
    if (dice.chance(REPEATED)) {
      files.line(
          Output.SURVEY,
          new JsonLine()
              .text("id", "S" + order.id() + "-2")
              .text("account", account)
              .text("kind", "csat")
              .raw("score", dice.pick("11", "-1", "\"n/a\""))
              .text("at", given)
              .toString());
    }
  }

  private static String account(Person person, Dice dice) {
    return dice.chance(TEST_ACCOUNT) ? "TEST" + dice.between(1, 20) : person.firstAccount().id();
  }

  /** As 31/12/2024 23:59. */
  private static String slashed(ShopClock clock, int day, int second) {
    String date = clock.date(day);
    return date.substring(8)
        + "/"
        + date.substring(5, 7)
        + "/"
        + date.substring(0, 4)
        + " "
        + ShopClock.time(second).substring(0, 5);
  }
}

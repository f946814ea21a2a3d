package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import io.portrait.jobs.generate.JsonLine;
import java.io.IOException;
import java.util.Locale;

/**
 * Contacts of a campaign a month as JSON lines: sent, opened, clicked, converted and, by those who
 * look at prices, a coupon redeemed. Who is held out is never written to.
 */
final class CampaignRows {

  private static final double REPEATED = 0.005;
  private static final int MOST_TOUCHES = 8;
  private static final int MORNING = 9 * 3_600;
  private static final int DAY_SECONDS = 86_400;

  private CampaignRows() {}

  /** Name of the campaign of a day, as mail-2024-12. */
  static String campaign(int day, ShopClock clock) {
    return "mail-" + clock.date(day).substring(0, 7);
  }

  static void write(Person person, ShopClock clock, Dice dice, ShopFiles files) throws IOException {
    int contact = 0;
    for (int day : person.campaigns().contacts()) {
      writeContact(new Touches(person, contact, day, clock, files), dice);
      contact++;
    }
  }

  private static void writeContact(Touches touches, Dice dice) throws IOException {
    Person person = touches.person;
    boolean isOnline = person.traits().isOnline();
    String channel = isOnline ? dice.pick("email", "email", "push") : dice.pick("sms", "email");
    int day = touches.day;
    int second = MORNING + dice.between(0, 7_200);
    touches.write("sent", channel, day, second, dice);
    boolean buys = false;
    for (Order order : person.orders()) {
      if (!order.isCancelled()
          && order.day() > day
          && order.day() <= day + ShopModel.CAMPAIGN_DAYS) {
        buys = true;
        touches.write("converted", channel, order.day(), order.second(), dice);
        if (dice.chance(person.traits().sensitivity())) {
          touches.write("redeemed", channel, order.day(), order.second(), dice);
        }
        break;
      }
    }
    if (buys || dice.chance(isOnline ? 0.4 : 0.2)) {
      int opened = second + dice.between(300, 40_000);
      if (opened < DAY_SECONDS) {
        touches.write("opened", channel, day, opened, dice);
        int clicked = opened + dice.between(30, 1_200);
        if (clicked < DAY_SECONDS && dice.chance(buys ? 0.6 : 0.25)) {
          touches.write("clicked", channel, day, clicked, dice);
        }
      }
    }
  }

  /** The contacts of one campaign with one person. */
  private static final class Touches {
    private final Person person;
    private final int day;
    private final ShopClock clock;
    private final ShopFiles files;
    private int number;

    Touches(Person person, int contact, int day, ShopClock clock, ShopFiles files) {
      this.person = person;
      this.number = contact * MOST_TOUCHES;
      this.day = day;
      this.clock = clock;
      this.files = files;
    }

    void write(String action, String channel, int touchDay, int second, Dice dice)
        throws IOException {
      JsonLine json =
          new JsonLine()
              .text("touch_no", "X" + Ids.of(person.number(), number))
              .text("campaign", campaign(day, clock))
              .text("account", person.firstAccount().id())
              .text("at", clock.iso(touchDay, second))
              .text("action", dice.chance(0.05) ? action.toUpperCase(Locale.ROOT) : action)
              .text("channel", channel);
      number++;
      files.on(touchDay).line(Output.CAMPAIGN, json.toString());
      if (dice.chance(REPEATED)) {
        files.lateLine(Output.CAMPAIGN, json.toString());
      }
    }
  }
}

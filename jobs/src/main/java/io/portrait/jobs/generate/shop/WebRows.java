package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The web shop's log in Combined Log Format, with a last field for the visitor's cookie, which also
 * says who is signed in. It is kept for a little more than a year.
 *
 * <p>Who is online looks before buying on the web, and comes by without buying too: browsers often.
 * Among the lines are other visitors, bots, health checks and lines that are broken.
 */
final class WebRows {

  /** Days for which the log is kept. */
  private static final int KEPT_DAYS = 400;

  private static final int QUARTER = 90;
  private static final int DAY_SECONDS = 86_400;
  private static final double AFTER_DEATH = 0.6;
  private static final double ANONYMOUS_VISITS = 0.15;
  private static final double BOT_VISITS = 0.02;
  private static final double HEALTH_CHECKS = 0.1;
  private static final String SITE = "https://www.shop.example";

  private static final List<String> BOTS =
      List.of(
          "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
          "python-requests/2.31.0");
  private static final List<String> BROWSERS =
      List.of(
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0 Safari/537.36",
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1",
          "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0.0.0 Mobile Safari/537.36",
          "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1");
  private static final List<String> REFERERS =
      List.of("-", "-", "-", "https://www.google.com/", "https://m.facebook.com/");

  private final Person person;
  private final ShopClock clock;
  private final Dice dice;
  private final ShopFiles files;
  private final int firstDay;
  private final Map<String, Boolean> cookies = new LinkedHashMap<>();

  private WebRows(Person person, ShopClock clock, Dice dice, ShopFiles files) {
    this.person = person;
    this.clock = clock;
    this.dice = dice;
    this.files = files;
    this.firstDay = Math.max(0, clock.days() - KEPT_DAYS);
  }

  /**
   * Writes the lines, and gives the person's cookies and whether the person signed in with each.
   */
  static Map<String, Boolean> write(Person person, ShopClock clock, Dice dice, ShopFiles files)
      throws IOException {
    WebRows rows = new WebRows(person, clock, dice, files);
    rows.writeVisits();
    rows.writeOthers();
    return rows.cookies;
  }

  private void writeVisits() throws IOException {
    Traits traits = person.traits();
    if (!traits.isOnline()) {
      return;
    }
    String[] tokens = {dice.token(), dice.token()};
    for (Order order : person.orders()) {
      boolean isWeb = !order.channel().equals("store");
      if (order.day() >= firstDay && dice.chance(isWeb ? 0.7 : 0.1)) {
        int second = Math.max(0, order.second() - dice.between(300, 1_500));
        Order.Line line = order.lines().get(0);
        writeVisit(token(tokens), order.day(), second, line.category(), line.step(), true);
      }
    }
    int began = Math.max(firstDay, traits.startDay());
    double daily = traits.group().visitsAQuarter() * (0.7 + 0.6 * dice.uniform()) / QUARTER;
    double day = began;
    while (true) {
      boolean isDead = person.life().diedOn() >= 0 && day > person.life().diedOn();
      day += dice.exponential() / (isDead ? daily * AFTER_DEATH : daily);
      if (day >= clock.days()) {
        return;
      }
      int category = dice.index(traits.interests());
      int step = dice.between(0, Products.STEPS - 1);
      int second = Order.secondOfDay(traits, dice);
      writeVisit(token(tokens), (int) day, second, category, step, false);
    }
  }

  /** Now and then the other one of the person's two cookies. */
  private String token(String[] tokens) {
    return dice.chance(0.1) ? tokens[1] : tokens[0];
  }

  private void writeVisit(String token, int day, int second, int category, int step, boolean buys)
      throws IOException {
    // The account that the person has used longest.
    boolean isSignedIn = dice.chance(0.6);
    String user = isSignedIn ? person.firstAccount().id() : "-";
    boolean hasCookie = !dice.chance(0.02);
    if (hasCookie) {
      cookies.merge(token, isSignedIn, Boolean::logicalOr);
    }
    Visit visit = visit(token, hasCookie ? "visitor=" + token + "; user=" + user : "-");
    int time = second;
    if (dice.chance(0.2)) {
      time = writeLine(visit, day, time, "GET /");
    }
    if (dice.chance(0.5)) {
      time = writeLine(visit, day, time, "GET " + categoryPath(category));
    }
    String product = Products.id(category, step);
    time = writeLine(visit, day, time, "GET /product/" + product);
    if (dice.chance(0.2)) {
      String other = Products.id(category, dice.between(0, Products.STEPS - 1));
      time = writeLine(visit, day, time, "GET /product/" + other);
    }
    if (dice.chance(buys ? 0.6 : 0.06)) {
      time = writeLine(visit, day, time, "GET /cart/add?product=" + product + "&quantity=1");
      if (buys) {
        writeLine(visit, day, time, "GET /checkout");
      }
    }
  }

  /** Visitors whom nobody knows, bots, health checks: a few for each person. */
  private void writeOthers() throws IOException {
    if (dice.chance(ANONYMOUS_VISITS)) {
      String token = dice.token();
      Visit visit = visit(token, "visitor=" + token + "; user=-");
      int category = dice.between(0, Products.CATEGORIES.size() - 1);
      int day = dice.between(firstDay, clock.days() - 1);
      int time = writeLine(visit, day, anySecond(), "GET " + categoryPath(category));
      String product = Products.id(category, dice.between(0, Products.STEPS - 1));
      writeLine(visit, day, time, "GET /product/" + product);
    }
    if (dice.chance(BOT_VISITS)) {
      Visit bot = new Visit(host(), dice.pick(BOTS), "-", "-");
      int day = dice.between(firstDay, clock.days() - 1);
      int time = writeLine(bot, day, anySecond(), "GET /robots.txt");
      int hits = dice.between(3, 10);
      for (int i = 0; i < hits; i++) {
        int category = dice.between(0, Products.CATEGORIES.size() - 1);
        time = writeLine(bot, day, time, "GET " + categoryPath(category));
      }
    }
    if (dice.chance(HEALTH_CHECKS)) {
      Visit check = new Visit("10.0.0.7", "ELB-HealthChecker/2.0", "-", "-");
      writeLine(check, dice.between(firstDay, clock.days() - 1), anySecond(), "GET /health");
    }
  }

  private int anySecond() {
    return dice.between(0, DAY_SECONDS - 1_000);
  }

  private Visit visit(String token, String cookie) {
    String agent = BROWSERS.get(Character.digit(token.charAt(0), 16) % BROWSERS.size());
    return new Visit(host(), agent, dice.pick(REFERERS), cookie);
  }

  /** Of the blocks reserved for documentation. */
  private String host() {
    return dice.pick("192.0.2.", "198.51.100.", "203.0.113.") + dice.between(1, 254);
  }

  private static String categoryPath(int category) {
    return "/category/" + Products.CATEGORIES.get(category) + "/";
  }

  /** Writes a line, which may be spoilt, and gives the second of the next one. */
  private int writeLine(Visit visit, int day, int second, String request) throws IOException {
    if (second < DAY_SECONDS) {
      int status = dice.chance(0.006) ? dice.pick(404, 404, 500) : 200;
      String referer =
          request.startsWith("GET /product/") && visit.cookie.length() > 1
              ? SITE + "/"
              : visit.referer;
      String line =
          visit.host
              + " - - ["
              + clock.log(day, second)
              + "] \""
              + request
              + " HTTP/1.1\" "
              + status
              + ' '
              + dice.between(900, 48_000)
              + " \""
              + referer
              + "\" \""
              + visit.agent
              + "\" \""
              + visit.cookie
              + '"';
      double mess = dice.uniform();
      files.on(day);
      if (mess < 0.004) {
        files.line(Output.WEB, line.substring(0, line.indexOf('"') - dice.between(0, 20)));
      } else if (mess < 0.006) {
        files.line(Output.WEB, line.replaceFirst("\\[\\d\\d/", "[32/"));
      } else {
        files.line(Output.WEB, line);
        if (mess < 0.009) {
          files.line(Output.WEB, line);
        }
      }
    }
    return second + dice.between(5, 240);
  }

  private record Visit(String host, String agent, String referer, String cookie) {}
}

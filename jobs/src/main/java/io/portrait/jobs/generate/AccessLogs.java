package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A web server's log, a file a month: Combined Log Format and a last field with the cookie.
 *
 * <p>Customers who are online look at what they buy up to three days before they buy it, and come
 * by without buying too. They sign in on some visits only; other visitors never do.
 */
final class AccessLogs {

  static final Mess TRUNCATED = new Mess("truncated", 0.012, "the line breaks off");
  static final Mess GARBAGE = new Mess("garbage", 0.004, "no log line at all");
  static final Mess IMPOSSIBLE_TIME = new Mess("impossible_time", 0.004, "a 32nd of the month");
  static final Mess REPEATED = new Mess("repeated", 0.005, "the same line again, shipped twice");
  static final Mess BROKEN_ENCODING =
      new Mess("broken_encoding", 0.003, "of category pages: a percent sign without two digits");
  static final Mess NO_COOKIE =
      new Mess("no_cookie", 0.02, "of people's visits: without any cookie");
  static final Mess SPLIT_VISIT =
      new Mess("pause", 0.03, "of people's visits: with a pause of 31 to 90 minutes");

  /** The server's clock is set to UTC from this day on, as an offset in the log shows. */
  static final LocalDate UTC_FROM = LocalDate.of(1998, 7, 1);

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
  private static final Instant END = Foodmart.LAST_DAY.plusDays(1).atStartOfDay(ZONE).toInstant();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
  private static final String SITE = "https://www.foodmart.example";
  private static final int DAYS = 730;
  private static final int ANONYMOUS_VISITS = 3_800;
  private static final int ANONYMOUS_VISITORS = 2_700;
  private static final int BOT_VISITS = 420;
  private static final int HEALTH_CHECKS_A_DAY = 5;

  private static final String[] BOTS = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "python-requests/2.31.0"
  };
  private static final String[] BROWSERS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        + " Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        + " Version/17.0 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
        + " Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
        + " Chrome/120.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        + " Version/17.0 Mobile/15E148 Safari/604.1"
  };
  private static final String[] REFERERS = {
    "-",
    "-",
    "-",
    "https://www.google.com/",
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://news.example.org/food?page=2",
    "http://m.facebook.com/"
  };
  private static final String[] SEARCHES = {
    "caf%C3%A9",
    "jalape%C3%B1o",
    "cr%C3%A8me+br%C3%BBl%C3%A9e",
    "milk",
    "wine%20red",
    "100%25+juice"
  };

  private final Foodmart foodmart;
  private final long seed;
  private final Tally tally = new Tally("web log");
  private final List<Integer> allProducts;
  private long sequence;

  private AccessLogs(Foodmart foodmart, long seed) {
    this.foodmart = foodmart;
    this.seed = seed;
    this.allProducts = foodmart.categories().keySet().stream().sorted().toList();
  }

  /** Writes {@code web/access-1997-01.log.gz} to {@code web/access-1998-12.log.gz}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    AccessLogs logs = new AccessLogs(foodmart, seed);
    logs.write(out);
    return logs.tally;
  }

  private void write(Path out) {
    List<Visit> visits = visits();
    List<Line> pending = new ArrayList<>();
    int next = 0;
    YearMonth last = YearMonth.from(Foodmart.LAST_DAY);
    for (YearMonth month = YearMonth.from(Foodmart.FIRST_DAY);
        !month.isAfter(last);
        month = month.plusMonths(1)) {
      Instant end = month.plusMonths(1).atDay(1).atStartOfDay(ZONE).toInstant();
      while (next < visits.size() && visits.get(next).start.isBefore(end)) {
        addLines(visits.get(next), pending);
        next++;
      }
      pending.sort(comparing(Line::time).thenComparing(Line::sequence));
      long ready = pending.stream().takeWhile(line -> line.time.isBefore(end)).count();
      List<Line> lines = pending.subList(0, Math.toIntExact(ready));
      String name = "web/access-" + month + ".log.gz";
      try (RawFile file = RawFile.create(out, name, StandardCharsets.UTF_8, tally)) {
        lines.forEach(line -> writeLine(line, file));
      }
      lines.clear();
    }
  }

  /** Spoils some lines on the way out. */
  private void writeLine(Line line, RawFile file) {
    Dice dice = Dice.of(seed, "log line", line.sequence);
    String text = line.text;
    if (tally.hits(TRUNCATED, dice)) {
      text = text.substring(0, dice.between(8, text.indexOf('"')));
    } else if (tally.hits(GARBAGE, dice)) {
      text = dice.pick("\u0016\u0003\u0001\u0002", "--- log rotated ---", "\\x16\\x03 \"", "\"\"");
    } else if (tally.hits(IMPOSSIBLE_TIME, dice)) {
      text = text.replaceFirst("\\[\\d\\d/", "[32/");
    } else if (tally.hits(REPEATED, dice)) {
      file.row(text);
    }
    file.row(text);
  }

  /** All visits by time, without their lines yet: those are made a month at a time. */
  private List<Visit> visits() {
    List<Visit> visits = new ArrayList<>();
    for (Order order : foodmart.orders()) {
      if (Persona.of(seed, order.customer()).isOnline()) {
        Dice dice = Dice.of(seed, "visits of order " + order.store(), dayId(order));
        if (dice.chance(0.48)) {
          LocalDate day = order.day().minusDays(dice.pick(0, 0, 1, 1, 2, 3));
          visits.add(visit(dice, day, order.customer(), order.products()));
        }
        int others = dice.streak(0.24, 3);
        for (int i = 0; i < others; i++) {
          LocalDate day = order.day().plusDays(dice.between(4, 40));
          visits.add(visit(dice, day, order.customer(), order.products().subList(0, 1)));
        }
      }
    }
    for (int i = 0; i < ANONYMOUS_VISITS; i++) {
      Dice dice = Dice.of(seed, "anonymous visit", i);
      LocalDate day = Foodmart.FIRST_DAY.plusDays(dice.between(0, DAYS - 1));
      visits.add(visit(dice, day, null, List.of(dice.pick(allProducts))));
    }
    for (int i = 0; i < BOT_VISITS; i++) {
      Dice dice = Dice.of(seed, "bot visit", i);
      LocalDate day = Foodmart.FIRST_DAY.plusDays(dice.between(0, DAYS - 1));
      visits.add(new Visit(at(day, dice.between(0, 86_399)), Kind.BOT, null, List.of(), dice));
    }
    for (int i = 0; i < DAYS * HEALTH_CHECKS_A_DAY; i++) {
      LocalDate day = Foodmart.FIRST_DAY.plusDays(i / HEALTH_CHECKS_A_DAY);
      int second = i % HEALTH_CHECKS_A_DAY * (86_400 / HEALTH_CHECKS_A_DAY);
      Dice dice = Dice.of(seed, "health check", i);
      visits.add(new Visit(at(day, second), Kind.HEALTH_CHECK, null, List.of(), dice));
    }
    visits.removeIf(v -> v.start.isBefore(at(Foodmart.FIRST_DAY, 0)) || !v.start.isBefore(END));
    visits.sort(
        comparing(Visit::start)
            .thenComparing(Visit::kind)
            .thenComparing(Visit::customerId, Comparator.naturalOrder()));
    return visits;
  }

  private static long dayId(Order order) {
    return order.customer().id() * 100_000L + order.day().toEpochDay();
  }

  private static Visit visit(Dice dice, LocalDate day, Customer customer, List<Integer> products) {
    int hour = dice.pick(7, 8, 9, 12, 12, 13, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22, 23);
    Instant start = at(day, hour * 3_600 + dice.between(0, 3_599));
    return new Visit(start, Kind.PERSON, customer, products, dice.fork());
  }

  private static Instant at(LocalDate day, int second) {
    return day.atTime(0, 0).plusSeconds(second).atZone(ZONE).toInstant();
  }

  private void addLines(Visit visit, List<Line> lines) {
    switch (visit.kind) {
      case HEALTH_CHECK ->
          addLine(
              lines,
              visit.start,
              new Hit("10.0.0.7", "GET /health", 200, 2, "-", "ELB-HealthChecker/2.0", "-"));
      case BOT -> addBotLines(visit, lines);
      default -> addPersonLines(visit, lines);
    }
  }

  private void addBotLines(Visit visit, List<Line> lines) {
    Dice dice = visit.dice;
    String agent = dice.pick(BOTS);
    String host = host(dice);
    Instant time = visit.start;
    addLine(lines, time, new Hit(host, "GET /robots.txt", 200, 68, "-", agent, "-"));
    int hits = dice.between(4, 22);
    for (int i = 0; i < hits; i++) {
      time = time.plusSeconds(dice.between(1, 9));
      int product = dice.pick(allProducts);
      String path =
          dice.chance(0.3)
              ? categoryPath(foodmart.categories().get(product))
              : "/product/" + product;
      int status = dice.chance(0.05) ? 404 : 200;
      addLine(lines, time, new Hit(host, "GET " + path, status, size(dice), "-", agent, "-"));
    }
  }

  private void addPersonLines(Visit visit, List<Line> lines) {
    Dice dice = visit.dice;
    String visitor = visitor(visit.customer, dice);
    String agent = BROWSERS[agentOf(visitor)];
    String host = host(Dice.of(seed, "host " + visitor, 0));
    boolean hasCookie = !tally.hits(NO_COOKIE, dice);
    boolean pauses = tally.hits(SPLIT_VISIT, dice);
    boolean signsIn = visit.customer != null && dice.chance(0.65);
    boolean isSignedIn = signsIn && dice.chance(0.6);
    Instant time = visit.start;
    String referer = dice.pick(REFERERS);
    List<String> requests = requests(visit, signsIn && !isSignedIn, dice);
    int pauseAt = pauses ? dice.between(1, Math.max(1, requests.size() - 1)) : -1;
    for (int i = 0; i < requests.size(); i++) {
      if (i == pauseAt) {
        time = time.plusSeconds(dice.between(31 * 60, 90 * 60));
      } else if (i > 0) {
        time = time.plusSeconds(dice.between(3, dice.pick(20, 40, 90, 240)));
      }
      String request = requests.get(i);
      String user = isSignedIn ? Integer.toString(visit.customer.id()) : "-";
      String cookie = hasCookie ? "visitor=" + visitor + "; user=" + user : "-";
      boolean isForm = request.startsWith("POST ");
      int status = isForm ? 302 : dice.chance(0.008) ? dice.pick(404, 404, 500) : 200;
      addLine(lines, time, new Hit(host, request, status, size(dice), referer, agent, cookie));
      if (i == 0 && dice.chance(0.25)) {
        Hit style = new Hit(host, "GET /static/site.css", 200, 9_214, SITE + "/", agent, cookie);
        addLine(lines, time, style);
      }
      isSignedIn |= isForm;
      referer = SITE + path(request);
    }
  }

  /**
   * The requests of a person: entry, perhaps a sign-in, categories and products, perhaps a cart.
   */
  private List<String> requests(Visit visit, boolean signsIn, Dice dice) {
    List<String> requests = new ArrayList<>();
    if (dice.chance(0.7)) {
      requests.add("GET /");
    }
    if (dice.chance(0.15)) {
      requests.add("GET /search?q=" + dice.pick(SEARCHES));
    }
    if (signsIn) {
      requests.add("GET /account/login");
      requests.add("POST /account/login");
    }
    boolean buys = false;
    int looks = 1 + dice.streak(0.45, 5);
    for (int i = 0; i < looks; i++) {
      int product = dice.chance(0.8) ? dice.pick(visit.products) : dice.pick(allProducts);
      if (dice.chance(0.75)) {
        String path = categoryPath(foodmart.categories().get(product));
        requests.add("GET " + (tally.hits(BROKEN_ENCODING, dice) ? path + "%2" : path));
      }
      requests.add("GET /product/" + product);
      if (dice.chance(visit.customer == null ? 0.08 : 0.25)) {
        requests.add("GET /cart/add?product=" + product + "&quantity=" + dice.pick(1, 1, 1, 2, 3));
        buys = true;
      }
    }
    if (buys && dice.chance(0.5)) {
      requests.add("GET /checkout");
    }
    if (dice.chance(0.04)) {
      requests.add("GET /help/returns");
    }
    return requests;
  }

  /** A customer has one or two cookies; other visitors are a pool of their own. */
  private String visitor(Customer customer, Dice dice) {
    return customer == null
        ? Dice.of(seed, "visitor", dice.between(0, ANONYMOUS_VISITORS - 1)).token()
        : Dice.of(seed, dice.chance(0.15) ? "second cookie" : "cookie", customer.id()).token();
  }

  private static int agentOf(String visitor) {
    return Integer.parseInt(visitor.substring(0, 2), 16) % BROWSERS.length;
  }

  private static String host(Dice dice) {
    return dice.pick("192.0.2.", "198.51.100.", "203.0.113.") + dice.between(1, 254);
  }

  private static int size(Dice dice) {
    return dice.between(900, 48_000);
  }

  private static String categoryPath(String category) {
    String encoded = URLEncoder.encode(category, StandardCharsets.UTF_8).replace("+", "%20");
    return "/category/" + encoded + "/";
  }

  private static String path(String request) {
    return request.substring(request.indexOf(' ') + 1);
  }

  private void addLine(List<Line> lines, Instant time, Hit hit) {
    sequence++;
    if (time.isBefore(END)) {
      lines.add(new Line(time, sequence, hit.at(time)));
    }
  }

  private enum Kind {
    PERSON,
    BOT,
    HEALTH_CHECK
  }

  private record Visit(
      Instant start, Kind kind, Customer customer, List<Integer> products, Dice dice) {
    int customerId() {
      return customer == null ? 0 : customer.id();
    }
  }

  private record Line(Instant time, long sequence, String text) {}

  private record Hit(
      String host,
      String request,
      int status,
      int bytes,
      String referer,
      String agent,
      String cookie) {

    String at(Instant time) {
      LocalDateTime local = LocalDateTime.ofInstant(time, ZONE);
      ZoneId zone = local.toLocalDate().isBefore(UTC_FROM) ? ZONE : ZoneOffset.UTC;
      return String.format(
          Locale.ROOT,
          "%s - - [%s] \"%s HTTP/1.1\" %d %d \"%s\" \"%s\" \"%s\"",
          host,
          TIME.format(time.atZone(zone)),
          request,
          status,
          bytes,
          referer,
          agent,
          cookie);
    }
  }
}

package io.portrait.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A small company whose data changes at random from one day of a run to the next.
 *
 * <p>About 30 customers in a database (followed by snapshots) and a club (files), who share mail
 * addresses and phones now and then, so that people merge and split; orders, lines, web events,
 * payments, tickets and products. What comes is new, late, corrected, older than what is there,
 * repeated within a file and in another, refunded, cancelled, moved to another account, deleted, or
 * broken. The same seed gives the same history.
 */
final class History {

  /** The days that are run for, in order. */
  static final List<LocalDate> AS_OF =
      List.of(LocalDate.of(2024, 2, 1), LocalDate.of(2024, 3, 5), LocalDate.of(2024, 3, 20));

  private static final LocalDate FIRST_DAY = LocalDate.of(2023, 9, 1);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final List<String> CITIES = List.of("Taipei", "Tainan", "Keelung", "Hualien");
  private static final List<String> CATEGORIES = List.of("tea", "cake", "books", "shoes");
  private static final int CUSTOMERS = 25;
  private static final int MEMBERS = 12;

  /** Maps both customer systems' rows of a source: ids of the club begin with M. */
  private static final String SOURCES =
      """
sources:
  - name: customers
    format: jdbc
    url: $URL
    query: SELECT * FROM CUSTOMERS
    key: [ID]
    maps:
      - entity: customer
        realm: crm
        where: STATUS <> 'test'
        order_by: UPDATED
        max_rejected_share: 0.5
        columns: {account_id: ID, full_name: NAME, email: MAIL, phone: PHONE, city: CITY,
                  birth_date: BORN, registered_at: REGISTERED, annual_income: INCOME, currency: "'TWD'"}
  - name: members
    format: csv
    path: $DATA/members/*.csv
    maps:
      - entity: customer
        realm: club
        order_by: updated
        columns: {account_id: id, email: mail, phone: phone, city: city, registered_at: joined}
  - name: products
    format: csv
    path: $DATA/products/*.csv
    maps:
      - {entity: product, realm: shop, columns: {product_id: id, name: name, category: category}}
  - name: orders
    format: csv
    path: $DATA/orders/*.csv
    maps:
      - {entity: order, realm: club, where: "who LIKE 'M%'", max_rejected_share: 0.5,
         columns: {order_id: id, account_id: who, ordered_at: at, channel: channel, status: status}}
      - {entity: order, realm: crm, where: "coalesce(who, '') NOT LIKE 'M%'", max_rejected_share: 0.5,
         columns: {order_id: id, account_id: who, ordered_at: at, channel: channel, status: status}}
  - name: lines
    format: json
    path: $DATA/lines/*.json
    columns: [id, line, who, at, kind, quantity, amount, discount, product, version]
    maps:
      - {entity: order_item, realm: club, where: "who LIKE 'M%'", order_by: version,
         columns: {order_id: id, line_id: line, account_id: who, ordered_at: at, line_type: kind,
                   quantity: quantity, amount: amount, discount: discount, product_id: product}}
      - {entity: order_item, realm: crm, where: "coalesce(who, '') NOT LIKE 'M%'", order_by: version,
         columns: {order_id: id, line_id: line, account_id: who, ordered_at: at, line_type: kind,
                   quantity: quantity, amount: amount, discount: discount, product_id: product}}
  - name: web
    format: json
    path: $DATA/web/*.json
    columns: [visitor, at, type, page, user]
    maps:
      - entity: web_event
        realm: visitor
        identifiers: {crm: user}
        columns: {event_id: _row_id, account_id: visitor, occurred_at: at, event_type: type, page: page,
                  category: "nullif(regexp_extract(page, '^/c/([a-z]+)', 1), '')"}
  - name: payments
    format: jdbc
    url: $URL
    query: PAYMENTS
    watermark: NUM
    maps:
      - {entity: payment, realm: crm,
         columns: {payment_id: NAME, account_id: WHO, paid_at: PAID, amount: AMOUNT, method: MEANS}}
  - name: tickets
    format: jdbc
    url: $URL
    query: TICKETS
    key: [ID]
    maps:
      - {entity: service_ticket, realm: crm, where: TOPIC <> 'spam',
         columns: {ticket_id: NAME, account_id: WHO, opened_at: OPENED, closed_at: CLOSED, topic: TOPIC,
                   is_complaint: COMPLAINT}}
""";

  /** An order as it was last told. */
  private record Order(int id, String who, LocalDateTime at, String status) {
    String text() {
      return String.format(
          "o%d,%s,%s,%s,%s", id, who, TIME.format(at), id % 2 == 0 ? "web" : "store", status);
    }
  }

  /** A line as it was last told. */
  private record Line(
      Order order, String name, int quantity, int amount, String product, int version) {
    String text() {
      return String.format(
          "{\"id\":\"o%d\",\"line\":\"%s\",\"who\":\"%s\",\"at\":\"%s\",\"kind\":\"%s\",\"quantity\":%d,"
              + "\"amount\":%d,\"discount\":%d,\"product\":\"%s\",\"version\":%d}",
          order.id(),
          name,
          order.who(),
          TIME.format(order.at()),
          quantity < 0 ? "refund" : "sale",
          quantity,
          amount,
          Math.max(0, amount / 10),
          product,
          version);
    }
  }

  private final Path root;
  private final Random random;

  /** Never closed: the database shuts down with its last connection, while a source may connect. */
  private final Connection open;

  private final SmallWorld world;
  private final List<Order> orders = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final List<String> webEvents = new ArrayList<>();
  private final int[] memberVersions = new int[MEMBERS];
  private int deliveries;
  private int payments;
  private int tickets;
  private boolean isMonotone;

  /** Makes a company that has delivered nothing yet. */
  History(Path root, long seed) {
    this.root = root;
    this.random = new Random(seed);
    String url =
        "jdbc:hsqldb:file:" + root.resolve("database/shop").toAbsolutePath() + ";shutdown=true";
    this.open = connect(url);
    this.world =
        new SmallWorld(root)
            .sources(SOURCES.replace("$URL", url + ";readonly=true"))
            .write(
                "conf/scores.yaml",
                shippedScores()
                    .replace("max_k: 8", "max_k: 3")
                    .replace("min_cases: 30", "min_cases: 5"));
    String portrait = read(world.file("conf/portrait.yaml"));
    world.write(
        "conf/portrait.yaml",
        portrait
            + "publish: {min_rows: 1, max_row_change: 9, max_null_share_change: 1,"
            + " max_stability_index: 1000, max_cluster_share_change: 1, max_customers_gone: 1,"
            + " max_customer_id_change: 1}\n");
    execute(
        List.of(
            "CREATE TABLE CUSTOMERS (ID INT, NAME VARCHAR(50), MAIL VARCHAR(50), PHONE VARCHAR(50),"
                + " CITY VARCHAR(50), BORN DATE, REGISTERED TIMESTAMP, INCOME VARCHAR(20),"
                + " STATUS VARCHAR(9), UPDATED INT)",
            "CREATE TABLE PAYMENTS (NUM INT, NAME VARCHAR(20), WHO INT, PAID TIMESTAMP, AMOUNT INT,"
                + " MEANS VARCHAR(9))",
            "CREATE TABLE TICKETS (ID INT, NAME VARCHAR(20), WHO INT, OPENED TIMESTAMP, CLOSED"
                + " TIMESTAMP, TOPIC VARCHAR(9), COMPLAINT BOOLEAN)"));
  }

  /**
   * From now on only events on or after the last day that was run for come, and nothing changes.
   */
  History append() {
    isMonotone = true;
    return this;
  }

  /** The deployment's folder. */
  Path conf() {
    return root.resolve("conf");
  }

  /** Delivers what is known on the next day, and gives that day. */
  LocalDate deliver() {
    LocalDate asOf = AS_OF.get(deliveries);
    deliverDatabase(asOf);
    if (deliveries == 0 || !isMonotone) {
      deliverMembers();
      deliverProducts();
    }
    deliverOrders(asOf);
    deliverWeb(asOf);
    deliveries++;
    return asOf;
  }

  private void deliverDatabase(LocalDate asOf) {
    List<String> sql = new ArrayList<>();
    if (deliveries == 0) {
      for (int id = 1; id <= CUSTOMERS; id++) {
        sql.add(insertCustomer(id));
      }
    } else if (!isMonotone) {
      for (int i = 0; i < 4; i++) {
        // Another's address ties two people, one's own parts them.
        sql.add(change("MAIL = '" + mail(1 + random.nextInt(CUSTOMERS)) + "'"));
        sql.add(change("CITY = '" + pick(CITIES) + "', UPDATED = UPDATED + 1"));
      }
      sql.add(change("CITY = 'Lugang', UPDATED = UPDATED - 5"));
      sql.add(change("STATUS = 'test'"));
      sql.add("UPDATE CUSTOMERS SET STATUS = 'ok' WHERE STATUS = 'test' AND ID < 8");
      sql.add(change("INCOME = 'unknown'"));
      sql.add("DELETE FROM CUSTOMERS WHERE ID = " + (1 + random.nextInt(CUSTOMERS)));
      sql.add("DELETE FROM CUSTOMERS WHERE ID = " + (CUSTOMERS + deliveries - 1));
      sql.add(insertCustomer(CUSTOMERS + deliveries));
      sql.add("DELETE FROM TICKETS WHERE ID = " + (1 + random.nextInt(Math.max(1, tickets))));
      sql.add("UPDATE TICKETS SET TOPIC = 'spam' WHERE ID = " + (1 + random.nextInt(tickets)));
      sql.add(
          "UPDATE TICKETS SET NAME = 'again"
              + deliveries
              + "' WHERE ID = "
              + (1 + random.nextInt(tickets)));
      sql.add(
          "UPDATE TICKETS SET OPENED = OPENED - INTERVAL '40' DAY WHERE ID = "
              + (1 + random.nextInt(tickets)));
      sql.add(
          "UPDATE TICKETS SET CLOSED = TIMESTAMP '"
              + TIME.format(moment(asOf))
              + "' WHERE CLOSED IS NULL AND ID > "
              + random.nextInt(tickets));
    }
    for (int i = 0; i < 12; i++) {
      payments++;
      sql.add(
          String.format(
              "INSERT INTO PAYMENTS VALUES (%d, 'p%d', %d, '%s', %d, '%s')",
              payments,
              isMonotone ? payments : 1 + random.nextInt(payments),
              1 + random.nextInt(CUSTOMERS),
              TIME.format(moment(asOf)),
              100 + random.nextInt(900),
              random.nextBoolean() ? "card" : "cash"));
    }
    for (int i = 0; i < 6; i++) {
      tickets++;
      sql.add(
          String.format(
              "INSERT INTO TICKETS VALUES (%d, 't%d', %d, '%s', NULL, '%s', %s)",
              tickets,
              tickets,
              1 + random.nextInt(CUSTOMERS),
              TIME.format(moment(asOf)),
              random.nextInt(5) == 0 ? "spam" : "delivery",
              random.nextBoolean()));
    }
    execute(sql);
  }

  private String insertCustomer(int id) {
    return String.format(
        "INSERT INTO CUSTOMERS VALUES (%d, 'Name %d', '%s', '0912345%03d', '%s', '19%02d-05-06',"
            + " '%s', '%d', '%s', %d)",
        id,
        id,
        mail(id),
        id,
        pick(CITIES),
        50 + random.nextInt(50),
        TIME.format(FIRST_DAY.plusDays(random.nextInt(60)).atTime(9, 0)),
        300_000 + random.nextInt(900_000),
        random.nextInt(8) == 0 ? "test" : "ok",
        deliveries);
  }

  private String change(String assignment) {
    return "UPDATE CUSTOMERS SET " + assignment + " WHERE ID = " + (1 + random.nextInt(CUSTOMERS));
  }

  private void deliverMembers() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      boolean isNew = deliveries == 0;
      if (isNew || random.nextInt(3) == 0) {
        int step = isNew || random.nextInt(4) > 0 ? 1 : -1;
        memberVersions[i] += isNew ? 5 : step;
        String row =
            String.format(
                "M%d,%s,%s,%s,2023-09-%02d 10:00:00,%d",
                i,
                mail(1 + random.nextInt(2 * CUSTOMERS)),
                random.nextInt(5) == 0
                    ? String.format("0912345%03d", 1 + random.nextInt(CUSTOMERS))
                    : "",
                pick(CITIES),
                i + 1,
                memberVersions[i]);
        rows.add(row);
        if (random.nextInt(4) == 0) {
          rows.add(row);
        }
      }
    }
    write("members", "csv", "id,mail,phone,city,joined,updated", rows);
  }

  private void deliverProducts() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if (deliveries == 0 || random.nextInt(4) == 0) {
        rows.add("i" + i + ",Item " + i + "," + pick(CATEGORIES));
      }
    }
    write("products", "csv", "id,name,category", rows);
  }

  private void deliverOrders(LocalDate asOf) {
    List<String> rows = new ArrayList<>();
    List<String> lineRows = new ArrayList<>();
    int known = orders.size();
    for (int i = 0; i < (deliveries == 0 ? 90 : 25); i++) {
      Order order = new Order(orders.size() + 1, who(), moment(asOf), "completed");
      orders.add(order);
      rows.add(order.text());
      for (int line = 1; line <= 1 + random.nextInt(3); line++) {
        Line sold =
            new Line(
                order,
                "l" + line,
                1 + random.nextInt(3),
                50 + random.nextInt(2000),
                "i" + random.nextInt(9),
                1);
        lines.add(sold);
        lineRows.add(sold.text());
      }
    }
    if (!isMonotone) {
      rows.add("broken,C1,no date,web,completed");
      rows.add("o" + (orders.size() + 1) + ",,2024-01-01 10:00:00,web,completed");
      for (int i = 0; i < 6 && known > 0; i++) {
        int at = random.nextInt(known);
        Order old = orders.get(at);
        Order corrected =
            switch (random.nextInt(4)) {
              case 0 -> new Order(old.id(), old.who(), old.at(), "cancelled");
              case 1 -> new Order(old.id(), who(), old.at(), old.status());
              case 2 -> new Order(old.id(), old.who(), old.at().minusDays(35), old.status());
              default -> old;
            };
        orders.set(at, corrected);
        rows.add(corrected.text());
      }
      int knownLines = lines.size();
      for (int i = 0; i < 10; i++) {
        int at = random.nextInt(knownLines);
        Line old = lines.get(at);
        Line told =
            switch (random.nextInt(4)) {
              case 0 ->
                  new Line(old.order(), "r" + old.name(), -1, -old.amount() / 2, old.product(), 1);
              case 1 ->
                  new Line(
                      old.order(),
                      old.name(),
                      old.quantity() + 1,
                      old.amount() + 7,
                      old.product(),
                      old.version() + 1);
              case 2 ->
                  new Line(
                      old.order(), old.name(), old.quantity(), 1, old.product(), old.version() - 1);
              default -> old;
            };
        if (told.version() >= old.version() && told.name().equals(old.name())) {
          lines.set(at, told);
        }
        lineRows.add(told.text());
      }
      rows.add(rows.get(0));
      lineRows.add(lineRows.get(0));
    }
    // Two files, of which the second may repeat and correct the first.
    int half = rows.size() / 2;
    write("orders", "csv", "id,who,at,channel,status", rows.subList(0, half));
    write("orders", "csv", "id,who,at,channel,status", rows.subList(half, rows.size()));
    write("lines", "json", "", lineRows);
  }

  private void deliverWeb(LocalDate asOf) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < (deliveries == 0 ? 120 : 40); i++) {
      int visitor = random.nextInt(20);
      rows.add(
          String.format(
              "{\"visitor\":\"v%d\",\"at\":\"%s\",\"type\":\"%s\",\"page\":\"/c/%s\",\"user\":%s}",
              visitor,
              TIME.format(moment(asOf)),
              random.nextInt(6) == 0 ? "add_to_cart" : "page_view",
              pick(CATEGORIES),
              random.nextInt(5) == 0 ? "\"" + (1 + visitor) + "\"" : "null"));
    }
    if (!isMonotone) {
      rows.add(rows.get(3));
      if (!webEvents.isEmpty()) {
        rows.add(webEvents.get(random.nextInt(webEvents.size())));
      }
    }
    webEvents.addAll(rows);
    write("web", "json", "", rows);
  }

  /** Mostly in the days before the as-of date; some long ago, some after it. */
  private LocalDateTime moment(LocalDate asOf) {
    LocalDate from = deliveries == 0 ? FIRST_DAY : AS_OF.get(deliveries - 1);
    int days = (int) (asOf.toEpochDay() - from.toEpochDay());
    LocalDate day = from.plusDays(1 + random.nextInt(days));
    int kind = isMonotone ? 9 : random.nextInt(10);
    if (kind == 0 && deliveries > 0) {
      day = FIRST_DAY.plusDays(random.nextInt(150));
    } else if (kind == 1) {
      day = asOf.plusDays(random.nextInt(20));
    }
    // Hours that are another day in UTC too.
    return day.atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60));
  }

  private String who() {
    return random.nextInt(4) == 0
        ? "M" + random.nextInt(MEMBERS)
        : String.valueOf(1 + random.nextInt(CUSTOMERS + 3));
  }

  private static String mail(int number) {
    return String.format(Locale.ROOT, "person%d@example.com", number);
  }

  private String pick(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void write(String source, String extension, String header, List<String> rows) {
    Path folder = root.resolve(source);
    int number = folder.toFile().isDirectory() ? folder.toFile().list().length : 0;
    String name = String.format("%s/%03d.%s", source, number, extension);
    world.write(name, (header.isEmpty() ? "" : header + "\n") + String.join("\n", rows) + "\n");
    try {
      Files.setLastModifiedTime(
          root.resolve(name), FileTime.fromMillis(1_700_000_000_000L + 60_000L * number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Connection connect(String url) {
    try {
      return DriverManager.getConnection(url);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(List<String> statements) {
    try (Statement sql = open.createStatement()) {
      for (String statement : statements) {
        sql.execute(statement);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String shippedScores() {
    return read(
        Path.of(System.getProperty("portrait.project", ".."), "conf/catalogue/scores.yaml"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.portrait.jobs.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.error.JobException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class FoodmartCompanionTest {

  private static final String FOODMART = "jdbc:hsqldb:res:foodmart";
  private static final Pattern LOG_LINE =
      Pattern.compile(
          "(\\S+) - - \\[([^]]+)] \"(GET|POST) (\\S+) HTTP/1.1\" (\\d{3}) (\\d+) \"([^\"]*)\""
              + " \"([^\"]*)\" \"([^\"]*)\"");

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");

  @TempDir private static Path folder;

  private final ByteArrayOutputStream console = new ByteArrayOutputStream();

  @BeforeAll
  void generate() {
    FoodmartCompanion.generate(
        FOODMART,
        folder.resolve("first"),
        42,
        new PrintStream(console, true, StandardCharsets.UTF_8));
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws IOException {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    FoodmartCompanion.generate(FOODMART, folder.resolve("second"), 42, nowhere);
    FoodmartCompanion.generate(FOODMART, folder.resolve("third"), 43, nowhere);

    List<String> names = names("first");
    assertThat(names).hasSize(35).isEqualTo(names("second")).isEqualTo(names("third"));
    for (String name : names) {
      assertThat(folder.resolve("first").resolve(name))
          .as(name)
          .hasSameBinaryContentAs(folder.resolve("second").resolve(name));
      assertThat(Files.mismatch(path(name), folder.resolve("third").resolve(name)))
          .as(name)
          .isNotNegative();
    }
  }

  @Test
  void theReadmeSaysThatAllIsGeneratedAndCountsEveryFile() throws IOException {
    String readme = Files.readString(path("README.txt"));
    assertThat(readme).startsWith("GENERATED DATA. Nothing in this folder is real.");
    Matcher files = Pattern.compile("(?m)^  (\\S+/\\S+) +(\\d+)$").matcher(readme);
    Map<String, Long> rows = new TreeMap<>();
    while (files.find()) {
      rows.put(files.group(1), Long.valueOf(files.group(2)));
    }
    assertThat(rows.keySet())
        .containsExactlyElementsOf(names("first").stream().filter(n -> n.contains("/")).toList());
    for (String name : rows.keySet()) {
      Charset charset =
          name.startsWith("tickets/") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
      // A row of the service desk is more than one line; it begins with the ticket.
      Predicate<String> isRow =
          name.startsWith("tickets/") ? line -> line.startsWith("T-") : line -> true;
      boolean hasHeader = !name.startsWith("web/") && !name.contains(".jsonl");
      long counted = lines(name, charset).stream().skip(hasHeader ? 1 : 0).filter(isRow).count();
      assertThat(counted).as(name).isEqualTo(rows.get(name));
    }
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("web log").contains("consents");
  }

  @Test
  void theReadmeCountsTheMessAndItIsAsPlanned() throws IOException {
    Matcher mess =
        Pattern.compile("mess: (\\S+) +planned share (\\S+), made +(\\d+)")
            .matcher(Files.readString(path("README.txt")));
    int kinds = 0;
    while (mess.find()) {
      kinds++;
      assertThat(Long.parseLong(mess.group(3))).as(mess.group(1)).isPositive();
    }
    assertThat(kinds).isEqualTo(39);

    List<String> payments = payments();
    long missing = payments.stream().filter(row -> row.contains(",,19")).count();
    assertThat(missing / (double) payments.size()).isCloseTo(0.015, within(0.003));
    long repeated = payments.size() - payments.stream().distinct().count();
    assertThat(repeated / (double) payments.size()).isCloseTo(0.01, within(0.003));
    long signed = payments.stream().filter(row -> row.matches(".*(\\$|USD).*")).count();
    assertThat(signed / (double) payments.size()).isCloseTo(0.05, within(0.005));
  }

  @Test
  void paymentsPayTheOrdersOfFoodmartToTheCent() throws IOException {
    Map<String, String> orders = new TreeMap<>();
    Foodmart.read(FOODMART)
        .orders()
        .forEach(order -> orders.put(order.id(), Order.money(order.cents())));
    assertThat(orders).hasSize(58_381);

    List<String[]> paid =
        payments().stream()
            .filter(row -> row.startsWith("P-"))
            .distinct()
            .map(row -> Pattern.compile(",").split(row, -1))
            .toList();
    assertThat(paid).hasSize(orders.size());
    for (String[] row : paid) {
      String amount = row[4].replaceAll("[^0-9.]", "");
      assertThat(amount).as(row[0]).isIn("", orders.get(row[1]));
    }
  }

  @Test
  void almostAllLogLinesAreWellFormedAndCustomersSignIn() throws IOException {
    List<Matcher> lines = new ArrayList<>();
    long all = 0;
    for (String name : names("first")) {
      if (name.startsWith("web/")) {
        for (String line : lines(name, StandardCharsets.UTF_8)) {
          all++;
          Matcher matcher = LOG_LINE.matcher(line);
          if (matcher.matches()) {
            lines.add(matcher);
          }
        }
      }
    }
    assertThat(all).isBetween(90_000L, 120_000L);
    assertThat(1 - lines.size() / (double) all).isCloseTo(0.016, within(0.003));
    assertThat(lines).anyMatch(m -> m.group(2).endsWith("-0800"));
    assertThat(lines).anyMatch(m -> m.group(2).endsWith("-0700"));
    assertThat(lines).anyMatch(m -> m.group(2).endsWith("+0000"));
    assertThat(lines).anyMatch(m -> m.group(4).startsWith("/category/Baking%20Goods/"));
    assertThat(share(lines, m -> m.group(8).contains("bot"))).isBetween(0.02, 0.08);
    assertThat(share(lines, m -> m.group(4).equals("/health"))).isBetween(0.02, 0.05);
    assertThat(share(lines, m -> m.group(9).matches(".*user=[0-9]+"))).isBetween(0.3, 0.6);
    assertThat(
            lines.stream()
                .map(m -> m.group(9).replaceAll(".*user=", ""))
                .filter(user -> user.matches("[0-9]+"))
                .map(Integer::valueOf)
                .distinct())
        .hasSizeBetween(1_500, 4_000)
        .allMatch(id -> id >= 1 && id <= 10_281);
  }

  @Test
  void nothingHappensOutsideTheTwoYears() throws IOException {
    Pattern time = Pattern.compile("\"at\":\"([^\"]+)\"");
    for (String name : names("first")) {
      if (name.contains(".jsonl")) {
        for (String line : lines(name, StandardCharsets.UTF_8)) {
          Matcher matcher = time.matcher(line);
          assertThat(matcher.find()).as(line).isTrue();
          assertThat(OffsetDateTime.parse(matcher.group(1)).atZoneSameInstant(ZONE).toLocalDate())
              .as(line)
              .isBetween(Foodmart.FIRST_DAY, Foodmart.LAST_DAY);
        }
      }
    }
    assertThat(payments()).allMatch(row -> row.matches("[^,]+,[^,]+,[^,]*,[^,]*199[78].*"));
    assertThat(lines("credit/credit-reports.tsv.gz", StandardCharsets.UTF_8).stream().skip(1))
        .allMatch(row -> row.matches("\\S+\t\\S*\t199[78]\\d{4}\t.*"));
  }

  @Test
  void whatCannotBeReadIsSaid() {
    assertThatThrownBy(
            () -> FoodmartCompanion.generate("jdbc:none:", folder.resolve("x"), 1, System.out))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("FoodMart cannot be read at jdbc:none:");
  }

  private static double share(List<Matcher> lines, Predicate<Matcher> condition) {
    return lines.stream().filter(condition).count() / (double) lines.size();
  }

  private static List<String> payments() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String name : List.of("payments/payments-1997.csv.gz", "payments/payments-1998.csv.gz")) {
      List<String> lines = lines(name, StandardCharsets.UTF_8);
      assertThat(lines.get(0)).startsWith("\uFEFFpayment_id,");
      rows.addAll(lines.subList(1, lines.size()));
    }
    return rows;
  }

  private static Path path(String name) {
    return folder.resolve("first").resolve(name);
  }

  private static List<String> names(String run) throws IOException {
    Path root = folder.resolve(run);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private static List<String> lines(String name, Charset charset) throws IOException {
    InputStream in = Files.newInputStream(path(name));
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(name.endsWith(".gz") ? new GZIPInputStream(in) : in, charset))) {
      return reader.lines().toList();
    }
  }
}

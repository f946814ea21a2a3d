package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portrait.common.io.RunLock;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user's mistake looks like from the command line: what, where, how to mend it, and no
 * trace.
 */
@ExtendWith(SparkExtension.class)
class WrongInputTest {

  private static final String SALES =
      """
      sources:
        - name: sales
          format: csv
          path: $DATA/sales*.csv*
          date_formats: [dd/MM/yyyy]
          timestamp_formats: [dd/MM/yyyy]
          maps:
            - entity: order
              realm: shop
              columns:
                order_id: number
                account_id: customer
                ordered_at: day
                amount: total
      """;

  private static final String ROWS =
      "number,customer,day,total\n1,a,01/03/2024,10\n2,b,02/03/2024,20\n";

  @TempDir private Path dir;
  private SmallWorld world;

  @BeforeEach
  void world(SparkSession spark) {
    world = new SmallWorld(dir).sources(SALES).write("sales.csv", ROWS);
  }

  @Test
  void unknownAndMissingKeysAreToldTogetherWithTheirLines() {
    world
        .sources(SALES.replace("realm: shop", "relm: shop").replace("order_id:", "oder_id:"))
        .write("conf/tags.yml", "tags: []");

    fails(
        world.run("check"),
        2,
        "The configuration has 3 faults",
        "tags.yml: unknown file. Did you mean 'tags.yaml'?",
        "sources.yaml:9: sources[0].maps[0].relm: unknown key. Did you mean 'realm'?",
        "sources.yaml:8: sources[0].maps[0].realm: the key is missing");
  }

  @Test
  void aStepThatNothingDeclaresHasNothingToDo() {
    Cli.Result result = world.run("match");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("match: nothing to do;", "See portrait match --help");
  }

  @Test
  void faultyExpectationsAreTold() {
    String head = "title: {en: T, zh: 題}, table: silver/order, severity: ";
    world.write(
        "conf/quality.yaml",
        """
        expectations:
          - {name: a, %1$swarn, column: amount_minor, range: {from: 0}, not_null: true}
          - {name: b, %1$swarn, column: status, pattern: '('}
          - {name: c, %1$sreject, unique: [order_id]}
          - {name: d, %1$swarn, range: {from: 0}}
          - {name: e, %1$sstop, fresh_within_days: 0}
          - {name: f, %1$swran, condition: true}
          - {name: g, %1$swarn, column: status, not_null: true, max_failed_share: 1}
        """
            .formatted(head));
    fails(
        world.run("check"),
        2,
        "quality.yaml:2: expectations[0]: give exactly one of range,",
        "there are 2",
        "quality.yaml:3: expectations[1]: Unclosed group",
        "quality.yaml:4: expectations[2]: severity reject needs a rule that one row can be judged"
            + " by",
        "quality.yaml:5: expectations[3]: column is missing",
        "quality.yaml:6: expectations[4]: fresh_within_days must be 1 or more",
        "quality.yaml:7: expectations[5].severity: 'wran' is not valid. Did you mean 'warn'?",
        "quality.yaml:8: expectations[6]: max_failed_share must be 0 or more and below 1");

    world.write(
        "conf/quality.yaml",
        """
        expectations:
          - {name: same, %1$swarn, column: amount_minor, not_null: true}
          - {name: same, %1$swarn, column: amount_minor, not_null: true}
        """
            .formatted(head));
    fails(world.run("check"), 2, "quality.yaml:3: expectations[1]: 'same' is declared twice");

    world.write(
        "conf/quality.yaml",
        """
expectations:
  - {name: a, title: {en: T, zh: 題}, table: silver/ordr, severity: warn, unique: [order_id]}
  - {name: b, %1$swarn, column: amount, not_null: true}
  - {name: c, %1$swarn, column: amount_minor, range: {from: ten}}
  - {name: d, %1$swarn, column: status, range: {from: 1}}
  - {name: e, %1$swarn, column: amount_minor, pattern: '[0-9]+'}
  - {name: f, %1$swarn, condition: amount_minr > 0}
  - {name: g, %1$swarn, condition: amount_minor + 1}
  - {name: h, %1$swarn, column: amount_minor, reference: {table: silver/product, column: product_id}}
  - {name: i, %1$swarn, column: order_id, reference: {table: silver/prodct, column: product_id}}
  - {name: j, %1$sreject, condition: account_key = 'x'}
  - {name: k, title: {en: T, zh: 題}, table: silver/customer, severity: reject, column: city, not_null: true}
  - {name: l, title: {en: T, zh: 題}, table: silver/product, severity: warn, fresh_within_days: 3}
"""
            .formatted(head));
    fails(
        world.run("check"),
        2,
        "The configuration has 12 faults",
        "quality.yaml:2: expectations[0]: the expectation 'a': unknown table 'silver/ordr'. Did you"
            + " mean 'silver/order'?",
        "the expectation 'b': unknown column 'amount'.",
        "the expectation 'c': range: 'ten' is not a number, which amount_minor is",
        "the expectation 'd': range is for numbers and dates; status is STRING",
        "the expectation 'e': pattern is for texts; amount_minor is BIGINT",
        "expectations[5].condition: unknown column 'amount_minr'. Did you mean 'amount_minor'?",
        "expectations[6].condition: a condition is true or false; this is bigint",
        "the expectation 'h': reference: amount_minor is BIGINT, but silver/product.product_id is"
            + " STRING",
        "the expectation 'i': reference: unknown table 'silver/prodct'. Did you mean"
            + " 'silver/product'?",
        "expectations[9].condition: unknown column 'account_key'.",
        "the expectation 'k': severity reject refuses rows on their way to an entity's table",
        "the expectation 'l': silver/product has no event_day");
  }

  @Test
  void unknownEntityColumnsAreTold() {
    world.sources(SALES.replace("order_id:", "oder_id:"));

    fails(
        world.run("check"),
        2,
        "sources.yaml:11: sources[0].maps[0].columns.oder_id: the entity order has no column"
            + " 'oder_id'. Did you mean 'order_id'?",
        "columns lacks order_id");
  }

  @Test
  void aMisspeltColumnInAnExpressionIsTold() {
    world.sources(SALES.replace("amount: total", "amount: totl * 2"));

    fails(
        world.run("check"),
        2,
        "sources.yaml:14: sources[0].maps[0].columns.amount",
        "'totl'. Did you mean 'total'?");
  }

  @Test
  void scoresThatContradictThemselvesAreToldWithTheGapAndTheSum() {
    String characteristic = "{name: credit, value: credit_score, weight: %s, bins: [%s]}";
    String card =
        """
        scores:
          - name: own
            scorecard:
              parts:
                - name: all
                  weight: 100
                  characteristics:
                    - %s
        """;
    world.write(
        "conf/scores.yaml",
        card.formatted(
            characteristic.formatted(100, "{to: 550, points: 1}, {from: 600, points: 9}")));
    fails(
        world.run("check"),
        2,
        "scores.yaml:8: scores[0].scorecard.parts[0].characteristics[0]: bins of 'credit' leave a"
            + " gap from 550 to 600");

    world.write("conf/scores.yaml", card.formatted(characteristic.formatted(90, "{points: 1}")));
    fails(
        world.run("check"),
        2,
        "scores.yaml:5: scores[0].scorecard.parts[0]: weights of the characteristics of 'all' sum"
            + " to 90, not 100");

    world.write(
        "conf/scores.yaml",
        """
        scores: [{name: own, sql: ordr_count}]
        segments:
          - {code: mine, title: {en: Mine, zh: 我}, description: Mine., rule: custmer_value > 1,
             action: {en: Call, zh: 致電}}
        """);
    fails(
        world.run("check"),
        2,
        "scores.yaml:1: scores[0].sql: unknown column 'ordr_count'. Did you mean 'order_count'?",
        "scores.yaml:3: segments[0].rule: unknown column 'custmer_value'. Did you mean"
            + " 'customer_value'?");
  }

  @Test
  void purposesThatNobodyDeclaresAreTold() {
    world.write(
        "conf/scores.yaml",
        """
        scores: [{name: own, sql: order_count, purpose: proffiling}]
        segments:
          - {code: mine, title: {en: Mine, zh: 我}, description: Mine., rule: annual_income > 1,
             action: {en: Call, zh: 致電}, purpose: sales}
        """);
    fails(
        world.run("check"),
        2,
        "scores.yaml:1: scores[0]: unknown purpose 'proffiling'. Did you mean 'profiling'?",
        "scores.yaml:3: segments[0]: unknown purpose 'sales'. Valid are: credit, marketing");

    world.write(
        "conf/purposes.yaml",
        """
        purposes:
          - {code: sales, title: {en: Sales, zh: 銷售}, description: We sell., basis: contract}
        """);
    world.write(
        "conf/scores.yaml",
        """
        segments:
          - {code: mine, title: {en: Mine, zh: 我}, description: Mine., rule: annual_income > 1,
             action: {en: Call, zh: 致電}, purpose: sales}
        """);
    world.write(
        "conf/tags.yaml",
        """
        tags:
          - {code: rich, rule: income_amount > 1, title: {en: Rich, zh: 富}, owner: o,
             purpose: sales, sensitivity: personal}
        """);
    fails(
        world.run("check"),
        2,
        "segments[0].rule: the rule reads 'annual_income', which is sensitive, and"
            + " gold/customer_segment would tell it",
        "tags[0].rule: the rule reads 'income_amount', which is sensitive; so must the tag be");
  }

  @Test
  void anExpressionThatFailsOnAValueDoesNotShowIt() {
    world.sources(SALES.replace("amount: total", "amount: to_number(total, '99')"));
    world.write("sales.csv", ROWS + "3,c,03/03/2024,Amy Chen\n");
    world.run("ingest");

    Cli.Result failed = world.run("conform");

    fails(failed, 3, "cannot be computed for a row", "INVALID_FORMAT", "The value is not shown");
    assertThat(failed.err()).doesNotContain("Amy");

    world.sources(SALES.replace("amount: total", "amount: raise_error(total)"));
    fails(world.run("check"), 2, "raise_error and assert_true would write values into logs");
  }

  @Test
  void aMissingFileIsTold() throws IOException {
    Files.delete(world.file("sales.csv"));

    fails(world.run("check"), 2, "sources.yaml:2: sources[0]: no file matches", "sales*.csv*");
  }

  @Test
  void anEmptyFileIsTold() {
    world.write("sales.csv", "");

    fails(world.run("ingest"), 3, "sales.csv is empty");
  }

  @Test
  void aWrongDelimiterIsTold() {
    world.write("sales.csv", ROWS.replace(',', ';'));

    fails(world.run("ingest"), 3, "sales.csv", "delimiter ','", "contains ';'");
  }

  @Test
  void aTruncatedGzipIsToldAndLeavesNothing() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(ROWS.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 100_000; i++) {
        gzip.write(
            (i + ",c" + (i * 7919L % 10_007) + ",03/03/2024,1\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    Files.delete(world.file("sales.csv"));
    Files.write(
        world.file("sales.csv.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() * 2 / 3));

    fails(world.run("ingest"), 3, "sales.csv.gz", "cut off");
    assertThat(world.warehouse().resolve("ops/ingest_file")).doesNotExist();
  }

  @Test
  void aBinaryFileAsCsvIsTold() throws IOException {
    Files.write(world.file("sales.csv"), new byte[] {'P', 'A', 'R', '1', 0, 1, 2, 3});

    fails(world.run("ingest"), 3, "sales.csv", "not text in UTF-8");
  }

  @Test
  void rowsWithTooFewColumnsAndDatesInAnotherFormatStopConformAboveTheLimit() {
    world.write("sales.csv", ROWS + "3,c\n4,d,2024-03-01,5\n");
    assertThat(world.run("ingest").code()).isZero();

    fails(
        world.run("conform"),
        3,
        "Source sales, entity order (sources.yaml:8",
        "2 of 4 rows are rejected",
        "row: not 4 columns (1 rows)",
        "ordered_at: not a timestamp in the declared format (1 rows)");
    assertThat(world.warehouse().resolve("silver")).doesNotExist();
  }

  @Test
  void aDatabaseThatDoesNotAnswerAndATableThatIsNotThereAreTold() {
    world.sources(database("jdbc:hsqldb:hsql://127.0.0.1:1/none", "ID"));
    fails(world.run("check"), 2, "sources.yaml:2", "does not answer the query 'SALES'");

    world.sources(database("jdbc:hsqldb:mem:none", "ID"));
    fails(world.run("check"), 2, "sources.yaml:2", "object not found: SALES");

    world.sources(database("jdbc:nothing:at:all", "ID"));
    fails(world.run("check"), 2, "sources.yaml:2", "No suitable driver");
  }

  /** The driver throws where it is to give a part of a second before 1970 back. */
  @Test
  void aValueThatADatabaseDriverCannotReadIsTold() throws SQLException, IOException {
    String url = "jdbc:hsqldb:mem:unreadable";
    world.sources(database(url, "SOLD"));
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement sql = table(connection)) {
      sql.setTimestamp(1, new Timestamp(-1_234_567_890_123L));
      sql.execute();

      try (ShippedLog log = new ShippedLog("executor.Executor", "scheduler.TaskSetManager")) {
        fails(
            world.run("ingest"),
            3,
            "sources.yaml:2",
            "a row of the query 'SALES' could not be read",
            "IllegalArgumentException",
            "CAST(column AS VARCHAR(100))");

        // Nor does the log show what the driver says, which is of nanoseconds here.
        assertThat(log.text())
            .contains("Executor - Exception in task")
            .contains("TaskSetManager - Lost task")
            .contains("java.lang.IllegalArgumentException: ...")
            .contains("\tat java.sql/java.sql.Timestamp")
            .doesNotContain("nanos");
      }
    }
  }

  /** What some of Spark's loggers write with the shipped settings. */
  private static final class ShippedLog implements AutoCloseable {
    private final LoggerContext context = LoggerContext.getContext(false);
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final List<String> loggers;

    ShippedLog(String... classes) throws IOException {
      Properties settings = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of("../conf/spark/log4j2.properties"))) {
        settings.load(reader);
      }
      PatternLayout layout =
          PatternLayout.newBuilder()
              .withPattern(settings.getProperty("appender.file.layout.pattern"))
              .withAlwaysWriteExceptions(
                  Boolean.parseBoolean(
                      settings.getProperty("appender.file.layout.alwaysWriteExceptions", "true")))
              .build();
      AbstractAppender appender =
          new AbstractAppender("shipped", null, layout, false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
              lines.add(layout.toSerializable(event));
            }
          };
      appender.start();
      loggers = Stream.of(classes).map(name -> "org.apache.spark." + name).toList();
      for (String logger : loggers) {
        LoggerConfig config = new LoggerConfig(logger, Level.WARN, false);
        config.addAppender(appender, Level.WARN, null);
        context.getConfiguration().addLogger(logger, config);
      }
      context.updateLoggers();
    }

    String text() {
      return String.join("", lines);
    }

    @Override
    public void close() {
      loggers.forEach(context.getConfiguration()::removeLogger);
      context.updateLoggers();
    }
  }

  private static String database(String url, String orderedAt) {
    return """
sources:
  - name: sales
    format: jdbc
    url: %s
    query: SALES
    key: [ID]
    maps:
      - {entity: order, realm: shop, columns: {order_id: ID, account_id: ID, ordered_at: %s}}
"""
        .formatted(url, orderedAt);
  }

  private static PreparedStatement table(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute("CREATE TABLE SALES (ID VARCHAR(9) DEFAULT 'a', SOLD TIMESTAMP)");
    }
    return connection.prepareStatement("INSERT INTO SALES (SOLD) VALUES (?)");
  }

  @Test
  void aWarehouseInUseIsToldWithWhoUsesIt() {
    assertThat(world.run("ingest").err()).isEmpty();
    RunLock lock =
        RunLock.take(
            new Configuration(),
            world.warehouse().toString(),
            new RunLock.Holder("20240301T100000Z-abcdef", "run"),
            Duration.ZERO,
            line -> {},
            () -> {});
    try (lock) {
      fails(
          world.run("ingest"),
          1,
          "is in use by run 20240301T100000Z-abcdef (portrait run) on host",
          "process " + ProcessHandle.current().pid(),
          "Nothing was changed",
          "--wait MINUTES");
    }
    assertThat(world.run("ingest").err()).isEmpty();
  }

  @Test
  void anAsOfBeforeAllDataIsTold() {
    world.run("ingest");
    world.run("conform");

    fails(
        world.run("identify", "--as-of", "2024-03-01"),
        2,
        "--as-of 2024-03-01 is not after the first event, 2024-03-01");
    fails(world.run("identify", "--as-of", "1.3.2024"), 2, "Invalid value for option '--as-of'");
    fails(world.run("identify"), 2, "--as-of is missing");
  }

  @Test
  void anUnwritableWarehouseIsTold() {
    world.write("file", "no folder");

    fails(
        world.run("ingest", "--warehouse", dir.resolve("file/w").toString()),
        2,
        "cannot be written");
    fails(
        world.run("ingest", "--warehouse", dir.toString()), 2, "is not empty and is no warehouse");
  }

  @Test
  void aWarehouseOfAnotherDeploymentOrKeyIsTold() throws IOException {
    world.run("ingest");
    String portrait = Files.readString(world.file("conf/portrait.yaml"));

    world.write("conf/portrait.yaml", portrait.replace("deployment: small", "deployment: other"));
    fails(world.run("ingest"), 2, "belongs to the deployment 'small', not to 'other'");

    world.write(
        "conf/portrait.yaml", portrait.replace("a-key-for-tests-only", "another-key-for-tests"));
    fails(world.run("ingest"), 2, "made with another pseudonym key");

    world.write("conf/portrait.yaml", portrait.replace("a-key-for-tests-only", "short"));
    Cli.Result weak = world.run("ingest");
    fails(weak, 2, "portrait.yaml:", "at least 16 characters, has 5");
    assertThat(weak.err()).doesNotContain("'short'");

    world.write(
        "conf/portrait.yaml",
        portrait.replace("a-key-for-tests-only", "\"${NO_SUCH_VARIABLE_HERE}\""));
    fails(world.run("ingest"), 2, "the environment variable NO_SUCH_VARIABLE_HERE is not set");
  }

  @Test
  void aFullDiskIsTold() throws IOException, InterruptedException {
    Path disk = Files.createDirectories(dir.resolve("disk"));
    assumeTrue(
        exec("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0,
        "a small file system can be mounted by root alone");
    try {
      fails(world.run("ingest", "--warehouse", disk + "/warehouse"), 2, "The disk is full");
    } finally {
      exec("umount", "--lazy", disk.toString());
    }
  }

  @Test
  void unknownCommandsAndOptionsAreTold() {
    fails(Cli.run("profil"), 2, "profil", "profile");
    fails(Cli.run(), 2, "Name a command");
    fails(Cli.run("run"), 2, "Missing required option: '--conf=DIR'");
    fails(
        Cli.run("check", "--conf", dir.resolve("none").toString()),
        2,
        "There is no configuration folder");
    assertThat(Cli.run("--help").out()).contains("Exit codes:", "identify", "3   the data broke");
    assertThat(Cli.run("run", "--help").out()).contains("--as-of=DATE");
    assertThat(Cli.run("--version").out()).startsWith("portrait 0.");
  }

  private static void fails(Cli.Result result, int code, String... words) {
    assertThat(result.err()).contains(words).doesNotContain("\tat ");
    assertThat(result.code()).isEqualTo(code);
  }

  private static int exec(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(Stream.of(command).toList()).inheritIO().start().waitFor();
    } catch (IOException e) {
      return 1;
    }
  }
}

package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.RawTables;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged rows and files of every format: no failure without an explanation, and no row lost or
 * invented.
 *
 * <p>{@code -Dportrait.fuzz.rows} and {@code .seed} make it longer or another; damaged files take
 * {@code .files} of each format.
 */
@ExtendWith(SparkExtension.class)
class FuzzTest {

  private static final int ROWS = Integer.getInteger("portrait.fuzz.rows", 200);
  private static final int FILES = Integer.getInteger("portrait.fuzz.files", 3);
  private static final long SEED = Long.getLong("portrait.fuzz.seed", 1);

  /** Good rows at the beginning of each file, more than what is looked at to tell text. */
  private static final int GOOD_ROWS = 1_500;

  private static final String SOURCES =
      """
sources:
  - name: from_csv
    format: csv
    path: $DATA/csv/*
    date_formats: [yyyy-MM-dd, d/M/yyyy]
    maps:
      - entity: customer
        realm: crm
        max_rejected_share: 1
        order_by: at
        identifiers: {card: "substring(note, 3, 5)"}
        reject_when: {odd: "note RLIKE '(a|b)+$'"}
        columns:
          account_id: who
          registered_at: to_timestamp(at)
          birth_date: note
          gender: amount
          country: id
          annual_income: amount
          currency: "'TWD'"
          is_home_owner: note
          full_name: id
          address: concat_ws(' ', id, note)
          email: note
          phone: amount
  - name: from_json
    format: json
    path: $DATA/json/*
    columns: [id, who, at, amount, note]
    maps:
      - entity: payment
        realm: crm
        max_rejected_share: 1
        where: coalesce(note, '') NOT LIKE '%elsewhere%'
        columns: {payment_id: id, account_id: who, paid_at: at, amount: amount, currency: "coalesce(note, 'TWD')",
                  method: "coalesce(element_at(split(note, ' '), 2), 'card')"}
  - name: from_parquet
    format: parquet
    path: $DATA/parquet/*
    maps:
      - entity: order_item
        realm: crm
        max_rejected_share: 1
        columns: {order_id: id, line_id: _row_id, account_id: who, ordered_at: at, line_type: "'sale'",
                  quantity: "try_divide(try_cast(amount AS double), try_cast(number AS double))", amount: amount, product_id: nested}
  - name: from_log
    format: access_log
    path: $DATA/log/*
    timestamp_formats: ["dd/MMM/yyyy:HH:mm:ss Z"]
    maps:
      - entity: web_event
        realm: visitor
        max_rejected_share: 1
        columns: {event_id: _row_id, account_id: "regexp_extract(cookie, 'visitor=([a-z0-9]+)', 1)",
                  occurred_at: time, event_type: "'page_view'", page: path, referrer: "parse_url(referer, 'HOST')"}
  - name: from_text
    format: text
    path: $DATA/text/*
    pattern: '(?<id>\\S*) (?<who>[^ ]*) (?<at>\\S+) (?<amount>(?:[0-9]|[.])+) "(?<note>(?:[^"\\\\]|\\\\.)*)"'
    maps:
      - entity: service_ticket
        realm: crm
        max_rejected_share: 1
        columns: {ticket_id: id, account_id: who, opened_at: at, topic: note, is_complaint: "try_cast(amount AS int) > 5"}
  - name: from_jdbc
    format: jdbc
    url: $URL
    query: FUZZ
    watermark: NUM
    maps:
      - entity: feedback
        realm: crm
        max_rejected_share: 1
        columns: {feedback_id: NUM, account_id: WHO, given_at: GIVEN, kind: "'nps'", score: "try_cast(AMOUNT AS double) / 10"}
""";

  @Test
  void everyDamagedRowIsKeptOrRefused(SparkSession spark, @TempDir Path dir)
      throws IOException, SQLException {
    String url = "jdbc:hsqldb:mem:" + dir.getFileName();
    SmallWorld world = new SmallWorld(dir).sources(SOURCES.replace("$URL", url));
    Mutations mutations = new Mutations(SEED);
    Map<String, Long> expected = new LinkedHashMap<>();
    expected.put("from_csv", lines(world, "csv/1.csv", "id,who,at,amount,note\n", mutations, "\""));
    expected.put("from_json", lines(world, "json/1.json", "", mutations, ""));
    expected.put("from_log", lines(world, "log/1.log", "", mutations, ""));
    expected.put("from_text", lines(world, "text/1.txt", "", mutations, ""));
    expected.put("from_parquet", parquet(spark, dir.resolve("parquet"), mutations));
    try (Connection connection = DriverManager.getConnection(url)) {
      expected.put("from_jdbc", table(connection, mutations));

      Cli.Result ingest = world.run("ingest");
      assertThat(ingest.err()).isEmpty();
    }
    Cli.Result conform = world.run("conform");
    assertThat(conform.err()).isEmpty();

    Tables tables = world.tables(spark);
    Worlds.assertAccounted(tables);
    List<Row> results =
        tables
            .read(RawTables.CONFORM_RESULT)
            .groupBy("source")
            .agg(Map.of("rows_in", "sum", "rows_kept", "sum", "rows_rejected", "sum"))
            .select("source", "sum(rows_in)", "sum(rows_kept)", "sum(rows_rejected)")
            .collectAsList();
    for (Row row : results) {
      System.out.printf(
          Locale.ROOT,
          "fuzz seed=%d %s: %,d rows, %,d kept, %,d rejected%n",
          SEED,
          row.getString(0),
          row.getLong(1),
          row.getLong(2),
          row.getLong(3));
    }
    assertThat(results)
        .allSatisfy(row -> assertThat(row.getLong(1)).isEqualTo(expected.get(row.getString(0))))
        .allSatisfy(row -> assertThat(row.getLong(3)).isPositive())
        .hasSize(expected.size());
    // Not one good row suffers from its neighbours.
    Map.of(
            Entities.CUSTOMER, GOOD_ROWS,
            Entities.PAYMENT, GOOD_ROWS,
            Entities.WEB_EVENT, GOOD_ROWS,
            Entities.SERVICE_TICKET, GOOD_ROWS,
            Entities.ORDER_ITEM, GOOD_ROWS,
            Entities.FEEDBACK, GOOD_ROWS)
        .forEach(
            (entity, rows) ->
                assertThat(tables.read(entity.silver()).count())
                    .as(entity.name())
                    .isGreaterThanOrEqualTo(rows));
  }

  @Test
  void aQuoteThatIsNotClosedHidesNoRow(SparkSession spark, @TempDir Path dir) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
sources:
  - name: people
    format: csv
    path: $DATA/*.csv
    maps:
      - {entity: customer, realm: crm, max_rejected_share: 1, columns: {account_id: id, city: city}}
  - name: events
    format: json
    path: $DATA/*.json
    maps:
      - {entity: payment, realm: crm, max_rejected_share: 1,
         columns: {payment_id: id, account_id: who, paid_at: "'2024-01-01'", amount: 1, method: "'card'"}}
""")
            .write(
                "open.csv", "id,city,note\n1,Taipei,\n2,Tainan,\"open\n3,Keelung,x\n4,Taipei,y\n")
            .write(
                "fine.csv",
                "id,city,note\n5,Taipei,\"two\nlines, of a note\"\n6,Tainan,\"a \"\"b\"\"\"\n")
            .write(
                "two.json",
                "{\"id\":\"1\",\"who\":\"a\"}\n"
                    + "{\"id\":\"2\",\"who\":\"a\"}{\"id\":\"3\",\"who\":\"a\"}\n"
                    + "{\"id\":\"4\",\"who\":\"a\"} trailing\n"
                    + "{\"ID\":\"5\",\"Who\":\"a\",\"note\":\"}"
                    + " x\",\"_row_id\":\"y\",\"__hash\":1}\n"
                    + "{\"id\":\"6\",\"who\":\"a\",\"id\":\"6\"}\n"
                    + "[{\"id\":\"7\",\"who\":\"a\"}]\n");

    assertThat(world.run("ingest").err()).isEmpty();
    assertThat(world.run("conform").err()).isEmpty();

    Tables tables = world.tables(spark);
    assertThat(
            tables
                .read(Entities.CUSTOMER.silver())
                .groupBy("city")
                .count()
                .orderBy("city")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[Tainan,1]", "[Taipei,2]");
    assertThat(
            tables
                .read(Entities.PAYMENT.silver())
                .select("payment_id")
                .orderBy("payment_id")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("1", "5", "6");
    assertThat(tables.read(RawTables.REJECT_REASON).orderBy("reason").collectAsList())
        .extracting(row -> row.getString(3) + " " + row.getLong(5))
        .containsExactly(
            "row: a quote is not closed, or a value has whole rows 1", "row: not a JSON object 3");
    Worlds.assertAccounted(tables);
  }

  @Test
  @EnabledIfSystemProperty(named = "portrait.fuzz.files", matches = "\\d+")
  void everyDamagedFileIsReadOrRefusedWithAnExplanation(SparkSession spark, @TempDir Path dir)
      throws IOException {
    Mutations mutations = new Mutations(SEED + 1);
    Map<String, byte[]> good = new LinkedHashMap<>();
    good.put("csv/1.csv", text(0, "id,who,at,amount,note\n").getBytes(StandardCharsets.UTF_8));
    good.put("csv/1.csv.gz", gzip(good.get("csv/1.csv")));
    good.put("json/1.json", text(1, "").getBytes(StandardCharsets.UTF_8));
    good.put("log/1.log", text(2, "").getBytes(StandardCharsets.UTF_8));
    good.put("text/1.txt.gz", gzip(text(3, "").getBytes(StandardCharsets.UTF_8)));
    Path parquet = dir.resolve("good");
    parquet(spark, parquet, new Mutations(SEED));
    try (Stream<Path> files = Files.list(parquet)) {
      good.put(
          "parquet/1.parquet",
          Files.readAllBytes(
              files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow()));
    }
    Map<Integer, Integer> codes = new LinkedHashMap<>();
    long received = 0;
    int number = 0;
    for (Map.Entry<String, byte[]> file : good.entrySet()) {
      for (int i = 0; i < FILES; i++) {
        Path root = dir.resolve("world" + number++);
        SmallWorld world = new SmallWorld(root);
        String name = file.getKey().substring(0, file.getKey().indexOf('/'));
        int from = SOURCES.indexOf("  - name: from_" + name);
        int to = SOURCES.indexOf("  - name:", from + 5);
        world.sources("sources:\n" + SOURCES.substring(from, to));
        Path path = root.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        byte[] damaged = mutations.file(file.getValue());
        Files.write(path, damaged);
        int code = 0;
        for (String step : List.of("ingest", "conform")) {
          Cli.Result result = world.run(step);
          code = result.code();
          codes.merge(code, 1, Integer::sum);
          assertThat(result.code() + " " + result.err())
              .as("seed %d, %s, file %d", SEED, file.getKey(), i)
              .matches("(?s)(0 |[23] error: .*)")
              .doesNotContain("\tat ");
          if (code != 0) {
            break;
          }
        }
        if (code == 0) {
          long rows = accounted(world.tables(spark), "from_" + name);
          received += rows;
          if (Set.of("json/1.json", "log/1.log").contains(file.getKey())) {
            assertThat(rows)
                .as("rows of seed %d, %s, file %d", SEED, file.getKey(), i)
                .isEqualTo(linesThatAreNotBlank(damaged));
          }
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "fuzz seed=%d files=%d rows=%,d exit codes=%s%n",
        SEED,
        number,
        received,
        codes);
  }

  /** Each row that was read is in bronze and in the account of conform; gives how many. */
  private static long accounted(Tables tables, String source) {
    long received =
        tables
            .readOrEmpty(RawTables.INGEST_FILE)
            .selectExpr("coalesce(sum(rows), 0)")
            .head()
            .getLong(0);
    assertThat(tables.readOrEmpty(RawTables.bronze(source)).count()).isEqualTo(received);
    if (received > 0) {
      Worlds.assertAccounted(tables);
      assertThat(tables.read(RawTables.CONFORM_RESULT).selectExpr("sum(rows_in)").head().getLong(0))
          .isEqualTo(received);
    }
    return received;
  }

  private static long linesThatAreNotBlank(byte[] file) {
    return Stream.of(new String(file, StandardCharsets.ISO_8859_1).split("[\\r\\n]"))
        .filter(line -> !line.replace(" ", "").isEmpty())
        .count();
  }

  /** Writes good lines and then damaged ones, and gives how many of all are rows. */
  private static long lines(
      SmallWorld world, String name, String header, Mutations mutations, String without) {
    int format =
        List.of("csv", "json", "log", "text").indexOf(name.substring(0, name.indexOf('/')));
    StringBuilder text = new StringBuilder(Mutations.bytes(text(format, header)));
    long rows = GOOD_ROWS;
    for (int i = 0; i < ROWS; i++) {
      String line = mutations.line(Mutations.bytes(line(format, GOOD_ROWS + i)), without);
      text.append(line).append('\n');
      rows += line.replace(" ", "").isEmpty() ? 0 : 1;
    }
    world.write(name, text.toString(), StandardCharsets.ISO_8859_1);
    return rows;
  }

  private static String text(int format, String header) {
    StringBuilder text = new StringBuilder(header);
    for (int i = 0; i < GOOD_ROWS; i++) {
      text.append(line(format, i)).append('\n');
    }
    return text.toString();
  }

  private static String line(int format, int i) {
    String id = "n" + i;
    return switch (format) {
      case 0 -> id + ",c" + i + ",2024-03-01 10:00:00,0912345" + i + ",王 " + i + " some more words";
      case 1 ->
          String.format(
              "{\"id\":\"%s\",\"who\":\"c%d\",\"at\":\"2024-03-01T10:00:00Z\",\"amount\":%d,"
                  + "\"note\":\"TWD\",\"more\":{\"a\":[1,2]}}",
              id, i, i);
      case 2 ->
          "10.0.0.1 - - [01/Mar/2024:10:00:00 +0800] \"GET /p/"
              + i
              + "?x=1 HTTP/1.1\" 200 512"
              + " \"https://example.com/x\" \"Mozilla \\\"5\\\"\" \"visitor=v"
              + i
              + "\"";
      default -> id + " c" + i + " 2024-03-01T10:00:00Z " + i + " \"some \\\" words\"";
    };
  }

  private static long parquet(SparkSession spark, Path folder, Mutations mutations) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.StringType)
            .add("who", DataTypes.BinaryType)
            .add("at", DataTypes.TimestampType)
            .add("amount", DataTypes.createDecimalType(38, 6))
            .add("number", DataTypes.DoubleType)
            .add("nested", DataTypes.createArrayType(DataTypes.StringType))
            .add("day", DataTypes.DateType)
            .add("odd `name`.x", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));
    double[] numbers = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 1e308, 2};
    long[] micros = {0, -1, 253402300800000000L, -62135596800000001L, 8640000000000L, 1L << 61};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < GOOD_ROWS + ROWS; i++) {
      boolean isGood = i < GOOD_ROWS;
      byte[] who = ("c" + i).getBytes(StandardCharsets.UTF_8);
      if (!isGood) {
        who = mutations.line("c" + i, "").getBytes(StandardCharsets.ISO_8859_1);
      }
      long at = isGood ? 1709287200000000L : micros[mutations.random().nextInt(micros.length)];
      rows.add(
          RowFactory.create(
              isGood ? "n" + i : mutations.random().nextInt(9) == 0 ? null : mutations.token(),
              isGood || mutations.random().nextInt(9) > 0 ? who : null,
              at,
              isGood
                  ? java.math.BigDecimal.TEN
                  : new java.math.BigDecimal(
                      java.math.BigInteger.valueOf(mutations.random().nextLong()), 6),
              isGood ? 2.0 : numbers[mutations.random().nextInt(numbers.length)],
              isGood ? List.of("p") : Arrays.asList(mutations.token(), null),
              isGood ? null : mutations.random().nextInt(),
              isGood ? null : Map.of(mutations.token(), 1L)));
    }
    StructType raw = new StructType();
    for (var field : schema.fields()) {
      raw =
          raw.add(
              field.name(),
              field.dataType().equals(DataTypes.TimestampType)
                  ? DataTypes.LongType
                  : field.dataType().equals(DataTypes.DateType)
                      ? DataTypes.IntegerType
                      : field.dataType());
    }
    spark
        .createDataFrame(rows, raw)
        .selectExpr(
            "id",
            "who",
            "timestamp_micros(at) AS at",
            "amount",
            "number",
            "nested",
            "date_from_unix_date(day % 3000000) AS day",
            "`odd ``name``.x`")
        .coalesce(1)
        .write()
        .parquet(folder.toString());
    return rows.size();
  }

  private static long table(Connection connection, Mutations mutations) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute(
          "CREATE TABLE FUZZ (NUM BIGINT, WHO VARCHAR(100000), GIVEN TIMESTAMP, AMOUNT"
              + " VARCHAR(100000), DATA VARBINARY(1000))");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO FUZZ VALUES (?, ?, ?, ?, ?)")) {
      for (int i = 0; i < GOOD_ROWS + ROWS; i++) {
        boolean isGood = i < GOOD_ROWS;
        boolean hasTime = isGood || mutations.random().nextInt(5) > 0;
        insert.setLong(1, i);
        insert.setString(2, isGood ? "c" + i : mutations.token());
        insert.setTimestamp(
            3,
            hasTime
                ? new java.sql.Timestamp(
                    // The driver cannot read a part of a second before 1970.
                    isGood ? 1709287200000L : mutations.random().nextLong() / 1_000_000_000 * 1000)
                : null);
        insert.setString(4, isGood ? "5" : mutations.line("5", ""));
        insert.setBytes(5, isGood ? null : new byte[mutations.random().nextInt(1000)]);
        insert.addBatch();
      }
      insert.executeBatch();
    }
    return (long) GOOD_ROWS + ROWS;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}

package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Reads a database: above a watermark, or a snapshot and what changed since the last one. */
final class JdbcReader {

  private static final String SPARK_JDBC = "org.apache.spark.sql.execution.datasources.jdbc.";

  private final SparkSession spark;
  private final Source source;
  private final String query;
  private Dataset<Row> frame;

  JdbcReader(SparkSession spark, Source source) {
    this.spark = spark;
    this.source = source;
    String declared = source.query().orElseThrow().strip();
    this.query =
        declared.toLowerCase(Locale.ROOT).startsWith("select")
            ? declared
            : "SELECT * FROM " + declared;
  }

  /** The columns of the query. */
  List<String> columns() {
    return Arrays.asList(frame().schema().fieldNames());
  }

  /** All rows, for the first time. */
  NewRows readAll() {
    return newRows(upserts(frame()), watermark().map(StructField::name));
  }

  /**
   * All rows, after a time when there were none.
   *
   * @return empty if there is none
   */
  Optional<NewRows> readFromStart() {
    Dataset<Row> rows = upserts(frame()).persist();
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(newRows(rows, watermark().map(StructField::name)));
  }

  /**
   * Rows above the last watermark, and those that share it and have come since: a date, or a time
   * in seconds, is not over when it was read. Of rows that are alike, as many are left out as
   * bronze has.
   *
   * @param last highest value read so far
   * @param bronze the batches that reached it
   * @param columns raw columns that all of these batches have: what the query has gained since
   *     tells no row from one that was received without it
   * @return empty if there is none
   */
  Optional<NewRows> readFrom(String last, Dataset<Row> bronze, Set<String> columns) {
    StructField watermark = watermark().orElseThrow();
    Column value = lit(last).cast(watermark.dataType());
    Dataset<Row> raw = frame().filter(quoted(watermark).geq(value));
    // Read once: what comes in between must not hide behind a greater value.
    Dataset<Row> rows =
        raw.select(
                lit("upsert").as("operation"),
                RawReader.asMap(raw).as("row"),
                quoted(watermark).equalTo(value).as("is_last"))
            .persist();
    Column alike =
        to_json(
            array(
                Stream.concat(
                        Stream.of(lit("")),
                        columns().stream()
                            .filter(columns::contains)
                            .filter(column -> !column.equals(watermark.name()))
                            .map(column -> col("row").getItem(column)))
                    .toArray(Column[]::new)));
    Dataset<Row> known =
        bronze
            .filter(
                col("row").getItem(watermark.name()).try_cast(watermark.dataType()).equalTo(value))
            .groupBy(alike.as("alike"))
            .agg(count(lit(1)).as("received"));
    Dataset<Row> since =
        rows.filter(col("is_last"))
            .withColumn("alike", alike)
            .withColumn(
                "number",
                row_number().over(Window.partitionBy("alike").orderBy(to_json(col("row")))))
            .join(known, "alike", "left")
            .filter(col("number").gt(coalesce(col("received"), lit(0))));
    Dataset<Row> fresh =
        rows.filter(not(col("is_last")))
            .select("operation", "row")
            .unionByName(since.select("operation", "row"))
            .persist();
    return fresh.isEmpty()
        ? Optional.empty()
        : Optional.of(newRows(fresh, Optional.of(watermark.name())));
  }

  private static Column quoted(StructField field) {
    return col("`" + field.name().replace("`", "``") + "`");
  }

  /** The declared watermark as the database has it. */
  private Optional<StructField> watermark() {
    return source.watermark().map(this::field);
  }

  private StructField field(String declared) {
    StructField[] fields = frame().schema().fields();
    return Arrays.stream(fields)
        .filter(f -> f.name().equalsIgnoreCase(declared))
        .findFirst()
        .orElseThrow(
            () ->
                JobException.invalidConfig(
                    "%s: the query has no watermark column %s, but %s.",
                    source.place(), declared, columns()));
  }

  /**
   * Rows that are new, changed or gone since the last snapshot.
   *
   * @param bronze what has been received so far
   * @return empty if nothing changed
   */
  Optional<NewRows> readChanges(Dataset<Row> bronze) {
    Dataset<Row> raw = frame();
    Dataset<Row> snapshot =
        raw.select(RawReader.asMap(raw).as("row")).select(keyColumn().as("key"), col("row"));
    Dataset<Row> known =
        bronze
            .select(keyColumn().as("key"), col("batch_id"), col("operation"), col("row"))
            .groupBy("key")
            .agg(
                max_by(col("row"), col("batch_id")).as("old_row"),
                max_by(col("operation"), col("batch_id")).as("old_operation"))
            .filter(col("old_operation").notEqual("delete"));
    Dataset<Row> changes =
        snapshot
            .join(known, snapshot.col("key").equalTo(known.col("key")), "full_outer")
            .filter(
                col("row")
                    .isNull()
                    .or(col("old_row").isNull())
                    .or(to_json(col("row")).notEqual(to_json(col("old_row")))))
            .select(
                when(col("row").isNull(), "delete").otherwise("upsert").as("operation"),
                coalesce(col("row"), col("old_row")).as("row"))
            .persist();
    return changes.isEmpty() ? Optional.empty() : Optional.of(newRows(changes, Optional.empty()));
  }

  private static Dataset<Row> upserts(Dataset<Row> raw) {
    return raw.select(lit("upsert").as("operation"), RawReader.asMap(raw).as("row"));
  }

  private NewRows newRows(Dataset<Row> rows, Optional<String> watermark) {
    String origin = "jdbc:" + source.query().orElseThrow().strip().replaceAll("\\s+", " ");
    return new NewRows(
        rows.withColumn("origin", lit(origin))
            .withColumn("malformed", lit(null).cast(DataTypes.StringType)),
        List.of(new NewRows.Origin(origin, null, null)),
        columns(),
        watermark);
  }

  /** The declared key of a row as one text. */
  private Column keyColumn() {
    return to_json(
        array(source.key().stream().map(k -> col("row").getItem(k)).toArray(Column[]::new)));
  }

  /** Whether a failure came of reading the rows of a source's query; no lack of memory there. */
  static boolean isReading(Source source, Exception failure) {
    Throwable root = root(failure);
    return source.format() == Source.Format.JDBC
        && root instanceof Exception
        && Arrays.stream(root.getStackTrace())
            .anyMatch(frame -> frame.getClassName().startsWith(SPARK_JDBC));
  }

  /** Says what such a failure means; not what the driver says of it, which may show a value. */
  static JobException unreadable(Source source, Exception failure) {
    return JobException.invalidData(
        "%s: a row of the query '%s' could not be read: the database's driver ended with %s. If the"
            + " connection broke, run the step again. If the driver cannot read a value, such as a"
            + " time out of its range, ask for its column as text, as CAST(column AS VARCHAR(100)),"
            + " or leave the row out in the query.",
        source.place(),
        source.query().orElseThrow().strip(),
        root(failure).getClass().getSimpleName());
  }

  private static Throwable root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The query's rows, not yet read. The database is asked for its columns once. */
  private Dataset<Row> frame() {
    if (frame == null) {
      frame = load();
      List<String> columns = Arrays.asList(frame.schema().fieldNames());
      for (String key : source.key()) {
        if (!columns.contains(key)) {
          throw JobException.invalidConfig(
              "%s: the query has no key column %s, but %s.", source.place(), key, columns);
        }
      }
    }
    return frame;
  }

  private Dataset<Row> load() {
    DataFrameReader reader =
        spark
            .read()
            .format("jdbc")
            .option("url", source.url().orElseThrow())
            .option("dbtable", "(" + query + ") t")
            .option("fetchsize", 10_000)
            .option("preferTimestampNTZ", true);
    source.user().ifPresent(user -> reader.option("user", user));
    source.password().ifPresent(password -> reader.option("password", password));
    source.driver().ifPresent(driver -> reader.option("driver", driver));
    try {
      return reader.load();
    } catch (Exception e) {
      throw JobException.invalidConfig(
          "%s: the database does not answer the query '%s': %s. Correct url, driver, user, password"
              + " or query; the driver's jar must be on the class path.",
          source.place(), source.query().orElseThrow().strip(), RawReader.firstLine(e));
    }
  }
}

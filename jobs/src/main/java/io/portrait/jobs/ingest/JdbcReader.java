package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Reads a database: above a watermark, or a snapshot and what changed since the last one. */
final class JdbcReader {

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

  /**
   * Rows above the last watermark.
   *
   * @param last highest value read so far
   * @return empty if there is none
   */
  Optional<NewRows> readAbove(Optional<String> last) {
    Dataset<Row> raw = frame();
    String declared = source.watermark().orElseThrow();
    StructField watermark =
        Arrays.stream(raw.schema().fields())
            .filter(f -> f.name().equalsIgnoreCase(declared))
            .findFirst()
            .orElseThrow(
                () ->
                    JobException.invalidConfig(
                        "%s: the query has no watermark column %s, but %s.",
                        source.place(), declared, List.of(raw.schema().fieldNames())));
    if (last.isEmpty()) {
      return Optional.of(newRows(upserts(raw), watermark.name()));
    }
    Dataset<Row> above =
        raw.filter(col(watermark.name()).gt(lit(last.get()).cast(watermark.dataType()))).persist();
    return above.isEmpty()
        ? Optional.empty()
        : Optional.of(newRows(upserts(above), watermark.name()));
  }

  /**
   * Rows that are new, changed or gone since the last snapshot.
   *
   * @param bronze what has been received so far; absent for the first snapshot
   * @return empty if nothing changed
   */
  Optional<NewRows> readChanges(Optional<Dataset<Row>> bronze) {
    Dataset<Row> raw = frame();
    if (bronze.isEmpty()) {
      return Optional.of(newRows(upserts(raw), null));
    }
    Dataset<Row> snapshot =
        raw.select(RawReader.asMap(raw).as("row")).select(keyColumn().as("key"), col("row"));
    Dataset<Row> known =
        bronze
            .get()
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
    return changes.isEmpty() ? Optional.empty() : Optional.of(newRows(changes, null));
  }

  private static Dataset<Row> upserts(Dataset<Row> raw) {
    return raw.select(lit("upsert").as("operation"), RawReader.asMap(raw).as("row"));
  }

  private NewRows newRows(Dataset<Row> rows, String watermark) {
    String origin = "jdbc:" + source.query().orElseThrow().strip().replaceAll("\\s+", " ");
    return new NewRows(
        rows.withColumn("origin", lit(origin))
            .withColumn("malformed", lit(null).cast(DataTypes.StringType)),
        List.of(new NewRows.Origin(origin, null, null)),
        columns(),
        Optional.ofNullable(watermark));
  }

  /** The declared key of a row as one text. */
  private Column keyColumn() {
    return to_json(
        org.apache.spark.sql.functions.array(
            source.key().stream().map(k -> col("row").getItem(k)).toArray(Column[]::new)));
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

package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_from_arrays;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portrait.common.config.LineFormat;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.Format;
import io.portrait.common.error.JobException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Reads raw sources as rows of text by column name. */
final class RawReader {

  /** Lines of a JSON file that are looked at to learn its columns before any run. */
  private static final int SAMPLE_LINES = 1000;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Source source;

  RawReader(SparkSession spark, Source source) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.source = source;
  }

  /**
   * The raw columns of a source as it stands, without reading its rows.
   *
   * @throws JobException if the source is not there or cannot be read
   */
  List<String> columns() {
    if (source.format() == Format.JDBC) {
      return new JdbcReader(spark, source).columns();
    }
    List<FileStatus> files = RawFiles.list(hadoop, source);
    FileStatus newest = files.get(files.size() - 1);
    return switch (source.format()) {
      case CSV -> new CsvReader(spark, source).columns(newest);
      case PARQUET -> Arrays.asList(parquet(List.of(newest)).schema().fieldNames());
      case ACCESS_LOG, TEXT -> source.lineFormat().orElseThrow().columns();
      case JSON -> source.columns().isEmpty() ? sampledKeys(newest) : source.columns();
      case JDBC -> throw new IllegalStateException("handled above");
    };
  }

  /** The rows of some files of the source. */
  NewRows read(List<FileStatus> files) {
    return switch (source.format()) {
      case CSV -> new CsvReader(spark, source).read(files);
      case PARQUET -> {
        Dataset<Row> raw = parquet(files);
        yield newRows(
            raw.select(
                RawFiles.originColumn(),
                asMap(raw).as("row"),
                lit(null).cast(StringType).as("malformed")),
            files,
            Arrays.asList(raw.schema().fieldNames()));
      }
      case ACCESS_LOG, TEXT -> {
        LineFormat line = source.lineFormat().orElseThrow();
        yield newRows(
            lines(files)
                .select(
                    col("origin"),
                    map_from_arrays(array(lit("line")), array(col("value"))).as("row"),
                    when(
                            matches(line).apply(col("value")).equalTo(false),
                            lit("not a line of the declared form"))
                        .as("malformed")),
            files,
            line.columns());
      }
      case JSON -> {
        Column parsed =
            from_json(
                col("value"),
                DataTypes.createMapType(StringType, StringType),
                Map.of("mode", "PERMISSIVE"));
        yield newRows(
            lines(files)
                .withColumn("parsed", when(hasOneValue(), parsed))
                .select(
                    col("origin"),
                    when(
                            col("parsed").isNull(),
                            map_from_arrays(array(lit("line")), array(col("value"))))
                        .otherwise(col("parsed"))
                        .as("row"),
                    when(col("parsed").isNull(), lit("not a JSON object")).as("malformed")),
            files,
            source.columns());
      }
      case JDBC -> throw new IllegalStateException("A database has no files");
    };
  }

  /** All columns as one map of text; timestamps with a zone keep it. */
  static Column asMap(Dataset<Row> raw) {
    List<Column> names = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    for (StructField field : raw.schema().fields()) {
      Column value = col("`" + field.name().replace("`", "``") + "`");
      boolean nested =
          field.dataType() instanceof StructType
              || field.dataType() instanceof ArrayType
              || field.dataType() instanceof MapType;
      Column text = nested ? to_json(value) : value.cast(StringType);
      if (field.dataType().equals(DataTypes.TimestampType)) {
        text = date_format(value, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
      }
      names.add(lit(field.name()));
      values.add(text);
    }
    return map_from_arrays(
        array(names.toArray(Column[]::new)), array(values.toArray(Column[]::new)));
  }

  /** The first line of a failure's message, which names the cause without a trace. */
  static String firstLine(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }

  private NewRows newRows(Dataset<Row> rows, List<FileStatus> files, List<String> columns) {
    return new NewRows(
        rows.withColumn("operation", lit("upsert")),
        files.stream().map(RawFiles::origin).toList(),
        columns,
        Optional.empty());
  }

  private Dataset<Row> parquet(List<FileStatus> files) {
    try {
      return spark.read().option("mergeSchema", true).parquet(paths(files));
    } catch (Exception e) {
      throw JobException.invalidData(
          "%s: the Parquet files from %s on cannot be read: %s",
          source.place(), files.get(0).getPath(), firstLine(e));
    }
  }

  /** Lines that are not blank, with their file. */
  private Dataset<Row> lines(List<FileStatus> files) {
    // Spark takes lines as UTF-8; their bytes are still there.
    Column line =
        source
            .encoding()
            .filter(encoding -> !encoding.equalsIgnoreCase("UTF-8"))
            .map(encoding -> decoder(encoding).apply(col("value").cast(BinaryType)))
            .orElse(col("value"));
    return spark
        .read()
        .text(paths(files))
        .select(line.as("value"), RawFiles.originColumn())
        .filter(length(trim(col("value"))).gt(0));
  }

  /**
   * Whether nothing follows a JSON value, which Spark would not tell. Only a line that may have
   * more, by its look, is parsed for it.
   */
  private static Column hasOneValue() {
    ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    UDF1<String, Boolean> hasOneValue =
        text -> {
          try {
            json.readTree(text);
            return true;
          } catch (JsonProcessingException e) {
            return false;
          }
        };
    return col("value")
        .rlike("[}\\]]\\s*[^\\s,}\\]]")
        .equalTo(false)
        .or(udf(hasOneValue, DataTypes.BooleanType).withName("has_one_value").apply(col("value")));
  }

  /** Spark's own rlike ends the task for a line that is too long for the pattern. */
  private static UserDefinedFunction matches(LineFormat line) {
    Pattern pattern = Pattern.compile(line.pattern());
    UDF1<String, Boolean> matches = text -> LineFormat.parts(pattern, text) != null;
    return udf(matches, DataTypes.BooleanType).withName("is_line");
  }

  /** Spark's own decode knows no encoding but Unicode and Latin-1. */
  private static UserDefinedFunction decoder(String encoding) {
    UDF1<byte[], String> decode =
        bytes -> bytes == null ? null : new String(bytes, Charset.forName(encoding));
    return udf(decode, StringType).withName("decode_line");
  }

  private List<String> sampledKeys(FileStatus file) {
    String head = RawFiles.head(hadoop, file.getPath(), "UTF-8", "");
    Set<String> keys = new LinkedHashSet<>();
    ObjectMapper json = new ObjectMapper();
    head.lines()
        .limit(SAMPLE_LINES)
        .forEach(
            line -> {
              try {
                json.readTree(line).fieldNames().forEachRemaining(keys::add);
              } catch (JsonProcessingException e) {
                // A broken line tells no column; it is rejected with its reason when it is read.
              }
            });
    return List.copyOf(keys);
  }

  private static String[] paths(List<FileStatus> files) {
    return files.stream().map(f -> f.getPath().toString()).toArray(String[]::new);
  }
}

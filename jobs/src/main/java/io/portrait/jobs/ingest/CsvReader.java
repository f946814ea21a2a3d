package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_from_arrays;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Reads CSV: any separator, encoding and compression, quotes with line breaks, a byte order mark.
 *
 * <p>Columns are known by each file's own header, so that files of one source may order them
 * differently. A row with too few or too many columns is kept as text and marked malformed.
 */
final class CsvReader {

  private static final String CORRUPT = "__corrupt";
  private static final String OPEN_QUOTE = "a quote is not closed, or a value has whole rows";
  private static final List<String> DELIMITERS = List.of(",", ";", "\t", "|");

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Source source;
  private final String delimiter;
  private final String encoding;

  CsvReader(SparkSession spark, Source source) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.source = source;
    this.delimiter = source.delimiter().orElse(",");
    this.encoding = source.encoding().orElse("UTF-8");
  }

  /** The column names of a file. */
  List<String> columns(FileStatus file) {
    if (!source.header().isEmpty()) {
      RawFiles.head(hadoop, file.getPath(), encoding, delimiter);
      return source.header();
    }
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(delimiter);
    settings.setMaxColumns(10_000);
    settings.setMaxCharsPerColumn(-1);
    CsvParser parser = new CsvParser(settings);
    parser.beginParsing(
        new StringReader(RawFiles.head(hadoop, file.getPath(), encoding, delimiter)));
    String[] names = parser.parseNext();
    parser.stopParsing();
    if (names == null) {
      throw JobException.invalidData(
          "The file %s has no header line. Deliver it again, or declare header.", file.getPath());
    }
    List<String> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(name == null ? "" : name.strip());
    }
    check(file, columns);
    return List.copyOf(columns);
  }

  /** The rows of some files. */
  NewRows read(List<FileStatus> files) {
    Map<List<String>, List<FileStatus>> byHeader = new LinkedHashMap<>();
    for (FileStatus file : files) {
      byHeader.computeIfAbsent(columns(file), key -> new ArrayList<>()).add(file);
    }
    return byHeader.entrySet().stream()
        .map(group -> readGroup(group.getKey(), group.getValue()))
        .reduce(NewRows::and)
        .orElseThrow();
  }

  private NewRows readGroup(List<String> columns, List<FileStatus> files) {
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(column, StringType);
    }
    Dataset<Row> raw =
        spark
            .read()
            .schema(schema.add(CORRUPT, StringType))
            .option("header", source.header().isEmpty())
            .option("sep", delimiter)
            .option("encoding", encoding)
            .option("quote", "\"")
            .option("escape", "\"")
            .option("multiLine", true)
            .option("maxCharsPerColumn", -1)
            .option("mode", "PERMISSIVE")
            .option("columnNameOfCorruptRecord", CORRUPT)
            .csv(files.stream().map(f -> f.getPath().toString()).toArray(String[]::new));
    Column names = array(columns.stream().map(c -> lit(c)).toArray(Column[]::new));
    Column values =
        array(
            columns.stream()
                .map(c -> col("`" + c.replace("`", "``") + "`"))
                .toArray(Column[]::new));
    Column whole = col(CORRUPT);
    Dataset<Row> rows =
        raw.filter(whole.isNull().or(length(trim(whole)).gt(0)))
            .select(
                RawFiles.originColumn(),
                lit("upsert").as("operation"),
                when(whole.isNull(), map_from_arrays(names, values))
                    .otherwise(map_from_arrays(array(lit("line")), array(whole)))
                    .as("row"),
                when(whole.isNotNull(), lit("not " + columns.size() + " columns"))
                    .when(hasWholeRow(columns), lit(OPEN_QUOTE))
                    .as("malformed"));
    return new NewRows(
        rows, files.stream().map(RawFiles::origin).toList(), columns, Optional.empty());
  }

  /**
   * Whether some value has a line that looks like a row of its own: the quote before it is not
   * closed, and what follows would be lost in it. With less than three columns a note of two lines
   * would look the same.
   */
  private Column hasWholeRow(List<String> columns) {
    if (columns.size() < 3) {
      return lit(false);
    }
    String other = "[^\r\n" + Pattern.quote(delimiter) + "]*+";
    String line =
        other + "(?:" + Pattern.quote(delimiter) + other + "){" + (columns.size() - 1) + "}";
    String pattern = "[\r\n]" + line + "(?:[\r\n]|$)";
    return columns.stream()
        .map(name -> col("`" + name.replace("`", "``") + "`"))
        .map(value -> coalesce(value.contains("\n").and(value.rlike(pattern)), lit(false)))
        .reduce(Column::or)
        .orElseThrow();
  }

  private void check(FileStatus file, List<String> columns) {
    if (columns.size() == 1) {
      for (String other : DELIMITERS) {
        if (columns.get(0).contains(other)) {
          throw JobException.invalidData(
              "%s: the header of %s has one column with delimiter '%s', but contains '%s'. Set"
                  + " delimiter, or deliver the file in the declared form.",
              source.place(), file.getPath(), delimiter, other.replace("\t", "\\t"));
        }
      }
    }
    // Spark's names are the same in upper and lower case.
    Set<String> distinct = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    distinct.addAll(columns);
    if (distinct.size() < columns.size() || columns.contains("")) {
      throw JobException.invalidData(
          "The header of %s has an empty or repeated column name: %s. Deliver it again, or declare"
              + " header.",
          file.getPath(), Arrays.toString(columns.toArray()));
    }
  }
}

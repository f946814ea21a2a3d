package io.portrait.common.transform;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_contains_key;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.portrait.common.config.LineFormat;
import io.portrait.common.config.Source;
import io.portrait.common.privacy.KeyedHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import scala.jdk.javaapi.CollectionConverters;

/** Received rows as the expressions of a source see them. Pure: no reads, no writes, no clock. */
public final class RawTransforms {

  /** Fingerprint of a received row and its number among equal rows of one file and batch. */
  public static final String ROW_ID = "_row_id";

  /** File or query that a row came from. */
  public static final String ORIGIN = "_origin";

  /** Ingestion batch of a row. */
  public static final String BATCH = "_batch_id";

  /** Names that expressions may use beside the raw columns. */
  public static final List<String> PSEUDO_COLUMNS = List.of(ROW_ID, ORIGIN, BATCH);

  private static final String DISCARDED = "batch discarded";

  private RawTransforms() {}

  /**
   * Spreads received rows into one text column per raw column, as expressions see them.
   *
   * <p>In: bronze. Out: the raw columns, the pseudo columns and {@code __source, __batch,
   * __operation, __malformed, __row, __hash}.
   *
   * <p>A corrected row has the values of its correction, and counts as one that could be read; its
   * hash stays that of the row as received.
   *
   * @param corrections {@code __hash, __corrected} (values by raw column), if there are any
   * @param columns raw columns of all batches
   * @param withRowId whether an expression uses {@link #ROW_ID}, which costs a sort
   */
  public static Dataset<Row> withRawColumns(
      Dataset<Row> bronze,
      Optional<Dataset<Row>> corrections,
      Source source,
      List<String> columns,
      KeyedHash hash,
      boolean withRowId) {
    Column rowId = lit(null).cast(StringType);
    Dataset<Row> hashed = bronze.withColumn("__hash", hash.column(lit("row"), to_json(col("row"))));
    if (withRowId) {
      // By the hash alone, so that ranking rows whose key holds the row id needs no other shuffle.
      hashed = hashed.repartition(col("__hash"));
      rowId =
          concat_ws(
              "-",
              col("__hash"),
              row_number()
                  // The hash first: sorting looks at the first bytes of the first column.
                  .over(Window.partitionBy("__hash", "batch_id", "origin").orderBy(lit(1))));
    }
    Column corrected = col("__corrected");
    boolean isCorrected = corrections.isPresent();
    Dataset<Row> whole =
        isCorrected
            ? hashed.join(
                broadcast(corrections.get()),
                CollectionConverters.asScala(List.of("__hash")).toSeq(),
                "left_outer")
            : hashed;
    Dataset<Row> parted =
        source.lineFormat().isEmpty()
            ? whole
            : whole.withColumn(
                "__parts", parts(col("row").getItem("line"), source.lineFormat().get()));
    List<Column> selected = new ArrayList<>();
    for (Map.Entry<String, List<String>> column : spellings(columns).entrySet()) {
      String name = column.getKey();
      Column value =
          source
              .lineFormat()
              .map(f -> emptyToNull(col("__parts").getItem(f.columns().indexOf(name))))
              .orElseGet(
                  () ->
                      coalesce(
                          column.getValue().stream()
                              .map(spelling -> col("row").getItem(spelling))
                              .toArray(Column[]::new)));
      selected.add(
          (isCorrected
                  ? when(map_contains_key(corrected, name), corrected.getItem(name))
                      .otherwise(value)
                  : value)
              .as(name));
    }
    selected.add(rowId.as(ROW_ID));
    selected.add(col("origin").as(ORIGIN));
    selected.add(col("batch_id").as(BATCH));
    selected.add(col("source").as("__source"));
    selected.add(col("operation").as("__operation"));
    selected.add(
        (isCorrected
                ? when(corrected.isNull().or(isDiscarded()), col("malformed"))
                : col("malformed"))
            .as("__malformed"));
    selected.add(col("row").as("__row"));
    selected.add(col("__hash"));
    return parted.select(selected.toArray(Column[]::new));
  }

  /** Makes every row of discarded batches one that is refused. */
  public static Dataset<Row> withDiscarded(Dataset<Row> bronze, Set<Long> batches) {
    return batches.isEmpty()
        ? bronze
        : bronze.withColumn(
            "malformed",
            when(col("batch_id").isin(batches.toArray()), lit(DISCARDED))
                .otherwise(col("malformed")));
  }

  private static Column isDiscarded() {
    return col("malformed").eqNullSafe(lit(DISCARDED));
  }

  /** Takes a line apart with a single match; nothing for a line of another form. */
  private static Column parts(Column line, LineFormat format) {
    Pattern pattern = Pattern.compile(format.pattern());
    UserDefinedFunction parts =
        udf(
            (UDF1<String, String[]>) text -> text == null ? null : LineFormat.parts(pattern, text),
            createArrayType(StringType));
    // Spark would evaluate it once more for each filter that it moves below, if it were free to.
    return parts.asNondeterministic().apply(line);
  }

  /**
   * The raw columns that expressions see, with all spellings of each: JSON may tell {@code ID} and
   * {@code id}, which are one name in SQL. Names of pseudo columns are taken.
   */
  public static Map<String, List<String>> spellings(List<String> columns) {
    Map<String, List<String>> spellings = new LinkedHashMap<>();
    Map<String, String> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    PSEUDO_COLUMNS.forEach(name -> known.put(name, ""));
    for (String column : columns) {
      String name = known.computeIfAbsent(column, key -> column);
      if (!name.isEmpty() && !column.startsWith("__")) {
        spellings.computeIfAbsent(name, key -> new ArrayList<>()).add(column);
      }
    }
    return spellings;
  }

  /** The corrections of a source, from {@code bronze/correction}, as rows are joined with them. */
  public static Dataset<Row> selectCorrections(Dataset<Row> corrections, String source) {
    return corrections
        .filter(col("source").equalTo(source))
        .select(col("row_hash").as("__hash"), col("row").as("__corrected"));
  }

  private static Column emptyToNull(Column text) {
    return when(length(text).gt(0), text);
  }
}

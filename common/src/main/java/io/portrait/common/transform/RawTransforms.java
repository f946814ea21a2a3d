package io.portrait.common.transform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;

/** Received rows as the expressions of a source see them. Pure: no reads, no writes, no clock. */
public final class RawTransforms {

  /** Fingerprint of a received row and its number among equal rows of one file and batch. */
  public static final String ROW_ID = "_row_id";

  /** File or query that a row came from. */
  public static final String ORIGIN = "_origin";

  /** Ingestion batch of a row. */
  public static final String BATCH = "_batch_id";

  private RawTransforms() {}

  /**
   * Spreads received rows into one text column per raw column, as expressions see them.
   *
   * <p>In: bronze. Out: the raw columns, the pseudo columns and {@code __source, __batch,
   * __operation, __malformed, __row, __hash}.
   *
   * @param columns raw columns of all batches
   * @param withRowId whether an expression uses {@link #ROW_ID}, which costs a sort
   */
  public static Dataset<Row> withRawColumns(
      Dataset<Row> bronze, Source source, List<String> columns, KeyedHash hash, boolean withRowId) {
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
    Dataset<Row> parted =
        source.lineFormat().isEmpty()
            ? hashed
            : hashed.withColumn(
                "__parts", parts(col("row").getItem("line"), source.lineFormat().get()));
    List<Column> selected = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i);
      Column value =
          source
              .lineFormat()
              .map(f -> emptyToNull(col("__parts").getItem(f.columns().indexOf(name))))
              .orElseGet(() -> col("row").getItem(name));
      selected.add(value.as(name));
    }
    selected.add(rowId.as(ROW_ID));
    selected.add(col("origin").as(ORIGIN));
    selected.add(col("batch_id").as(BATCH));
    selected.add(col("source").as("__source"));
    selected.add(col("operation").as("__operation"));
    selected.add(col("malformed").as("__malformed"));
    selected.add(col("row").as("__row"));
    selected.add(col("__hash"));
    return parted.select(selected.toArray(Column[]::new));
  }

  /** Takes a line apart with a single match; nothing for a line of another form. */
  private static Column parts(Column line, LineFormat format) {
    Pattern pattern = Pattern.compile(format.pattern());
    UserDefinedFunction parts =
        udf(
            (UDF1<String, String[]>)
                text -> {
                  Matcher matcher = text == null ? null : pattern.matcher(text);
                  return matcher == null || !matcher.find()
                      ? null
                      : IntStream.rangeClosed(1, matcher.groupCount())
                          .mapToObj(matcher::group)
                          .toArray(String[]::new);
                },
            createArrayType(StringType));
    // Spark would evaluate it once more for each filter that it moves below, if it were free to.
    return parts.asNondeterministic().apply(line);
  }

  private static Column emptyToNull(Column text) {
    return when(length(text).gt(0), text);
  }
}

package io.portrait.common.config;

import static org.apache.spark.sql.functions.expr;

import io.portrait.common.error.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Resolves a declared expression against the columns that it may use, without any data. */
public final class ExpressionCheck {

  private ExpressionCheck() {}

  /** The fault of an expression, if it does not parse or resolve. */
  public static Optional<Fault> value(Dataset<Row> columns, Expression expression) {
    try {
      type(columns, expression);
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(fault(columns, expression, e));
    }
  }

  /** The fault of a condition: as {@link #value}, or if it is not true or false. */
  public static Optional<Fault> condition(Dataset<Row> columns, Expression expression) {
    try {
      DataType type = type(columns, expression);
      return type.equals(DataTypes.BooleanType)
          ? Optional.empty()
          : Optional.of(
              expression
                  .place()
                  .fault(
                      String.format(
                          "'%s' gives %s, but must be true or false",
                          expression.sql(), type.catalogString())));
    } catch (Exception e) {
      return Optional.of(fault(columns, expression, e));
    }
  }

  /** The type that an expression gives. */
  public static DataType type(Dataset<Row> columns, Expression expression) {
    return columns.select(expr(expression.sql()).as("value")).schema().apply("value").dataType();
  }

  private static Fault fault(Dataset<Row> columns, Expression expression, Exception failure) {
    if (failure instanceof org.apache.spark.sql.AnalysisException analysis
        && String.valueOf(analysis.getCondition()).startsWith("UNRESOLVED_COLUMN")) {
      Map<String, String> parameters = analysis.getMessageParameters();
      String name = parameters.getOrDefault("objectName", "").replace("`", "");
      List<String> valid =
          Arrays.stream(columns.columns()).filter(c -> !c.startsWith("_")).toList();
      return expression
          .place()
          .fault(
              String.format(
                  "'%s' uses the column %s, which is not there. %s",
                  expression.sql(), name, NearestName.hint(name, valid)));
    }
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    String first = message.strip().lines().findFirst().orElse("");
    return expression
        .place()
        .fault(String.format("'%s' is no valid expression: %s", expression.sql(), first));
  }
}

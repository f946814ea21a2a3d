package io.portrait.jobs.match;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expression;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.Matching;
import io.portrait.common.config.Matching.Comparison;
import io.portrait.common.config.Matching.Level;
import io.portrait.common.error.Fault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with a declared matching, without touching data. */
public final class MatchCheck {

  private MatchCheck() {}

  /** Every fault of the expressions of the catalogue's matching; none if it declares none. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    if (catalogue.linking().matching().isEmpty()) {
      return faults;
    }
    Matching matching = catalogue.linking().matching().get();
    StructType columns = accountColumns();
    Dataset<Row> empty = spark.createDataFrame(List.of(), columns);
    ExpressionCheck check = new ExpressionCheck(columns, faults);
    matching
        .blocking()
        .forEach(rule -> rule.keys().forEach(key -> type(check, key, empty, faults)));
    for (Comparison comparison : matching.comparisons()) {
      Optional<DataType> type = type(check, comparison.value(), empty, faults);
      for (Level level : comparison.levels()) {
        level.with().ifPresent(with -> type(check, with, empty, faults));
        if (level.method().isOfDates() && type.isPresent() && !(type.get() instanceof DateType)) {
          faults.add(
              level
                  .place()
                  .fault(
                      level.name()
                          + " compares dates, but the value is "
                          + type.get().catalogString()));
        }
      }
    }
    return faults;
  }

  private static Optional<DataType> type(
      ExpressionCheck check, Expression expression, Dataset<Row> empty, List<Fault> faults) {
    Optional<DataType> type = check.type(expression, empty);
    type.filter(MatchCheck::isNested)
        .ifPresent(
            t ->
                faults.add(
                    expression
                        .place()
                        .fault("gives " + t.catalogString() + ", but must be a single value")));
    return type;
  }

  private static boolean isNested(DataType type) {
    return type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType
        || type instanceof BinaryType;
  }

  /**
   * What expressions may name: the columns of the entity customer, as silver and vault keep them.
   */
  private static StructType accountColumns() {
    StructType columns = new StructType();
    for (EntityColumn column : Entities.CUSTOMER.columns()) {
      if (!column.name().equals(Entity.ACCOUNT_ID)) {
        columns = columns.add(column.storedName(), column.kind().type());
      }
    }
    return columns;
  }
}

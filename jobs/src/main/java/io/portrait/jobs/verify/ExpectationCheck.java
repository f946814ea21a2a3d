package io.portrait.jobs.verify;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expectation.Reference;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.config.Expression;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NearestName;
import io.portrait.common.error.Fault;
import io.portrait.common.quality.ExpectedTables;
import io.portrait.common.table.Entity;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with declared expectations, without touching data. */
public final class ExpectationCheck {

  private final SparkSession spark;
  private final Map<String, TableSchema> tables;
  private final List<Fault> faults = new ArrayList<>();

  private ExpectationCheck(SparkSession spark, Map<String, TableSchema> tables) {
    this.spark = spark;
    this.tables = tables;
  }

  /** Every fault: unknown tables and columns, and rules that do not fit their column. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    ExpectationCheck check = new ExpectationCheck(spark, ExpectedTables.all(catalogue));
    catalogue.expectations().forEach(check::check);
    return check.faults;
  }

  private void check(Expectation rule) {
    TableSchema table = tables.get(rule.table());
    if (table == null) {
      add(rule, unknown("table", rule.table(), tables.keySet()));
      return;
    }
    List<String> columns = table.columnNames();
    if (rule.severity() == Severity.REJECT) {
      Optional<Entity> entity = ExpectedTables.entity(rule.table());
      if (entity.isEmpty()) {
        add(
            rule,
            "severity reject refuses rows on their way to an entity's table; "
                + rule.table()
                + " is none. Use warn or stop.");
        return;
      }
      columns = ExpectedTables.rowColumns(entity.get());
    }
    List<String> named = new ArrayList<>(rule.unique());
    rule.column().ifPresent(named::add);
    boolean isKnown = true;
    for (String column : named) {
      if (!columns.contains(column)) {
        add(rule, unknown("column", column, columns));
        isKnown = false;
      }
    }
    if (isKnown) {
      rule.column().ifPresent(column -> checkType(rule, table.column(column)));
    }
    rule.reference().ifPresent(reference -> checkReference(rule, reference));
    if ((rule.freshWithinDays().isPresent() || rule.volume().isPresent())
        && !table.has(Entity.EVENT_DAY)) {
      add(rule, rule.table() + " has no " + Entity.EVENT_DAY + " that tells when a row happened");
    }
    List<String> valid = columns;
    rule.condition().ifPresent(condition -> checkCondition(rule, condition, table, valid));
  }

  private void checkType(Expectation rule, TableColumn column) {
    if (rule.pattern().isPresent() && !(column.type() instanceof StringType)) {
      add(rule, "pattern is for texts; " + column.name() + " is " + column.type().sql());
    }
    if (rule.range().isEmpty()) {
      return;
    }
    if (!(column.type() instanceof NumericType || column.type() instanceof DateType)) {
      add(rule, "range is for numbers and dates; " + column.name() + " is " + column.type().sql());
      return;
    }
    for (String bound : rule.range().get().bounds()) {
      try {
        if (column.type() instanceof DateType) {
          LocalDate.parse(bound);
        } else {
          new BigDecimal(bound);
        }
      } catch (DateTimeException | NumberFormatException e) {
        add(
            rule,
            String.format(
                "range: '%s' is not a %s, which %s is",
                bound,
                column.type() instanceof DateType ? "date as 2026-01-31" : "number",
                column.name()));
      }
    }
  }

  private void checkReference(Expectation rule, Reference reference) {
    TableSchema other = tables.get(reference.table());
    if (other == null) {
      add(rule, "reference: " + unknown("table", reference.table(), tables.keySet()));
    } else if (!other.has(reference.column())) {
      add(rule, "reference: " + unknown("column", reference.column(), other.columnNames()));
    } else {
      TableSchema table = tables.get(rule.table());
      rule.column()
          .filter(table::has)
          .map(column -> table.column(column).type())
          .filter(type -> !type.equals(other.column(reference.column()).type()))
          .ifPresent(
              type ->
                  add(
                      rule,
                      String.format(
                          "reference: %s is %s, but %s is %s",
                          rule.column().orElseThrow(),
                          type.sql(),
                          reference,
                          other.column(reference.column()).type().sql())));
    }
  }

  private void checkCondition(
      Expectation rule, Expression condition, TableSchema table, List<String> columns) {
    StructType row = new StructType();
    for (String column : columns) {
      row = row.add(column, table.column(column).type());
    }
    if (rule.severity() != Severity.REJECT && !columns.contains("as_of")) {
      row = row.add("as_of", DataTypes.DateType);
    }
    Dataset<Row> empty = spark.createDataFrame(List.of(), row);
    new ExpressionCheck(row, faults)
        .type(condition, empty)
        .filter(type -> !(type instanceof BooleanType || type instanceof NullType))
        .ifPresent(
            type ->
                faults.add(
                    condition
                        .place()
                        .fault("a condition is true or false; this is " + type.catalogString())));
  }

  private static String unknown(String what, String name, Collection<String> valid) {
    return "unknown " + what + " '" + name + "'. " + NearestName.hint(name, valid);
  }

  private void add(Expectation rule, String problem) {
    faults.add(rule.place().fault("the expectation '" + rule.name() + "': " + problem));
  }
}

package io.portrait.common.config;

import io.portrait.common.error.Fault;
import io.portrait.common.table.DataClass;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.RaiseError;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Resolves a configured SQL expression against columns, before any data is touched. */
public final class ExpressionCheck {

  private static final Set<String> CLOCKS =
      Set.of("CurrentDate", "CurrentTimestamp", "CurrentTime", "Now", "LocalTimestamp");

  private final StructType columns;
  private final List<Fault> faults;

  /**
   * Makes a check against one set of columns.
   *
   * @param columns what the expressions may name
   * @param faults receives what is wrong
   */
  public ExpressionCheck(StructType columns, List<Fault> faults) {
    this.columns = columns;
    this.faults = faults;
  }

  /**
   * The columns that an expression names, whether they exist or not; empty if it does not parse.
   */
  public static Set<String> namedColumns(String sql) {
    Set<String> names = new LinkedHashSet<>();
    parse(sql)
        .ifPresent(
            parsed -> {
              for (Expression leaf : CollectionConverters.asJava(parsed.collectLeaves())) {
                if (leaf instanceof UnresolvedAttribute attribute) {
                  names.add(attribute.nameParts().head());
                }
              }
            });
    return names;
  }

  /** The sensitive columns that an expression names. */
  public static List<String> namedSensitive(
      io.portrait.common.config.Expression expression, List<TableColumn> columns) {
    String text = expression.sql().toLowerCase(Locale.ROOT);
    List<String> mentioned =
        columns.stream()
            .filter(c -> c.dataClass().filter(d -> d == DataClass.SENSITIVE).isPresent())
            .map(TableColumn::name)
            .filter(text::contains)
            .toList();
    if (mentioned.isEmpty()) {
      return mentioned;
    }
    Set<String> named = namedColumns(expression.sql());
    return mentioned.stream()
        .filter(name -> named.stream().anyMatch(name::equalsIgnoreCase))
        .toList();
  }

  /**
   * Resolves an expression as a value of one row: every column exists, and it has no aggregate,
   * window, subquery, clock or chance.
   *
   * @param empty an empty frame of the columns
   * @return its type, or nothing if it is faulty
   */
  public Optional<DataType> type(
      io.portrait.common.config.Expression expression, Dataset<Row> empty) {
    int before = faults.size();
    Set<String> valid = new LinkedHashSet<>(Arrays.asList(columns.fieldNames()));
    for (String name : namedColumns(expression.sql())) {
      if (valid.stream().noneMatch(name::equalsIgnoreCase)) {
        add(expression, "unknown column '" + name + "'. " + NearestName.hint(name, valid));
      }
    }
    if (faults.size() > before) {
      return Optional.empty();
    }
    Dataset<Row> selected;
    try {
      selected = empty.select(functions.expr(expression.sql()).as("value"));
    } catch (Exception e) {
      add(expression, "not a valid expression: " + reason(e));
      return Optional.empty();
    }
    LogicalPlan plan = selected.queryExecution().analyzed();
    isPerRow(plan).ifPresent(problem -> add(expression, problem));
    StructField field = selected.schema().fields()[0];
    return faults.size() > before ? Optional.empty() : Optional.of(field.dataType());
  }

  /** What keeps the expression from being a pure function of one row, if anything. */
  private static Optional<String> isPerRow(LogicalPlan plan) {
    if (!(plan instanceof Project project) || project.projectList().size() != 1) {
      return Optional.of("an aggregate, a window or a generator is not allowed here");
    }
    Expression value = (Expression) project.projectList().head();
    if (SubqueryExpression.hasSubquery(value)) {
      return Optional.of("a subquery is not allowed here");
    }
    if (value.exists(e -> e instanceof RaiseError)) {
      return Optional.of(
          "raise_error and assert_true would write values into logs; refuse rows by reject_when");
    }
    if (!value.deterministic()
        || value.exists(e -> CLOCKS.contains(e.getClass().getSimpleName()))) {
      return Optional.of("a clock or a random value would make runs differ; use as_of");
    }
    if (plan.exists(node -> !(node instanceof Project) && !node.children().isEmpty())) {
      return Optional.of("an aggregate, a window or a generator is not allowed here");
    }
    return Optional.empty();
  }

  private void add(io.portrait.common.config.Expression expression, String problem) {
    faults.add(expression.place().fault(problem));
  }

  private static Optional<Expression> parse(String sql) {
    try {
      return Optional.of(CatalystSqlParser$.MODULE$.parseExpression(sql));
    } catch (Exception e) {
      if (isAnalysis(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Spark's reason in one line, without the plan. */
  private static String reason(Exception e) {
    if (!isAnalysis(e)) {
      throw new IllegalStateException("Checking an expression failed", e);
    }
    String message = ((AnalysisException) e).getSimpleMessage();
    List<String> lines = new ArrayList<>();
    for (String line : message.split("\n", -1)) {
      if (line.startsWith("==")) {
        break;
      }
      lines.add(line.strip());
    }
    return String.join(" ", lines).replaceAll("\\s*SQLSTATE: \\w+;?.*$", "").strip();
  }

  /** AnalysisException is a checked exception that Scala throws undeclared. */
  private static boolean isAnalysis(Exception e) {
    return e instanceof AnalysisException;
  }
}

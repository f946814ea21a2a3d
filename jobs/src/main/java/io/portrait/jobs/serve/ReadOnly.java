package io.portrait.jobs.serve;

import io.portrait.common.error.JobException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.ResolvedTable;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.delta.catalog.DeltaTableV2;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Lets queries read the folders given and nothing else, and refuses every statement that changes
 * something: clients may name any path, and the server could read the vault.
 *
 * <p>Allowed are queries, SHOW, DESCRIBE, EXPLAIN, USE and SET; what is not known is refused.
 */
public final class ReadOnly extends AbstractFunction1<LogicalPlan, BoxedUnit> {

  private static final Set<String> COMMANDS =
      Set.of(
          "ExplainCommand",
          "SetCommand",
          "ResetCommand",
          "SetCatalogAndNamespace",
          "SetCatalogCommand",
          "SetNamespaceCommand");

  private final List<String> folders;

  /** The rule for these folders. */
  ReadOnly(List<Path> folders) {
    this.folders = folders.stream().map(folder -> folder.toUri().getPath() + "/").toList();
  }

  /**
   * Binds all sessions that are made from this one from now on, and not this one itself.
   *
   * @param folders what may be read, with all folders below
   */
  public static void guard(SparkSession spark, List<Path> folders) {
    ReadOnly rule = new ReadOnly(folders);
    ((org.apache.spark.sql.classic.SparkSession) spark)
        .extensions()
        .injectCheckRule(
            new AbstractFunction1<SparkSession, Function1<LogicalPlan, BoxedUnit>>() {
              @Override
              public Function1<LogicalPlan, BoxedUnit> apply(SparkSession session) {
                return rule;
              }
            });
  }

  @Override
  public BoxedUnit apply(LogicalPlan plan) {
    check(plan);
    return BoxedUnit.UNIT;
  }

  private void check(LogicalPlan plan) {
    String name = plan.getClass().getSimpleName();
    if (plan instanceof Command && !isAllowed(name)
        || plan instanceof ScriptTransformation
        || plan.getClass().getName().startsWith("org.apache.spark.sql.delta.")) {
      throw JobException.invalidConfig(
          "This server answers queries and changes nothing; it refuses %s.", name);
    }
    if (plan instanceof LogicalRelation relation) {
      if (relation.relation() instanceof HadoopFsRelation files) {
        CollectionConverters.asJava(files.location().rootPaths()).forEach(this::check);
      } else {
        throw refused(relation.relation().getClass().getSimpleName());
      }
    } else if (plan instanceof DataSourceV2Relation relation) {
      check(relation.table());
    } else if (plan instanceof ResolvedTable table) {
      check(table.table());
    }
    CollectionConverters.asJava(plan.expressions()).forEach(this::check);
    CollectionConverters.asJava(plan.innerChildren())
        .forEach(
            inner -> {
              if (inner instanceof LogicalPlan innerPlan) {
                check(innerPlan);
              }
            });
    CollectionConverters.asJava(plan.children()).forEach(this::check);
  }

  private static boolean isAllowed(String command) {
    return COMMANDS.contains(command)
        || command.startsWith("Show")
        || command.startsWith("Describe") && !command.startsWith("DescribeDelta");
  }

  private void check(Expression expression) {
    if (expression instanceof CallMethodViaReflection) {
      throw refused("a call of a Java method");
    }
    if (expression instanceof SubqueryExpression subquery) {
      check((LogicalPlan) subquery.plan());
    }
    CollectionConverters.asJava(expression.children()).forEach(this::check);
  }

  private void check(Table table) {
    if (table instanceof DeltaTableV2 delta) {
      check(delta.path());
    } else {
      throw refused(table.name());
    }
  }

  private void check(Path path) {
    String folder = path.toUri().getPath() + "/";
    if (folders.stream().noneMatch(folder::startsWith)) {
      throw refused(path.toString());
    }
  }

  private static JobException refused(String what) {
    return JobException.invalidConfig(
        "This server reads its published tables alone, not %s.", what);
  }
}

package io.portrait.common.testing;

import io.portrait.common.io.QueryMode;
import io.portrait.common.job.Sessions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands each test class a session of its own, with its own settings, over one local Spark that all
 * share and that stops at the end of the test run. Classes may run side by side.
 */
public final class SparkExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {

  @Override
  public void beforeAll(ExtensionContext context) {
    SparkSession.setActiveSession(session(context));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    SparkSession.setActiveSession(session(context));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SparkSession.class;
  }

  @Override
  public SparkSession resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return session(context);
  }

  private static SparkSession session(ExtensionContext context) {
    Store store = context.getRoot().getStore(Namespace.GLOBAL);
    SparkSession spark =
        store.computeIfAbsent(Session.class, key -> new Session(), Session.class).spark;
    return store.computeIfAbsent(
        context.getRequiredTestClass(), key -> anotherOf(spark), SparkSession.class);
  }

  private static SparkSession anotherOf(SparkSession spark) {
    SparkSession another = spark.newSession();
    QueryMode.interpret(another);
    return another;
  }

  /** Closed by JUnit after the last test. */
  private static final class Session implements AutoCloseable {
    private final Sessions session;
    private final SparkSession spark;

    Session() {
      System.setProperty("spark.master", "local[2]");
      System.setProperty("spark.driver.host", "127.0.0.1");
      System.setProperty("spark.shuffle.compress", "false");
      // Each small aggregation and join takes a page at least.
      System.setProperty("spark.buffer.pageSize", "256k");
      System.setProperty("spark.sql.warehouse.dir", "target/spark-warehouse");
      // One JVM plans what many runs would; Spark keeps the compiled code of 100 plans alone.
      System.setProperty("spark.sql.codegen.cache.maxEntries", "2000");
      // Delta keeps some 5 MB for an hour of each of the thousands of tables that the tests make.
      System.setProperty("delta.log.cacheSize", "100");
      session = Sessions.open("tests");
      spark = session.spark();
    }

    @Override
    public void close() {
      session.close();
    }
  }
}

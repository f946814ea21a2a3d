package io.portrait.common.testing;

import io.portrait.common.job.Sessions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands tests one local SparkSession, shared by the whole test run and stopped at its end. */
public final class SparkExtension implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SparkSession.class;
  }

  @Override
  public SparkSession resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.GLOBAL)
        .computeIfAbsent(Session.class, key -> new Session(), Session.class)
        .spark;
  }

  /** Closed by JUnit after the last test. */
  private static final class Session implements AutoCloseable {
    private final Sessions session;
    private final SparkSession spark;

    Session() {
      System.setProperty("spark.master", "local[2]");
      System.setProperty("spark.driver.host", "127.0.0.1");
      System.setProperty("spark.shuffle.compress", "false");
      System.setProperty("spark.sql.warehouse.dir", "target/spark-warehouse");
      // One JVM plans what many runs would; Spark keeps the compiled code of 100 plans alone.
      System.setProperty("spark.sql.codegen.cache.maxEntries", "2000");
      session = Sessions.open("tests");
      spark = session.spark();
    }

    @Override
    public void close() {
      session.close();
    }
  }
}

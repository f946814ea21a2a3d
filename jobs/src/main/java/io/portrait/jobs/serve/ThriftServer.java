package io.portrait.jobs.serve;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Spark's Thrift server, which speaks the protocol of HiveServer2. */
public final class ThriftServer {

  /**
   * Comes with Spark's distribution and is not in Maven Central, so it cannot be compiled against.
   */
  private static final String SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2$";

  private ThriftServer() {}

  /**
   * Checks that a server could listen there, before anything slow is begun.
   *
   * @throws JobException if another process does, or Spark has no Thrift server
   */
  public static void check(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "Nothing can listen on port %d of %s: %s. Stop what uses it, or set PORTRAIT_SQL_PORT to a"
              + " free one (of portrait serve: --port).",
          port, host, e.getMessage());
    }
    server();
  }

  /** Starts listening and returns; each client gets a session of its own, made from this one. */
  public static void start(SparkSession spark, String host, int port, String scratch) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("hive.server2.thrift.bind.host", host);
    hadoop.setInt("hive.server2.thrift.port", port);
    hadoop.set("hive.exec.scratchdir", scratch);
    hadoop.set("hive.exec.local.scratchdir", scratch);
    hadoop.set("hive.downloaded.resources.dir", scratch + "/resources");
    hadoop.setBoolean("hive.server2.logging.operation.enabled", false);
    try {
      Class<?> server = server();
      server
          .getMethod("startWithSparkSession", SparkSession.class, boolean.class)
          .invoke(server.getField("MODULE$").get(null), spark, false);
    } catch (ReflectiveOperationException e) {
      throw JobException.infrastructure(
          e, "Spark's Thrift server did not start: %s", e.getCause() == null ? e : e.getCause());
    }
  }

  private static Class<?> server() {
    try {
      return Class.forName(SERVER);
    } catch (ClassNotFoundException e) {
      throw JobException.invalidConfig(
          "This Spark has no Thrift server: spark-hive-thriftserver is not in its jars. Use"
              + " scripts/sql-server, or set SPARK_HOME to a whole distribution.");
    }
  }
}

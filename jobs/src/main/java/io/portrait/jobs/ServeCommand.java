package io.portrait.jobs;

import io.portrait.common.job.Console;
import io.portrait.common.job.Sessions;
import io.portrait.common.table.Layer;
import io.portrait.jobs.serve.PublishedTables;
import io.portrait.jobs.serve.ReadOnly;
import io.portrait.jobs.serve.ThriftServer;
import io.portrait.jobs.serve.ViewFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the published tables by SQL until it is ended. */
@Command(
    name = "serve",
    description =
        "Serves the gold tables of a warehouse to JDBC and ODBC clients, to read and nothing else,"
            + " until it is ended. Needs a Spark with its Thrift server, as scripts/sql-server has.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Runnable {

  private static final String DATABASE = "portrait";
  private static final String SENSITIVE_DATABASE = "portrait_sensitive";

  @Option(
      names = "--warehouse",
      required = true,
      paramLabel = "DIR",
      description = "Root folder of all tables.")
  private String warehouse;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; default: ${DEFAULT-VALUE}, clients of this machine alone. Whoever"
              + " reaches it may read.")
  private String host;

  @Option(names = "--port", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--sensitive",
      description = "Also serve gold_sensitive, as database " + SENSITIVE_DATABASE + ".")
  private boolean isWithSensitive;

  @Option(
      names = "--views",
      paramLabel = "DIR",
      description = "Folder of .sql files that make views on top, as conf/bi.")
  private Path views;

  @Override
  public void run() {
    ThriftServer.check(host, port);
    Console console = new Console(System.out);
    try (Sessions session = Sessions.open("portrait serve")) {
      SparkSession spark = session.spark();
      PublishedTables tables = new PublishedTables(spark, warehouse);
      List<org.apache.hadoop.fs.Path> folders = new ArrayList<>();
      folders.add(tables.folder(Layer.GOLD));
      int count = tables.publish(Layer.GOLD, DATABASE).size();
      if (views != null) {
        ViewFiles.load(spark, views, DATABASE);
      }
      if (isWithSensitive) {
        folders.add(tables.folder(Layer.GOLD_SENSITIVE));
        count += tables.publish(Layer.GOLD_SENSITIVE, SENSITIVE_DATABASE).size();
      }
      ReadOnly.guard(spark, folders);
      ThriftServer.start(spark, host, port, scratch());
      console.say(String.format("tables: %d", count));
      console.say(String.format("ready: jdbc:hive2://%s:%d/%s", host, port, DATABASE));
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A folder for what Hive's libraries want to put somewhere. */
  private static String scratch() {
    try {
      Path folder = Files.createTempDirectory("portrait-serve");
      folder.toFile().deleteOnExit();
      return folder.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

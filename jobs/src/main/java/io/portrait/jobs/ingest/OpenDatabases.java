package io.portrait.jobs.ingest;

import io.portrait.common.config.Source;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/**
 * Holds a connection to each database while its tables are looked at and read, one query after the
 * other. A database inside this process, as HSQLDB or H2, is loaded once so, beside the start of
 * Spark, and gives its memory back when this is closed.
 */
public final class OpenDatabases implements AutoCloseable {

  private final List<CompletableFuture<Optional<Connection>>> connections;

  private OpenDatabases(List<CompletableFuture<Optional<Connection>>> connections) {
    this.connections = connections;
  }

  /**
   * Begins to connect and does not wait. One that does not answer is no failure here: reading the
   * source says it better.
   */
  public static OpenDatabases of(List<Source> sources) {
    ClassLoader drivers = Thread.currentThread().getContextClassLoader();
    return new OpenDatabases(
        sources.stream()
            .filter(source -> source.driver().isPresent())
            .map(Connector::of)
            .distinct()
            .map(connector -> CompletableFuture.supplyAsync(() -> connector.connect(drivers)))
            .toList());
  }

  /** Lets go of the connections. */
  @Override
  public void close() {
    for (CompletableFuture<Optional<Connection>> connecting : connections) {
      connecting.thenAccept(connection -> connection.ifPresent(OpenDatabases::close));
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It was held for speed alone; whatever it read has been read.
    }
  }

  private record Connector(String url, String driver, String user, String password) {

    static Connector of(Source source) {
      return new Connector(
          source.url().orElseThrow(),
          source.driver().orElseThrow(),
          source.user().orElse(null),
          source.password().orElse(null));
    }

    Optional<Connection> connect(ClassLoader drivers) {
      Properties properties = new Properties();
      if (user != null) {
        properties.setProperty("user", user);
      }
      if (password != null) {
        properties.setProperty("password", password);
      }
      try {
        Driver made =
            (Driver) Class.forName(driver, true, drivers).getDeclaredConstructor().newInstance();
        return Optional.ofNullable(made.connect(url, properties));
      } catch (SQLException | ReflectiveOperationException | LinkageError e) {
        return Optional.empty();
      }
    }
  }
}

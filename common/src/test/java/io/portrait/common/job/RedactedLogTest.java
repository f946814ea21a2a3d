package io.portrait.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLDataException;
import java.util.Properties;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped log settings leave values out of the messages of failed expressions. */
class RedactedLogTest {

  @Test
  void keepsTheConditionAndTheTraceButNoValue() throws IOException {
    PatternLayout layout = layout("log4j2", "file");

    String failed =
        layout.toSerializable(
            event(
                "Lost task 0.0 in stage 3.0: [CAST_INVALID_INPUT] The value 'Amy\nChen' of the type"
                    + " \"STRING\" cannot be cast. SQLSTATE: 22018",
                new SparkException("[UNRESOLVED_COLUMN] `amt` is none. SQLSTATE: 42703")));

    assertThat(failed)
        .contains("Lost task 0.0 in stage 3.0: [CAST_INVALID_INPUT] ... SQLSTATE: 22018")
        .contains("SparkException: [UNRESOLVED_COLUMN] `amt` is none. SQLSTATE: 42703")
        .contains("\tat io.portrait.common.job.RedactedLogTest")
        .doesNotContain("Chen");
    assertThat(
            layout.toSerializable(event("[INVALID_FORMAT.X] Amy is none. SQLSTATE: 42601", null)))
        .doesNotContain("Amy");
    assertThat(layout.toSerializable(event("Wrote [1] file in 2 s", null)))
        .matches("(?s)\\d{4}-\\S+Z? WARN  i.p.Some - Wrote \\[1] file in 2 s\\R");
  }

  /** What Executor and TaskSetManager log of a task that a database's driver ended. */
  @ParameterizedTest
  @CsvSource({"log4j2, file", "log4j2-console, console"})
  void keepsTheClassAndTheTraceOfWhatADriverThrewButNotItsMessage(String file, String appender)
      throws IOException {
    PatternLayout layout = layout(file, appender);
    Exception thrown =
        new SQLDataException(
            "invalid value: 'Amy\nChen'", new IllegalArgumentException("Amy Chen"));
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    String lost = "Lost task 0.0 in stage 1.0 (TID 2) (host executor driver): ";

    assertThat(
            layout.toSerializable(
                event(
                    "Exception in task 0.0 in stage 1.0 (TID 2)",
                    new SparkException("Job aborted: " + lost + trace, thrown))))
        .contains("Exception in task 0.0 in stage 1.0 (TID 2)")
        .contains("SparkException: Job aborted: " + lost + "java.sql.SQLDataException: ...")
        .contains("Caused by: java.sql.SQLDataException: ...")
        .contains("Caused by: java.lang.IllegalArgumentException: ...")
        .contains("\tat io.portrait.common.job.RedactedLogTest")
        .doesNotContain("Amy")
        .doesNotContain("Chen");
    assertThat(layout.toSerializable(event(lost + trace, null)))
        .contains(lost + "java.sql.SQLDataException: ...")
        .contains("\tat io.portrait.common.job.RedactedLogTest")
        .doesNotContain("Amy")
        .doesNotContain("Chen");
    assertThat(
            layout.toSerializable(
                event(
                    "Lost task 0.1 in stage 1.0 (TID 3) on host, executor driver:"
                        + " org.hsqldb.HsqlException (value (of)\n'Amy') [duplicate 1]",
                    null)))
        .matches("(?s).*executor driver: org.hsqldb.HsqlException: \\.{3}\\) \\[duplicate 1]\\R");
    assertThat(layout.toSerializable(event("Aborted: java.sql.SQLException: Amy", null)))
        .matches("(?s).*Aborted: java.sql.SQLException: \\.{3}\\R");
    // What tells of the machine is kept.
    assertThat(
            layout.toSerializable(
                event(
                    "Aborted",
                    new UncheckedIOException(new IOException("No space left on device")))))
        .contains("UncheckedIOException: java.io.IOException: No space left on device")
        .contains("Caused by: java.io.IOException: No space left on device");
    assertThat(layout.toSerializable(event("Failed", new NullPointerException("\"map\" is null"))))
        .contains("NullPointerException: \"map\" is null");
  }

  private static PatternLayout layout(String file, String appender) throws IOException {
    Properties settings = new Properties();
    try (Reader reader =
        Files.newBufferedReader(Path.of("../conf/spark/" + file + ".properties"))) {
      settings.load(reader);
    }
    String prefix = "appender." + appender + ".layout.";
    return PatternLayout.newBuilder()
        .withPattern(settings.getProperty(prefix + "pattern"))
        .withAlwaysWriteExceptions(
            Boolean.parseBoolean(settings.getProperty(prefix + "alwaysWriteExceptions", "true")))
        .build();
  }

  private static Log4jLogEvent event(String message, Throwable failure) {
    return Log4jLogEvent.newBuilder()
        .setLoggerName("io.portrait.Some")
        .setLevel(Level.WARN)
        .setMessage(new SimpleMessage(message))
        .setThrown(failure)
        .setTimeMillis(0)
        .build();
  }
}

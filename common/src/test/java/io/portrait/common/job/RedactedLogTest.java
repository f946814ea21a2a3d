package io.portrait.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** The shipped log settings leave values out of the messages of failed expressions. */
class RedactedLogTest {

  @Test
  void keepsTheConditionAndTheTraceButNoValue() throws IOException {
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("../conf/spark/log4j2.properties"))) {
      settings.load(reader);
    }
    PatternLayout layout =
        PatternLayout.newBuilder()
            .withPattern(settings.getProperty("appender.file.layout.pattern"))
            .build();

    String failed =
        layout.toSerializable(
            event(
                "Lost task 0.0 in stage 3.0: [CAST_INVALID_INPUT] The value 'Amy\nChen' of the type"
                    + " \"STRING\" cannot be cast. SQLSTATE: 22018",
                new IllegalStateException("[UNRESOLVED_COLUMN] `amt` is none. SQLSTATE: 42703")));

    assertThat(failed)
        .contains("Lost task 0.0 in stage 3.0: [CAST_INVALID_INPUT] ... SQLSTATE: 22018")
        .contains("IllegalStateException: [UNRESOLVED_COLUMN] `amt` is none. SQLSTATE: 42703")
        .contains("\tat io.portrait.common.job.RedactedLogTest")
        .doesNotContain("Chen");
    assertThat(
            layout.toSerializable(event("[INVALID_FORMAT.X] Amy is none. SQLSTATE: 42601", null)))
        .doesNotContain("Amy");
    assertThat(layout.toSerializable(event("Wrote [1] file in 2 s", null)))
        .matches("(?s)\\d{4}-\\S+Z? WARN  i.p.Some - Wrote \\[1] file in 2 s\\R");
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

package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineFormatTest {

  private static final String REQUEST =
      "10.0.0.1 - - [01/Mar/2024:10:00:00 +0800] \"GET /a?b=c HTTP/1.1\" 200 5";

  private final Pattern log = Pattern.compile(LineFormat.ACCESS_LOG.pattern());

  @Test
  void takesAnAccessLogApart() {
    String[] parts = LineFormat.parts(log, REQUEST + " \"-\" \"agent \\\"5\\\"\" \"visitor=v\"");

    assertThat(parts)
        .containsExactly(
            "10.0.0.1",
            "-",
            "-",
            "01/Mar/2024:10:00:00 +0800",
            "GET",
            "/a",
            "b=c",
            "HTTP/1.1",
            "200",
            "5",
            "-",
            "agent \\\"5\\\"",
            "visitor=v");
    assertThat(LineFormat.parts(log, REQUEST)).hasSize(13).endsWith(null, null, null);
    assertThat(LineFormat.parts(log, "garbage")).isNull();
  }

  @Test
  void aLongFieldIsNoTrouble() {
    String agent = "x\\\"".repeat(300_000);

    String[] parts = LineFormat.parts(log, REQUEST + " \"-\" \"" + agent + "\"");

    assertThat(parts[11]).isEqualTo(agent);
  }

  @Test
  void aLineTooLongForADeclaredPatternIsNoLineOfIt() {
    Pattern pattern = Pattern.compile(LineFormat.of("(?<words>(?:a|b)*)c").pattern());

    assertThat(LineFormat.parts(pattern, "abc")).containsExactly("ab");
    assertThat(LineFormat.parts(pattern, "ab".repeat(500_000) + "c")).isNull();
  }
}

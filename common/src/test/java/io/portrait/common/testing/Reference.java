package io.portrait.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Generated pages of conf/reference, held equal to the code that they are generated from. */
public final class Reference {

  private Reference() {}

  /**
   * Asserts that a page is the one that the code gives, and leaves that where it can be copied
   * from.
   */
  public static void assertCurrent(String name, String text) throws IOException {
    Path generated = Path.of("target/reference", name).toAbsolutePath();
    Files.createDirectories(generated.getParent());
    Files.writeString(generated, text);
    Path kept = Path.of("../conf/reference", name);
    assertThat(Files.exists(kept) && Files.readString(kept).equals(text))
        .as(
            "conf/reference/%s is what the code says; if not: cp %s conf/reference/",
            name, generated)
        .isTrue();
  }

  /** A text as a cell of a Markdown table; between backquotes, a less-than sign stays. */
  public static String cell(String text) {
    return text.strip()
        .replaceAll("\\s+", " ")
        .replace("|", "\\|")
        .replaceAll("<(?=(?:[^`]*`[^`]*`)*[^`]*$)", "&lt;");
  }
}

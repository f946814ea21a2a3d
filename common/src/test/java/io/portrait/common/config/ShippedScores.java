package io.portrait.common.config;

import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The shipped {@code scores.yaml}, for tests that need no deployment. */
public final class ShippedScores {

  private ShippedScores() {}

  /** Reads it as the loader does. */
  public static Scores load() {
    try (InputStream in = Scores.class.getResourceAsStream("/catalogue/scores.yaml")) {
      List<Fault> faults = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new YamlBinder("scores.yaml", name -> null, faults)
          .bind(text, Scores.class)
          .orElseThrow(() -> JobException.faultyConfig(faults));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The shipped one with sections of its own instead, its scores too. */
  public static Scores with(String yaml) {
    List<Fault> faults = new ArrayList<>();
    return new YamlBinder("scores.yaml", name -> null, faults)
        .bindOver(yaml, Scores.class, load())
        .filter(scores -> faults.isEmpty())
        .orElseThrow(() -> JobException.faultyConfig(faults));
  }
}

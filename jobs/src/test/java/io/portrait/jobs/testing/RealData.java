package io.portrait.jobs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Public data sets, which are no part of the project. */
public final class RealData {

  private RealData() {}

  /** The folder of a world's real data; without it the test is skipped, but not in CI. */
  public static Path of(String world) {
    String variable = variable(world);
    Path data = Path.of(System.getenv(variable));
    boolean isThere = Files.isDirectory(data);
    assertThat(isThere || !"true".equals(System.getenv("CI")))
        .as("the data of %s, which CI must have", variable)
        .isTrue();
    assumeTrue(isThere, "There is no " + data + ", the data of this world");
    return data;
  }

  /** The environment variable that names the folder of a world's data. */
  public static String variable(String world) {
    return world.toUpperCase(Locale.ROOT).replace('-', '_') + "_DATA";
  }
}

package io.portrait.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/**
 * Holds the copies of Spark's module options, in the pom and in conf/spark, equal to Spark's own.
 */
class SparkJvmOptionsTest {

  private static final List<String> SPARKS_OWN =
      List.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1));

  @Test
  void testsRunWithTheModuleOptionsOfSpark() {
    List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();

    assertThat(options)
        .as("spark.jvm.options of pom.xml, set it to: %s", String.join(" ", SPARKS_OWN))
        .containsSequence(SPARKS_OWN);
    assertThat(options.stream().filter(option -> option.startsWith("--")))
        .containsExactlyElementsOf(
            SPARKS_OWN.stream().filter(option -> option.startsWith("--")).toList());
  }

  @Test
  void clusterModeDriversGetTheModuleOptionsOfSpark() throws IOException {
    Properties defaults = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("../conf/spark/spark-defaults.conf"))) {
      defaults.load(reader);
    }

    assertThat(defaults.getProperty("spark.driver.extraJavaOptions").split(" ", -1))
        .containsExactlyElementsOf(SPARKS_OWN);
  }
}

package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** A deployment of a few files in a folder of a test. */
final class SmallWorld {

  private final Path root;

  SmallWorld(Path root) {
    this.root = root;
    write(
        "conf/portrait.yaml",
        """
        deployment: small
        warehouse: %s
        time_zone: Asia/Taipei
        currency: {code: TWD, decimals: 0, rates: {USD: 32.5}}
        country: TW
        privacy: {key: a-key-for-tests-only}
        as_of: latest_event
        """
            .formatted(warehouse()));
  }

  Path warehouse() {
    return root.resolve("warehouse");
  }

  String conf() {
    return root.resolve("conf").toString();
  }

  Path file(String name) {
    return root.resolve(name);
  }

  SmallWorld sources(String yaml) {
    return write("conf/sources.yaml", yaml.replace("$DATA", root.toString()));
  }

  SmallWorld write(String name, String text) {
    return write(name, text, StandardCharsets.UTF_8);
  }

  SmallWorld write(String name, String text, Charset encoding) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(encoding));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tables of the warehouse as they are now. */
  Tables tables(SparkSession spark) {
    return new Tables(spark, warehouse().toString());
  }

  Catalogue catalogue() {
    return new CatalogueLoader(new Configuration(), name -> null).load(conf());
  }

  Cli.Result run(String step, String... options) {
    return Cli.run(
        Stream.concat(Stream.of(step, "--conf", conf()), Stream.of(options))
            .toArray(String[]::new));
  }

  /** Runs steps one after another, none of which may complain. */
  void runAll(String... steps) {
    for (String step : steps) {
      assertThat(run(step).err()).as(step).isEmpty();
    }
  }
}

package io.portrait.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

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

  Cli.Result run(String step) {
    return Cli.run(step, "--conf", conf());
  }
}

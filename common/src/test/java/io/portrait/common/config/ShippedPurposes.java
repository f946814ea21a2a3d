package io.portrait.common.config;

import io.portrait.common.config.CatalogueLoader.PurposesFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The shipped register of purposes, for tests that make a catalogue by hand. */
public final class ShippedPurposes {

  private ShippedPurposes() {}

  /** The purposes of {@code catalogue/purposes.yaml}. */
  public static List<Purpose> load() {
    try (InputStream in = ShippedPurposes.class.getResourceAsStream("/catalogue/purposes.yaml")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new YamlBinder("purposes.yaml", name -> null, new ArrayList<>())
          .bind(text, PurposesFile.class)
          .orElseThrow()
          .purposes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

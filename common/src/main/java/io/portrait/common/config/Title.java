package io.portrait.common.config;

/**
 * What a person reads instead of a code.
 *
 * @param en English
 * @param zh Traditional Chinese
 */
public record Title(String en, String zh) {

  /** Refuses empty titles. */
  public Title {
    if (en.isBlank() || zh.isBlank()) {
      throw new IllegalArgumentException("a title needs both en and zh");
    }
  }
}

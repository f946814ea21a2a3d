package io.portrait.common.config;

import io.portrait.common.error.Fault;

/**
 * Where in the configuration a value stands.
 *
 * @param file name of the file
 * @param line line from 1
 * @param key dotted path of the key
 */
public record Place(String file, int line, String key) {

  /** A fault at this place. */
  public Fault fault(String problem) {
    return new Fault(file, line, key, problem);
  }

  @Override
  public String toString() {
    return file + ":" + line + ": " + key;
  }
}

package io.portrait.common.error;

/**
 * One thing wrong in a configuration file.
 *
 * @param file the file's name as the user knows it
 * @param line line number from 1, or 0 if the fault is of the whole file
 * @param key dotted path of the key, for example {@code sources[2].maps[0].columns.gender}
 * @param problem what is wrong and how to mend it
 */
public record Fault(String file, int line, String key, String problem) {

  @Override
  public String toString() {
    String place = line > 0 ? file + ":" + line : file;
    return key.isEmpty() ? place + ": " + problem : place + ": " + key + ": " + problem;
  }
}

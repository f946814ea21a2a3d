package io.portrait.jobs.replay;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values to use instead of those of a refused row.
 *
 * @param line where it stands in its file, from 1; 0 if it stands in none yet
 * @param source source of the row
 * @param rowHash fingerprint of the row as received
 * @param row values by raw column; null empties one
 */
record Correction(int line, String source, String rowHash, Map<String, String> row) {

  Correction {
    row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
  }
}

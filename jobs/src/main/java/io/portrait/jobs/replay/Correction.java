package io.portrait.jobs.replay;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values to use instead of those of a refused row.
 *
 * @param source source of the row
 * @param rowHash fingerprint of the row as received
 * @param row values by raw column; null empties one
 */
record Correction(String source, String rowHash, Map<String, String> row) {

  Correction {
    row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
  }
}

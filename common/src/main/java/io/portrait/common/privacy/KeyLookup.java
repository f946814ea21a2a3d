package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Pseudonyms to look for in tables, and what each stands for.
 *
 * <p>They travel inside a function object, never inside an expression, since expressions are
 * written into plans, event logs and the history of Delta tables. One pass over a table finds any
 * number of them, in several columns, without a join.
 */
public final class KeyLookup implements Serializable {

  private static final long serialVersionUID = 1L;

  private final HashMap<String, String> meanings;

  /** Looks for these keys. */
  public KeyLookup(Map<String, String> meanings) {
    this.meanings = new HashMap<>(meanings);
  }

  /** What a key stands for; null if it is not looked for, or null. */
  public Column find(Column key) {
    return udf((UDF1<String, String>) meanings::get, StringType).withName("key_lookup").apply(key);
  }

  /** What a key stands for. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(meanings.get(key));
  }

  public boolean isEmpty() {
    return meanings.isEmpty();
  }
}

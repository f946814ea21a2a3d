package io.portrait.common.table;

import java.util.Locale;

/** The folders of a warehouse, from left to right of the line. */
public enum Layer {
  /** As received. Restricted: holds direct identifiers. */
  BRONZE,
  /** Direct identifiers after conforming. Restricted. */
  VAULT,
  /** Typed and keyed, without direct identifiers. */
  SILVER,
  /** Published to analysts; no sensitive column. */
  GOLD,
  /** Published to those whose purpose demands sensitive columns. */
  GOLD_SENSITIVE,
  /** What ran, what was read, what was checked. */
  OPS;

  /** The layer's folder below the warehouse. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}

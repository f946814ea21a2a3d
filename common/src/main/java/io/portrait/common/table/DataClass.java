package io.portrait.common.table;

/** Who may see a column or a tag. */
public enum DataClass {
  /** Everyone. */
  PUBLIC,
  /** Staff: numbers of groups, settings. */
  INTERNAL,
  /** Only where the purpose demands it: tells of one person, under a pseudonym. */
  PERSONAL,
  /**
   * Special care: credit, income and assets, health, the exact birth date, and whatever identifies
   * a person directly. In no table of the layer {@code gold}.
   */
  SENSITIVE
}

package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.DataType;

/** How the text of a raw column becomes a value of an entity. */
public enum ColumnKind {
  /** Trimmed text; empty is null. */
  TEXT(StringType, ""),
  /** Trimmed lower-case text, for names of kinds and states. */
  CODE(StringType, ""),
  /** Yes or no, in the words of several languages. */
  BOOLEAN(BooleanType, ""),
  /** {@code female}, {@code male} or {@code other}. */
  GENDER(StringType, ""),
  /** ISO 3166 alpha-2 code, from a code or an English or Chinese name. */
  COUNTRY(StringType, ""),
  /** Whole number. */
  INTEGER(LongType, ""),
  /** Any number. */
  NUMBER(DoubleType, ""),
  /** Amount; kept in minor units of the deployment's currency under {@code <name>_minor}. */
  MONEY(LongType, "_minor"),
  /** Quantity; kept in thousandths under {@code <name>_milli}. */
  QUANTITY(LongType, "_milli"),
  /** Calendar day. */
  DATE(DateType, ""),
  /** Instant, UTC. */
  TIMESTAMP(TimestampType, ""),
  /** Name or address of a person; leaves for the vault. */
  PERSONAL(StringType, ""),
  /** E-mail address; leaves for the vault. */
  EMAIL(StringType, ""),
  /** Phone number, as E.164; leaves for the vault. */
  PHONE(StringType, "");

  @SuppressWarnings("ImmutableEnumChecker") // Spark's simple types have no state.
  private final DataType type;

  private final String suffix;

  ColumnKind(DataType type, String suffix) {
    this.type = type;
    this.suffix = suffix;
  }

  public DataType type() {
    return type;
  }

  /** What is added to a column's name in silver, so that its unit shows. */
  public String suffix() {
    return suffix;
  }

  /** Whether values identify a person directly and may stand in the vault alone. */
  public boolean isDirectIdentifier() {
    return this == PERSONAL || this == EMAIL || this == PHONE;
  }
}

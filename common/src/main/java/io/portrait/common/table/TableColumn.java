package io.portrait.common.table;

import java.util.Optional;
import org.apache.spark.sql.types.DataType;

/**
 * One column of a table.
 *
 * @param name snake_case name
 * @param type Spark SQL type
 * @param nullable whether null is allowed
 * @param unit unit of a number, for example {@code days}; empty if it has none
 * @param titleEn short English title
 * @param titleZh short Traditional Chinese title
 * @param comment meaning, range, what null means
 * @param dataClass who may see it; absent: as the table says
 */
public record TableColumn(
    String name,
    DataType type,
    boolean nullable,
    String unit,
    String titleEn,
    String titleZh,
    String comment,
    Optional<DataClass> dataClass) {

  /** A column of the class that its table gives it. */
  public TableColumn(
      String name,
      DataType type,
      boolean nullable,
      String unit,
      String titleEn,
      String titleZh,
      String comment) {
    this(name, type, nullable, unit, titleEn, titleZh, comment, Optional.empty());
  }

  /** The same column with another comment. */
  public TableColumn withComment(String other) {
    return new TableColumn(name, type, nullable, unit, titleEn, titleZh, other, dataClass);
  }

  /** The same column of another class. */
  public TableColumn of(DataClass other) {
    return new TableColumn(
        name, type, nullable, unit, titleEn, titleZh, comment, Optional.of(other));
  }
}

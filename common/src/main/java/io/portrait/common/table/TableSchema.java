package io.portrait.common.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DateType;

import io.portrait.common.error.JobException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * A table's contract.
 *
 * @param layer folder of the warehouse
 * @param name singular snake_case name, also the folder
 * @param comment what one row stands for; becomes the Delta table comment
 * @param key columns that identify a row; all of them NOT NULL
 * @param partitionBy partition columns, often empty
 * @param columns in table order
 * @param properties Delta table properties beyond the layer's own
 */
public record TableSchema(
    Layer layer,
    String name,
    String comment,
    List<String> key,
    List<String> partitionBy,
    List<TableColumn> columns,
    Map<String, String> properties) {

  /** Keys of persons: a table with one of them tells of single persons. */
  private static final List<String> PERSONS =
      List.of("account_key", "customer_id", "identifier_key");

  /** Copies what it is given. */
  public TableSchema {
    key = List.copyOf(key);
    partitionBy = List.copyOf(partitionBy);
    columns = List.copyOf(columns);
    properties = Map.copyOf(properties);
  }

  /** Starts a contract. */
  public static Builder table(Layer layer, String name, String comment) {
    return new Builder(layer, name, comment);
  }

  /**
   * Starts the contract of a table whose rows belong to an as-of date each, the first column of its
   * key and its partition.
   */
  public static Builder asOf(Layer layer, String name, String comment) {
    return table(layer, name, comment)
        .key("as_of", DateType, "As of", "基準日", "Only what was known strictly before it.")
        .partitionedBy("as_of");
  }

  /** {@link #asOf} in gold, where most of them stand. */
  public static Builder gold(String name, String comment) {
    return asOf(Layer.GOLD, name, comment);
  }

  /** The table's folder below the warehouse, also its name in messages: {@code gold/customer}. */
  public String path() {
    return layer.folder() + "/" + name;
  }

  /** The columns as a Spark schema, with NOT NULL and comments. */
  public StructType structType() {
    StructType struct = new StructType();
    for (TableColumn column : columns) {
      struct = struct.add(column.name(), column.type(), column.nullable(), column.comment());
    }
    return struct;
  }

  /**
   * Who may see a column: what it says itself; else sensitive in bronze and vault, which hold
   * direct identifiers, personal in tables of accounts or customers, and internal in others.
   */
  public DataClass dataClass(TableColumn column) {
    return column.dataClass().orElseGet(this::defaultClass);
  }

  private DataClass defaultClass() {
    if (layer == Layer.BRONZE || layer == Layer.VAULT) {
      return DataClass.SENSITIVE;
    }
    return PERSONS.stream().anyMatch(this::has) ? DataClass.PERSONAL : DataClass.INTERNAL;
  }

  /** Names in table order. */
  public List<String> columnNames() {
    return columns.stream().map(TableColumn::name).toList();
  }

  /** Whether there is a column of this name. */
  public boolean has(String column) {
    return columns.stream().anyMatch(c -> c.name().equals(column));
  }

  /**
   * The column of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public TableColumn column(String column) {
    return columns.stream()
        .filter(c -> c.name().equals(column))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("Table " + path() + " has no column " + column));
  }

  /**
   * Selects this table's columns, in order. The last step before a write and the first after a
   * read, so that a broken contract is found at the boundary. A nullable column that is missing is
   * filled with null; another column too many is dropped.
   *
   * @throws JobException if a required column is missing or a column has another type
   */
  public Dataset<Row> conform(Dataset<Row> df) {
    List<String> found = Arrays.asList(df.columns());
    List<String> problems = new ArrayList<>();
    List<Column> selected = new ArrayList<>();
    for (TableColumn expected : columns) {
      if (!found.contains(expected.name())) {
        if (expected.nullable()) {
          selected.add(lit(null).cast(expected.type()).as(expected.name()));
        } else {
          problems.add(expected.name() + " is missing");
        }
        continue;
      }
      DataType type = df.schema().apply(expected.name()).dataType();
      if (!type.catalogString().equals(expected.type().catalogString())) {
        problems.add(
            String.format(
                "%s is %s, expected %s",
                expected.name(), type.catalogString(), expected.type().catalogString()));
      }
      selected.add(col("`" + expected.name() + "`"));
    }
    if (!problems.isEmpty()) {
      throw JobException.invalidData(
          "Table %s: %s. Found columns %s. Run the step that writes it again, or mend its contract"
              + " together with its readers.",
          path(), String.join("; ", problems), found);
    }
    return df.select(selected.toArray(Column[]::new));
  }

  /** Collects columns in table order. */
  public static final class Builder {
    private final Layer layer;
    private final String name;
    private final String comment;
    private final List<String> key = new ArrayList<>();
    private final List<String> partitionBy = new ArrayList<>();
    private final List<TableColumn> columns = new ArrayList<>();
    private final Map<String, String> properties = new LinkedHashMap<>();

    private Builder(Layer layer, String name, String comment) {
      this.layer = layer;
      this.name = name;
      this.comment = comment;
    }

    /** Adds a NOT NULL column that is part of the key. */
    public Builder key(
        String column, DataType type, String titleEn, String titleZh, String columnComment) {
      key.add(column);
      return required(column, type, "", titleEn, titleZh, columnComment);
    }

    /** Adds a NOT NULL column. */
    public Builder required(
        String column,
        DataType type,
        String unit,
        String titleEn,
        String titleZh,
        String columnComment) {
      columns.add(new TableColumn(column, type, false, unit, titleEn, titleZh, columnComment));
      return this;
    }

    /** Adds a nullable column. */
    public Builder optional(
        String column,
        DataType type,
        String unit,
        String titleEn,
        String titleZh,
        String columnComment) {
      columns.add(new TableColumn(column, type, true, unit, titleEn, titleZh, columnComment));
      return this;
    }

    /** Adds columns made elsewhere, for example from the feature catalogue. */
    public Builder columns(List<TableColumn> more) {
      columns.addAll(more);
      return this;
    }

    /** Makes columns that are there already sensitive. */
    public Builder sensitive(String... names) {
      Set<String> marked = new HashSet<>(List.of(names));
      columns.replaceAll(
          column -> marked.remove(column.name()) ? column.of(DataClass.SENSITIVE) : column);
      if (!marked.isEmpty()) {
        throw new IllegalArgumentException("Table " + name + " has no columns " + marked);
      }
      return this;
    }

    /** Makes all columns but keys, date and run sensitive. */
    public Builder allSensitive() {
      return sensitive(
          columns.stream()
              .map(TableColumn::name)
              .filter(column -> !key.contains(column) && !column.equals("run_id"))
              .toArray(String[]::new));
    }

    /** Partitions the table by these columns. */
    public Builder partitionedBy(String... names) {
      partitionBy.addAll(List.of(names));
      return this;
    }

    /** Sets a Delta table property. */
    public Builder property(String propertyName, String value) {
      properties.put(propertyName, value);
      return this;
    }

    /** Makes the contract. */
    public TableSchema build() {
      return new TableSchema(layer, name, comment, key, partitionBy, columns, properties);
    }
  }
}

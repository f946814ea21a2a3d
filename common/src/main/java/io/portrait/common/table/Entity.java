package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The contract of a canonical entity: what a deployment maps its raw columns onto.
 *
 * @param name name in {@code sources.yaml}
 * @param comment what one row stands for
 * @param silverName name of the silver table
 * @param key natural key; {@code account_id} stands for the account
 * @param eventTime the timestamp that decides a row's day, if rows are events
 * @param columns the columns that a mapping may give
 */
public record Entity(
    String name,
    String comment,
    String silverName,
    List<String> key,
    Optional<String> eventTime,
    List<EntityColumn> columns) {

  /** The raw id of an account in a mapping; becomes {@link #ACCOUNT_KEY}. */
  public static final String ACCOUNT_ID = "account_id";

  /** Keyed pseudonym of an account. */
  public static final String ACCOUNT_KEY = "account_key";

  /** Day of the event in the business time zone. */
  public static final String EVENT_DAY = "event_day";

  /** Source that a row came from. */
  public static final String SOURCE = "source";

  /** Order among rows of one key: the greatest is kept. */
  public static final String ROW_VERSION = "row_version";

  /** Ingestion batch of the row. */
  public static final String BATCH_ID = "batch_id";

  /** Fingerprint of the row as received. */
  public static final String ROW_HASH = "row_hash";

  /**
   * A column of an entity.
   *
   * @param name name in a mapping
   * @param kind how text becomes a value
   * @param required whether a row without it is refused
   * @param allowed allowed values; empty means any
   * @param titleEn English title
   * @param titleZh Traditional Chinese title
   * @param comment meaning and unit
   * @param isSensitive whether it is of the class sensitive
   */
  public record EntityColumn(
      String name,
      ColumnKind kind,
      boolean required,
      Set<String> allowed,
      String titleEn,
      String titleZh,
      String comment,
      boolean isSensitive) {

    /** Name in silver and vault. */
    public String storedName() {
      return name + kind.suffix();
    }
  }

  /** Whether the entity belongs to an account; only a product does not. */
  public boolean hasAccount() {
    return columns.stream().anyMatch(c -> c.name().equals(ACCOUNT_ID));
  }

  /** The column of this name, if there is one. */
  public Optional<EntityColumn> column(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }

  /** Names that a mapping may give. */
  public List<String> columnNames() {
    return columns.stream().map(EntityColumn::name).toList();
  }

  /** The silver table: no direct identifier, keyed, with the row's origin. */
  public TableSchema silver() {
    TableSchema.Builder table = TableSchema.table(Layer.SILVER, silverName, comment);
    for (String column : key) {
      if (column.equals(ACCOUNT_ID)) {
        table.key(ACCOUNT_KEY, StringType, "Account", "帳戶", "Keyed pseudonym of the account.");
      } else {
        EntityColumn c = column(column).orElseThrow();
        table.key(c.storedName(), c.kind().type(), c.titleEn(), c.titleZh(), c.comment());
      }
    }
    if (hasAccount() && !key.contains(ACCOUNT_ID)) {
      table.required(
          ACCOUNT_KEY, StringType, "", "Account", "帳戶", "Keyed pseudonym of the account.");
    }
    for (EntityColumn c : columns) {
      if (c.name().equals(ACCOUNT_ID) || key.contains(c.name()) || c.kind().isDirectIdentifier()) {
        continue;
      }
      if (c.required()) {
        table.required(
            c.storedName(), c.kind().type(), unit(c), c.titleEn(), c.titleZh(), c.comment());
      } else {
        table.optional(
            c.storedName(), c.kind().type(), unit(c), c.titleEn(), c.titleZh(), c.comment());
      }
    }
    if (eventTime.isPresent()) {
      table.required(
          EVENT_DAY, DateType, "", "Day", "日期", "Day of the event in the business time zone.");
    }
    return table
        .sensitive(
            columns.stream()
                .filter(EntityColumn::isSensitive)
                .map(EntityColumn::storedName)
                .toArray(String[]::new))
        .required(SOURCE, StringType, "", "Source", "來源", "Source in sources.yaml.")
        .required(ROW_VERSION, LongType, "", "Row version", "列版本", "Greatest per key is kept.")
        .required(BATCH_ID, LongType, "", "Batch", "批次", "Ingestion batch of the source.")
        .required(
            ROW_HASH, StringType, "", "Row hash", "列雜湊", "Fingerprint of the row as received.")
        .property("delta.enableChangeDataFeed", "true")
        .property("delta.minWriterVersion", "7")
        .build();
  }

  /** The vault table of the direct identifiers, if the entity has any. */
  public Optional<TableSchema> vault() {
    List<EntityColumn> direct = new ArrayList<>(columns);
    direct.removeIf(c -> !c.kind().isDirectIdentifier());
    if (direct.isEmpty()) {
      return Optional.empty();
    }
    TableSchema.Builder table =
        TableSchema.table(
                Layer.VAULT, silverName, "Direct identifiers; one row per account. Restricted.")
            .key(ACCOUNT_KEY, StringType, "Account", "帳戶", "Keyed pseudonym of the account.");
    for (EntityColumn c : direct) {
      table.optional(c.storedName(), c.kind().type(), "", c.titleEn(), c.titleZh(), c.comment());
    }
    return Optional.of(
        table
            .required(ROW_VERSION, LongType, "", "Row version", "列版本", "Greatest per key is kept.")
            .required(BATCH_ID, LongType, "", "Batch", "批次", "Ingestion batch of the source.")
            .required(
                ROW_HASH, StringType, "", "Row hash", "列雜湊", "Fingerprint of the row as received.")
            // No statistic in the transaction log may show an identifier.
            .property("delta.dataSkippingStatsColumns", ACCOUNT_KEY)
            .build());
  }

  private static String unit(EntityColumn column) {
    return switch (column.kind()) {
      case MONEY -> "minor units";
      case QUANTITY -> "thousandths";
      default -> "";
    };
  }
}

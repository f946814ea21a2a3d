package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_append;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.portrait.common.config.Deployment;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.quality.ExpectationTransforms;
import io.portrait.common.table.ColumnKind;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import io.portrait.common.transform.RawTransforms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StructType;

/** Raw rows to rows of an entity, by a declared map. Pure: no reads, no writes, no clock. */
final class MapTransforms {

  static final String ROW_ID = RawTransforms.ROW_ID;
  static final String ORIGIN = RawTransforms.ORIGIN;
  static final String BATCH = RawTransforms.BATCH;

  /** Names that expressions may use beside the raw columns. */
  static final List<String> PSEUDO_COLUMNS = RawTransforms.PSEUDO_COLUMNS;

  /** Mapped beside an entity's own columns: the currency of the row's amounts. */
  static final String CURRENCY = "currency";

  /** Added columns: what refuses the row, what was emptied. */
  static final String REASONS = "_reasons";

  static final String EMPTIED = "_emptied";
  static final String DELETED = "_deleted";
  static final String RAW = "_raw";
  static final String IDENTIFIERS = "_identifiers";
  static final String MAP_NUMBER = "_map_number";

  private static final String OF_ERASED = "row: of an erased person, erase it too";

  private MapTransforms() {}

  /** Columns and pseudo columns that expressions over this source may use, as an empty row type. */
  static StructType expressionSchema(List<String> columns) {
    StructType schema = new StructType();
    for (String column : RawTransforms.spellings(columns).keySet()) {
      schema = schema.add(column, StringType);
    }
    return schema.add(ROW_ID, StringType).add(ORIGIN, StringType).add(BATCH, LongType);
  }

  /**
   * Maps raw rows onto an entity: one row out for each row in that belongs to it.
   *
   * <p>Out: the columns of {@link Entity#silver()} and {@link Entity#vault()}, with {@link
   * #REASONS} (why the row is refused; empty if it is not), {@link #EMPTIED} (optional values that
   * were no such values and are null now), {@link #DELETED}, {@link #RAW}, {@link #IDENTIFIERS}
   * (type and pseudonym) and {@link #MAP_NUMBER}.
   *
   * @param expectations of the entity's rows, which refuse a row that is not as expected
   * @param suppressed erased people, whose rows are refused
   */
  static Dataset<Row> conform(
      Dataset<Row> raw,
      Source source,
      EntityMap map,
      Entity entity,
      Deployment deployment,
      List<Expectation> expectations,
      Optional<Suppressed> suppressed,
      KeyedHash hash) {
    // A stage a step: each expression is computed once, however often later stages name it.
    Dataset<Row> mapped = withExpressions(raw.filter(belongs(map)), source, map);
    Column rate = rate(map, deployment.currency());
    Dataset<Row> valued = withValues(mapped, source, map, entity, deployment, rate);

    List<Column> selected = new ArrayList<>();
    List<Column> reasons = new ArrayList<>();
    List<Column> emptied = new ArrayList<>();
    for (EntityColumn column : entity.columns()) {
      if (!map.columns().containsKey(column.name())) {
        selected.add(lit(null).cast(column.kind().type()).as(column.storedName()));
        continue;
      }
      Column value = ValueTransforms.inRange(col("v_" + column.name()), column.kind());
      Column valid =
          column.allowed().isEmpty() ? value : when(value.isin(column.allowed().toArray()), value);
      Column isGiven = col("g_" + column.name());
      Column isUnusable = isGiven.and(valid.isNull());
      if (column.kind() == ColumnKind.MONEY) {
        // An amount without a rate is a number; its currency is at fault.
        isUnusable = isUnusable.and(rate.isNotNull());
      }
      Column unusable = when(isUnusable, lit(problem(column)));
      if (column.required()) {
        reasons.add(unusable);
        reasons.add(when(isGiven.equalTo(false), lit(column.name() + ": missing")));
      } else {
        emptied.add(unusable);
      }
      selected.add(valid.as(column.storedName()));
    }
    map.rejectWhen()
        .keySet()
        .forEach(reason -> reasons.add(when(col("r_" + reason), lit("row: " + reason))));
    if (map.columns().containsKey(CURRENCY)) {
      reasons.add(when(rate.isNull(), lit("currency: no rate is declared for it")));
    }
    // A row that could not be read has no columns that could say more.
    selected.add(
        when(col("__malformed").isNotNull(), array(concat(lit("row: "), col("__malformed"))))
            .otherwise(
                reasons.isEmpty()
                    ? lit(new String[0])
                    : array_compact(array(reasons.toArray(Column[]::new))))
            .as(REASONS));
    selected.add(
        (emptied.isEmpty()
                ? lit(new String[0])
                : array_compact(array(emptied.toArray(Column[]::new))))
            .as(EMPTIED));
    selected.add(col("__operation").equalTo("delete").as(DELETED));
    selected.add(col("__row"));
    selected.add(col("__malformed"));
    selected.add(col(ORIGIN));
    selected.add(col("__source").as(Entity.SOURCE));
    selected.add(col(BATCH).as(Entity.BATCH_ID));
    selected.add(col("__hash").as(Entity.ROW_HASH));
    selected.add(version(mapped).as(Entity.ROW_VERSION));
    selected.add(lit(source.maps().indexOf(map) + 1).as(MAP_NUMBER));
    for (String type : map.identifiers().keySet()) {
      selected.add(trim(col("i_" + type).cast(StringType)).as("i_" + type));
    }
    selected.add(lit(map.realm()).as("_realm"));

    Dataset<Row> typed = valued.select(selected.toArray(Column[]::new));
    if (entity.eventTime().isPresent()) {
      typed =
          typed.withColumn(
              Entity.EVENT_DAY,
              to_date(
                  from_utc_timestamp(
                      col(entity.eventTime().get()), deployment.timeZone().getId())));
    }
    typed = withBrokenExpectations(typed, entity, expectations);
    if (entity.hasAccount()) {
      typed = withPseudonyms(typed, map, entity, hash);
      typed = suppressed.isPresent() ? refuseErased(typed, suppressed.get()) : typed;
    }
    // What is kept stands in bronze; only a refused row is carried on as received.
    return typed
        .withColumn(RAW, when(size(col(REASONS)).gt(0), col("__row")))
        .drop("__row", "__malformed");
  }

  /**
   * Adds the reasons of broken expectations. A row that deletes another is not judged, nor one that
   * could not be read.
   */
  private static Dataset<Row> withBrokenExpectations(
      Dataset<Row> typed, Entity entity, List<Expectation> expectations) {
    if (expectations.isEmpty()) {
      return typed;
    }
    Column[] broken =
        expectations.stream()
            .map(
                e ->
                    when(
                        ExpectationTransforms.fails(e, entity.silver())
                            .and(col(DELETED).equalTo(false))
                            .and(col("__malformed").isNull()),
                        lit(e.reason())))
            .toArray(Column[]::new);
    return typed.withColumn(REASONS, concat(col(REASONS), array_compact(array(broken))));
  }

  /** Adds each mapped column's value and whether there was anything to convert. */
  private static Dataset<Row> withValues(
      Dataset<Row> mapped,
      Source source,
      EntityMap map,
      Entity entity,
      Deployment deployment,
      Column rate) {
    ValueTransforms values =
        new ValueTransforms(
            source.timeZone().orElse(deployment.timeZone()),
            source.dateFormats(),
            source.timestampFormats(),
            deployment.country(),
            deployment.currency().decimals());
    List<Column> selected = new ArrayList<>();
    selected.add(col("*"));
    for (EntityColumn column : entity.columns()) {
      if (map.columns().containsKey(column.name())) {
        Column given = col("m_" + column.name());
        DataType type = mapped.schema().apply("m_" + column.name()).dataType();
        selected.add(values.value(given, type, column.kind(), rate).as("v_" + column.name()));
        selected.add(values.isGiven(given, type, column.kind()).as("g_" + column.name()));
      }
    }
    return mapped.select(selected.toArray(Column[]::new));
  }

  private static String problem(EntityColumn column) {
    return column.name()
        + (column.allowed().isEmpty()
            ? ": not a " + kindName(column.kind())
            : ": not one of " + String.join(", ", column.allowed().stream().sorted().toList()));
  }

  /** Replaces the account id by its pseudonym and adds those of all identifiers. */
  private static Dataset<Row> withPseudonyms(
      Dataset<Row> typed, EntityMap map, Entity entity, KeyedHash hash) {
    List<Column> identifiers = new ArrayList<>();
    for (EntityColumn column : entity.columns()) {
      if (column.kind() == ColumnKind.EMAIL || column.kind() == ColumnKind.PHONE) {
        identifiers.add(identifier(hash, column.name(), col(column.storedName())));
      }
    }
    for (String type : map.identifiers().keySet()) {
      identifiers.add(identifier(hash, type, emptyToNull(col("i_" + type))));
    }
    Dataset<Row> keyed =
        typed.withColumn(Entity.ACCOUNT_KEY, hash.column(lit(map.realm()), col(Entity.ACCOUNT_ID)));
    identifiers.add(
        when(
            col(Entity.ACCOUNT_KEY).isNotNull(),
            struct(
                lit(map.realm()).as("identifier_type"),
                col(Entity.ACCOUNT_KEY).as("identifier_key"))));
    Dataset<Row> result =
        keyed.withColumn(IDENTIFIERS, array_compact(array(identifiers.toArray(Column[]::new))));
    return result.drop(
        Stream.concat(
                Stream.of(Entity.ACCOUNT_ID),
                map.identifiers().keySet().stream().map(t -> "i_" + t))
            .toArray(String[]::new));
  }

  /** Adds a reason to rows that show an identifier of an erased person. */
  private static Dataset<Row> refuseErased(Dataset<Row> mapped, Suppressed suppressed) {
    Column isErased =
        exists(
            col(IDENTIFIERS), one -> suppressed.find(one.getField("identifier_key")).isNotNull());
    return mapped.withColumn(
        REASONS,
        when(isErased, array_append(col(REASONS), lit(OF_ERASED))).otherwise(col(REASONS)));
  }

  private static Column identifier(KeyedHash hash, String type, Column value) {
    return when(
        value.isNotNull(),
        struct(
            lit(type).as("identifier_type"), hash.column(lit(type), value).as("identifier_key")));
  }

  /** Adds the results of a map's expressions under prefixed names. */
  private static Dataset<Row> withExpressions(Dataset<Row> raw, Source source, EntityMap map) {
    List<Column> selected = new ArrayList<>();
    Arrays.stream(raw.columns())
        .filter(c -> c.startsWith("__") || PSEUDO_COLUMNS.contains(c))
        .forEach(c -> selected.add(col(c)));
    map.columns().forEach((name, e) -> selected.add(expr(e.sql()).as("m_" + name)));
    map.identifiers().forEach((type, e) -> selected.add(expr(e.sql()).as("i_" + type)));
    map.rejectWhen().forEach((reason, e) -> selected.add(expr(e.sql()).as("r_" + reason)));
    selected.add(
        map.orderBy()
            .map(Expression::sql)
            .map(s -> expr(s))
            // What only grows tells the newer of two rows.
            .or(() -> source.watermark().map(name -> col("`" + name + "`")))
            .orElse(lit(0L))
            .as("m__order"));
    return raw.select(selected.toArray(Column[]::new));
  }

  /** The declared order as a number: microseconds of a time, or the number itself. */
  private static Column version(Dataset<Row> mapped) {
    DataType type = mapped.schema().apply("m__order").dataType();
    Column order = col("m__order");
    Column number =
        type.equals(TimestampType) || type instanceof DateType
            ? unix_micros(order.cast(TimestampType))
            : type.equals(StringType)
                ? coalesce(order.try_cast(LongType), unix_micros(order.try_cast(TimestampType)))
                : order.try_cast(LongType);
    return coalesce(number, lit(Long.MIN_VALUE));
  }

  /** Units of the deployment's currency for one of the row's; null if none is declared. */
  private static Column rate(EntityMap map, Deployment.Currency currency) {
    if (!map.columns().containsKey(CURRENCY)) {
      return lit(BigDecimal.ONE);
    }
    Column code = lower(trim(col("m_" + CURRENCY).cast(StringType)));
    Column rate = when(code.equalTo(currency.code().toLowerCase(Locale.ROOT)), lit(BigDecimal.ONE));
    for (Map.Entry<String, Double> other : currency.rates().entrySet()) {
      rate =
          rate.when(
              code.equalTo(other.getKey().toLowerCase(Locale.ROOT)),
              lit(BigDecimal.valueOf(other.getValue())));
    }
    return rate;
  }

  private static String kindName(ColumnKind kind) {
    return switch (kind) {
      case INTEGER -> "whole number";
      case NUMBER, MONEY, QUANTITY -> "number";
      case DATE -> "date in the declared format";
      case TIMESTAMP -> "timestamp in the declared format";
      case BOOLEAN -> "yes or no";
      case GENDER -> "gender";
      case COUNTRY -> "country";
      case EMAIL -> "mail address";
      case PHONE -> "phone number";
      case TEXT, CODE, PERSONAL -> "text";
    };
  }

  private static Column emptyToNull(Column text) {
    return when(length(text).gt(0), text);
  }

  /** Whether any expression of the map uses the row id. */
  static boolean usesRowId(EntityMap map) {
    return Stream.of(
            map.columns().values().stream(),
            map.identifiers().values().stream(),
            map.rejectWhen().values().stream(),
            map.where().stream(),
            map.orderBy().stream())
        .flatMap(expressions -> expressions)
        .anyMatch(e -> e.sql().contains(ROW_ID));
  }

  /** Whether a key column of the entity is the row id itself: rows of one key are equal then. */
  static boolean isKeyedByRowId(EntityMap map, Entity entity) {
    return entity.key().stream()
        .map(map.columns()::get)
        .anyMatch(e -> e != null && e.sql().equals(ROW_ID));
  }

  /**
   * Counts the rows that a map leaves to others.
   *
   * <p>In: raw rows. Out: {@code __source, _batch_id, count}, a row for each batch that has some.
   */
  static Dataset<Row> elsewhere(Dataset<Row> raw, EntityMap map) {
    return raw.filter(not(belongs(map))).groupBy("__source", BATCH).count();
  }

  /** Whether a raw row is this map's; one that could not be read is every map's. */
  private static Column belongs(EntityMap map) {
    return map.where()
        .map(e -> coalesce(expr(e.sql()), lit(false)).or(col("__malformed").isNotNull()))
        .orElse(lit(true));
  }

  /** A row that nothing refuses: it is kept, or deletes one by its key. */
  static Column isUsable() {
    return size(col(REASONS)).equalTo(0);
  }

  /** A usable row that is kept. */
  static Column isValid() {
    return isUsable().and(col(DELETED).equalTo(false));
  }

  static Column isRejected() {
    return size(col(REASONS)).gt(0);
  }
}

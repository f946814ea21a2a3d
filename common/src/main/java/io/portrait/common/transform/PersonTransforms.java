package io.portrait.common.transform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_values;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Expression;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.privacy.KeyLookup;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Normalizers;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.privacy.TextSearch;
import io.portrait.common.table.ColumnKind;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Whom received rows speak of, by the maps of their source. Pure: no reads, no writes, no clock.
 *
 * <p>Expressions of maps need ANSI off, as in conform: a row that cannot be computed shows nobody.
 */
public final class PersonTransforms {

  /**
   * Added by {@link #withShown}: {@code type, text, key} of everything that a row shows of a
   * person. The key is the pseudonym that silver has for the text; that of a name or an address is
   * the key of its account. An e-mail or a phone is there as received and in its one form.
   */
  public static final String SHOWN = "__shown";

  /** Added by {@link #withFound}. */
  public static final String FOUND = "__found";

  private static final Pattern KEY_COLUMN =
      Pattern.compile(".*(account_key|customer_id|identifier_key).*");

  private PersonTransforms() {}

  /**
   * Adds {@link #SHOWN} to received rows.
   *
   * @param bronze rows of {@code bronze/<source>}
   * @param corrections as {@link RawTransforms#selectCorrections} gives them, if there are any
   * @param columns raw columns of all batches
   * @param country where phone numbers without a country prefix belong
   * @return as {@link RawTransforms#withRawColumns} gives them, and {@link #SHOWN}
   */
  public static Dataset<Row> withShown(
      Dataset<Row> bronze,
      Optional<Dataset<Row>> corrections,
      Source source,
      List<String> columns,
      String country,
      KeyedHash hash) {
    return withShown(bronze, corrections, source, columns, country, hash, false);
  }

  /**
   * Adds {@link #SHOWN} as {@link #withShown} does, and to a row that belongs to no map of its
   * source what any of them finds in it: who is to be kept out is not to come in by such a row. One
   * that belongs to some map shows what that map says alone, for the same column may be another
   * thing to another.
   */
  public static Dataset<Row> withShownToAnyMap(
      Dataset<Row> bronze,
      Optional<Dataset<Row>> corrections,
      Source source,
      List<String> columns,
      String country,
      KeyedHash hash) {
    return withShown(bronze, corrections, source, columns, country, hash, true);
  }

  private static Dataset<Row> withShown(
      Dataset<Row> bronze,
      Optional<Dataset<Row>> corrections,
      Source source,
      List<String> columns,
      String country,
      KeyedHash hash,
      boolean isToAnyMap) {
    List<EntityMap> maps = source.maps().stream().filter(map -> entity(map).hasAccount()).toList();
    boolean withRowId =
        maps.stream().flatMap(PersonTransforms::expressions).anyMatch(usesRowId())
            || (isToAnyMap
                && source.maps().stream()
                    .flatMap(map -> map.where().stream())
                    .map(Expression::sql)
                    .anyMatch(usesRowId()));
    Dataset<Row> rows =
        RawTransforms.withRawColumns(bronze, corrections, source, columns, hash, withRowId);
    List<Column> texts = new ArrayList<>(List.of(col("*")));
    List<Column> keys = new ArrayList<>(List.of(col("*")));
    List<Column> shown = new ArrayList<>();
    for (EntityMap map : maps) {
      Names names = new Names(maps.indexOf(map));
      texts.add(
          (isToAnyMap ? belongs(map).or(belongsToNone(source)) : belongs(map)).as(names.belongs()));
      texts.add(text(map.columns().get(Entity.ACCOUNT_ID)).as(names.text(Entity.ACCOUNT_ID)));
      keys.add(
          hash.columnOnce(lit(map.realm()), col(names.text(Entity.ACCOUNT_ID)))
              .as(names.key(Entity.ACCOUNT_ID)));
      List<Column> own = new ArrayList<>();
      own.add(shown(map.realm(), names.text(Entity.ACCOUNT_ID), names.key(Entity.ACCOUNT_ID)));
      for (EntityColumn column : direct(map)) {
        String name = column.name();
        texts.add(text(map.columns().get(name)).as(names.text(name)));
        if (column.kind() == ColumnKind.PERSONAL) {
          own.add(shown(name, names.text(name), names.key(Entity.ACCOUNT_ID)));
        } else {
          Column one =
              column.kind() == ColumnKind.EMAIL
                  ? Normalizers.email(text(map.columns().get(name)))
                  : Normalizers.phone(text(map.columns().get(name)), country);
          texts.add(one.as(names.normal(name)));
          keys.add(hash.columnOnce(lit(name), col(names.normal(name))).as(names.key(name)));
          own.add(shown(name, names.text(name), names.key(name)));
          own.add(shown(name, names.normal(name), names.key(name)));
        }
      }
      map.identifiers()
          .forEach(
              (type, expression) -> {
                String name = "identifier_" + type;
                texts.add(text(expression).as(names.text(name)));
                keys.add(hash.columnOnce(lit(type), col(names.text(name))).as(names.key(name)));
                own.add(shown(type, names.text(name), names.key(name)));
              });
      own.forEach(column -> shown.add(when(col(names.belongs()), column)));
    }
    List<Column> result = new ArrayList<>();
    for (String column : rows.columns()) {
      result.add(col("`" + column + "`"));
    }
    result.add(array_compact(array(shown.toArray(Column[]::new))).as(SHOWN));
    return shown.isEmpty()
        ? rows.withColumn(
            SHOWN, expr("cast(array() AS array<struct<type:string,text:string,key:string>>)"))
        : rows.select(texts.toArray(Column[]::new))
            .select(keys.toArray(Column[]::new))
            .select(result.toArray(Column[]::new));
  }

  /**
   * Adds {@link #FOUND}, what the first key that a row shows stands for; null if it shows none.
   *
   * @param rows as {@link #withShown} gives them
   */
  public static Dataset<Row> withFound(Dataset<Row> rows, KeyLookup keys) {
    return withFound(rows, keys::find);
  }

  /**
   * Adds {@link #FOUND} for rows of erased people: by what a row shows, and where it could not be
   * read, by the e-mails, phones and ids that stand in its text.
   *
   * @param rows as {@link #withShownToAnyMap} gives them
   */
  public static Dataset<Row> withSuppressed(Dataset<Row> rows, Suppressed suppressed) {
    return withFound(rows, suppressed::find)
        .withColumn(
            FOUND,
            coalesce(
                col(FOUND),
                when(
                    col("__malformed").isNotNull(),
                    suppressed.findIn(when(col("__malformed").isNotNull(), text(col("__row")))))));
  }

  private static Dataset<Row> withFound(Dataset<Row> rows, UnaryOperator<Column> find) {
    return rows.withColumn(
        FOUND,
        get(array_compact(transform(col(SHOWN), s -> find.apply(s.getField("key")))), lit(0)));
  }

  /**
   * Adds {@link #FOUND} as {@link #withFound} does, and for a row that shows nobody, since it could
   * not be read or has no account, what the first text that stands in it stands for.
   *
   * @param names looked for in rows alone that could not be read, since others have them too
   */
  public static Dataset<Row> withFound(
      Dataset<Row> rows, KeyLookup keys, TextSearch identifiers, TextSearch names) {
    Column text = text(col("__row"));
    Column byText =
        coalesce(identifiers.find(text), when(col("__malformed").isNotNull(), names.find(text)));
    return withFound(rows, keys)
        .withColumn(FOUND, coalesce(col(FOUND), when(size(col(SHOWN)).equalTo(0), byText)));
  }

  /**
   * What a row of a silver, gold or vault table stands for by any column of accounts, customers or
   * identifiers that the table has, whatever its contract.
   *
   * @param standings {@code as_of/customer_id}: an older as-of date may have known a person under
   *     the id of another; for tables of customers
   * @return nothing if there is no such column
   */
  public static Optional<Column> findIn(StructType columns, KeyLookup keys, KeyLookup standings) {
    List<Column> found = new ArrayList<>();
    boolean isByAccount = false;
    for (StructField field : columns.fields()) {
      if (field.dataType() instanceof StringType && KEY_COLUMN.matcher(field.name()).matches()) {
        found.add(keys.find(col("`" + field.name() + "`")));
        isByAccount = isByAccount || field.name().contains(Entity.ACCOUNT_KEY);
      }
    }
    List<String> names = List.of(columns.fieldNames());
    if (!isByAccount && names.contains("customer_id") && names.contains("as_of")) {
      found.add(standings.find(concat_ws("/", col("as_of").cast("string"), col("customer_id"))));
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(coalesce(found.toArray(Column[]::new)));
  }

  /** All values of a received row as one text. */
  public static Column text(Column row) {
    return array_join(map_values(row), "\n");
  }

  /** The rows as they stand in bronze again. */
  public static Dataset<Row> asBronze(Dataset<Row> rows) {
    return rows.select(
        col("__source").as("source"),
        col(RawTransforms.BATCH).as("batch_id"),
        col(RawTransforms.ORIGIN).as("origin"),
        col("__operation").as("operation"),
        col("__row").as("row"),
        col("__malformed").as("malformed"));
  }

  /** Raw columns of a source: those that it declares and those that its batches had. */
  public static List<String> columns(Source source, List<Row> ingested) {
    Set<String> columns = new TreeSet<>(source.columns());
    source.lineFormat().ifPresent(format -> columns.addAll(format.columns()));
    ingested.stream()
        .filter(row -> row.<String>getAs("source").equals(source.name()))
        .forEach(row -> columns.addAll(row.getList(row.fieldIndex("columns"))));
    return List.copyOf(columns);
  }

  private static Entity entity(EntityMap map) {
    return Entities.ALL.stream()
        .filter(entity -> entity.name().equals(map.entity()))
        .findFirst()
        .orElseThrow();
  }

  /** The columns with direct identifiers that a map gives. */
  private static List<EntityColumn> direct(EntityMap map) {
    return entity(map).columns().stream()
        .filter(c -> c.kind().isDirectIdentifier() && map.columns().containsKey(c.name()))
        .toList();
  }

  private static Stream<String> expressions(EntityMap map) {
    return Stream.of(
            map.where().stream(),
            map.identifiers().values().stream(),
            Stream.of(map.columns().get(Entity.ACCOUNT_ID)))
        .flatMap(e -> e)
        .map(Expression::sql);
  }

  private static Predicate<String> usesRowId() {
    return sql -> sql.contains(RawTransforms.ROW_ID);
  }

  private static Column belongs(EntityMap map) {
    return map.where().map(e -> coalesce(expr(e.sql()), lit(false))).orElse(lit(true));
  }

  private static Column belongsToNone(Source source) {
    return not(
        source.maps().stream()
            .map(PersonTransforms::belongs)
            .reduce(Column::or)
            .orElse(lit(false)));
  }

  /** A text as conform takes it: trimmed, and null if nothing is left. */
  private static Column text(Expression expression) {
    Column text = trim(expr(expression.sql()).cast("string"));
    return when(length(text).gt(0), text);
  }

  private static Column shown(String type, String text, String key) {
    return when(
        col(text).isNotNull().and(col(key).isNotNull()),
        struct(lit(type).as("type"), col(text).as("text"), col(key).as("key")));
  }

  /** Names of what is computed for one map; no raw column begins so. */
  private record Names(int map) {
    String belongs() {
      return "__belongs_" + map;
    }

    String text(String name) {
      return "__text_" + map + "_" + name;
    }

    String normal(String name) {
      return "__normal_" + map + "_" + name;
    }

    String key(String name) {
      return "__key_" + map + "_" + name;
    }
  }
}

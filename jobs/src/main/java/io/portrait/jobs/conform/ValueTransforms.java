package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.try_to_date;
import static org.apache.spark.sql.functions.try_to_timestamp;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.privacy.Normalizers;
import io.portrait.common.table.ColumnKind;
import java.time.ZoneId;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;

/**
 * Text to values, by the kind of an entity's column. A text that is no such value becomes null, and
 * never fails.
 *
 * @param zone time zone of timestamps without one
 * @param dateFormats patterns of dates, tried in order; ISO if empty
 * @param timestampFormats patterns of timestamps, tried in order; ISO if empty
 * @param country where phone numbers without a country prefix belong
 * @param currencyDecimals digits of the minor unit
 */
record ValueTransforms(
    ZoneId zone,
    List<String> dateFormats,
    List<String> timestampFormats,
    String country,
    int currencyDecimals) {

  private static final Object[] TRUE = {"true", "t", "yes", "y", "1", "是", "有", "on"};
  private static final Object[] FALSE = {"false", "f", "no", "n", "0", "否", "無", "无", "off"};
  private static final Object[] FEMALE = {"f", "female", "woman", "w", "女", "女性"};
  private static final Object[] MALE = {"m", "male", "man", "男", "男性"};
  private static final Object[] OTHER = {"o", "other", "x", "diverse", "其他"};

  /** Words that say that nothing is known; they are null, and no fault. */
  private static final Object[] UNKNOWN = {"", "unknown", "n/a", "na", "null", "none", "-", "不明"};

  /** Whether there is a value to convert: not null, not blank, not a word for unknown. */
  Column isGiven(Column raw, DataType rawType, ColumnKind kind) {
    if (!rawType.equals(StringType)) {
      return raw.isNotNull();
    }
    Column text = trim(raw);
    return kind == ColumnKind.TEXT || kind == ColumnKind.CODE
        ? raw.isNotNull().and(length(text).gt(0))
        : raw.isNotNull().and(lower(text).isin(UNKNOWN).equalTo(false));
  }

  /**
   * The value.
   *
   * @param raw result of a mapping's expression
   * @param rawType its type
   * @param rate units of the deployment's currency for one of the row's; for money
   */
  Column value(Column raw, DataType rawType, ColumnKind kind, Column rate) {
    Column text = trim(raw.cast(StringType));
    return when(
        isGiven(raw, rawType, kind),
        switch (kind) {
          case TEXT, PERSONAL -> text;
          case CODE -> lower(text);
          case BOOLEAN -> rawType instanceof BooleanType ? raw : flag(lower(text));
          case GENDER -> gender(lower(text));
          case COUNTRY -> Normalizers.country(text);
          case INTEGER -> integer(text);
          case NUMBER -> text.try_cast(DoubleType);
          case MONEY -> scaled(decimal(raw, rawType).multiply(rate), currencyDecimals);
          case QUANTITY -> scaled(decimal(raw, rawType), 3);
          case DATE -> date(raw, rawType);
          case TIMESTAMP -> timestamp(raw, rawType);
          case EMAIL -> Normalizers.email(text);
          case PHONE -> Normalizers.phone(text, country);
        });
  }

  private static Column flag(Column word) {
    return when(word.isin(TRUE), lit(true)).when(word.isin(FALSE), lit(false));
  }

  private static Column gender(Column word) {
    return when(word.isin(FEMALE), "female")
        .when(word.isin(MALE), "male")
        .when(word.isin(OTHER), "other");
  }

  private static Column integer(Column text) {
    return when(text.rlike("^[+-]?[0-9]+([.]0*)?$"), text.try_cast(LongType));
  }

  /** A number as it is, or text with optional thousands separators and currency sign. */
  private static Column decimal(Column raw, DataType rawType) {
    DataType decimal = createDecimalType(24, 8);
    if (!rawType.equals(StringType)) {
      return raw.try_cast(decimal);
    }
    Column text = trim(raw);
    Column plain = regexp_replace(text, "(^[$€£¥]|,(?=[0-9]{3}(?:[,.]|$)))", "");
    return coalesce(text.try_cast(decimal), plain.try_cast(decimal));
  }

  private static Column scaled(Column number, int digits) {
    return round(number.multiply(lit(Math.round(Math.pow(10, digits)))), 0).try_cast(LongType);
  }

  private Column date(Column raw, DataType rawType) {
    if (!rawType.equals(StringType)) {
      return raw.try_cast(DateType);
    }
    Column text = trim(raw);
    if (dateFormats.isEmpty()) {
      return when(isIso(text), text.try_cast(DateType));
    }
    return coalesce(dateFormats.stream().map(f -> try_to_date(text, f)).toArray(Column[]::new));
  }

  private Column timestamp(Column raw, DataType rawType) {
    if (rawType.equals(TimestampType)) {
      return raw;
    }
    if (!rawType.equals(StringType)) {
      return to_utc_timestamp(raw.try_cast(TimestampType), zone.getId());
    }
    Column text = trim(raw);
    if (timestampFormats.isEmpty()) {
      Column parsed = text.try_cast(TimestampType);
      return when(
          isIso(text),
          when(hasZone(text), parsed).otherwise(to_utc_timestamp(parsed, zone.getId())));
    }
    return coalesce(
        timestampFormats.stream()
            .map(
                format -> {
                  Column parsed = try_to_timestamp(text, lit(format));
                  return readsZone(format) ? parsed : to_utc_timestamp(parsed, zone.getId());
                })
            .toArray(Column[]::new));
  }

  /**
   * Empties times outside 1900 to 2200, which are typing errors or another format.
   *
   * @param time a column of its own, since it is named three times
   */
  static Column inRange(Column time, ColumnKind kind) {
    return kind != ColumnKind.DATE && kind != ColumnKind.TIMESTAMP
        ? time
        : when(
            time.geq(lit("1900-01-01").cast(DateType))
                .and(time.lt(lit("2200-01-01").cast(DateType))),
            time);
  }

  /** Whether a text looks like an ISO date or time; Spark's cast would read a year alone too. */
  private static Column isIso(Column text) {
    return text.substr(5, 1)
        .equalTo("-")
        .and(text.substr(8, 1).equalTo("-"))
        .and(length(text).equalTo(10).or(text.substr(14, 1).equalTo(":")));
  }

  /** Whether an ISO timestamp names an offset or zone after its time. */
  private static Column hasZone(Column text) {
    return text.substr(12, 60).rlike("[-+A-Za-z]");
  }

  /** Whether a pattern reads an offset or zone; quoted text aside. */
  private static boolean readsZone(String format) {
    return format.replaceAll("'[^']*'", "").matches(".*[VzOXxZ].*");
  }
}

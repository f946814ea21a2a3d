package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;

/** One form for values that sources write in many. */
public final class Normalizers {

  private static final Pattern EMAIL =
      Pattern.compile("^[^@\\s\"<>(),;]+@[^@\\s\"<>(),;]+\\.[^@\\s\"<>(),;.]+$");

  private static final Map<String, String> COUNTRIES = countries();

  private Normalizers() {}

  /** Lower case and trimmed; null if it is no address of the form {@code a@b.c}. */
  public static Column email(Column text) {
    Column value = lower(trim(text));
    return when(value.rlike(EMAIL.pattern()), value).otherwise(lit(null));
  }

  /** The same as {@link #email(Column)}, for one text that is not null. */
  public static Optional<String> email(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    return Optional.of(value).filter(EMAIL.asMatchPredicate());
  }

  /** The same as {@link #phone(Column, String)}, for one text. */
  public static Optional<String> phone(String text, String defaultCountry) {
    return Optional.ofNullable(e164(text, defaultCountry));
  }

  /** E.164 by libphonenumber; null if it cannot be a number of any country. */
  public static Column phone(Column text, String defaultCountry) {
    return udf((UDF2<String, String, String>) Normalizers::e164, StringType)
        .withName("phone_e164")
        .apply(text, lit(defaultCountry));
  }

  /** ISO 3166 alpha-2 from a code of two or three letters or an English or Chinese name. */
  public static Column country(Column text) {
    return udf((UDF1<String, String>) Normalizers::countryCode, StringType)
        .withName("country_code")
        .apply(text);
  }

  static String e164(String text, String defaultCountry) {
    if (text == null) {
      return null;
    }
    PhoneNumberUtil phones = PhoneNumberUtil.getInstance();
    try {
      PhoneNumber number = phones.parse(text, defaultCountry);
      return phones.isPossibleNumber(number) ? phones.format(number, PhoneNumberFormat.E164) : null;
    } catch (NumberParseException e) {
      return null;
    }
  }

  static String countryCode(String text) {
    return text == null ? null : COUNTRIES.get(text.strip().toLowerCase(Locale.ROOT));
  }

  private static Map<String, String> countries() {
    Map<String, String> codes = new HashMap<>();
    for (String code : Locale.getISOCountries()) {
      Locale country = new Locale.Builder().setRegion(code).build();
      for (Locale language :
          List.of(Locale.ENGLISH, Locale.TRADITIONAL_CHINESE, Locale.SIMPLIFIED_CHINESE)) {
        codes.put(country.getDisplayCountry(language).toLowerCase(Locale.ROOT), code);
      }
      codes.put(country.getISO3Country().toLowerCase(Locale.ROOT), code);
      codes.put(code.toLowerCase(Locale.ROOT), code);
    }
    // Names in daily use that are no ISO names.
    codes.put("usa", "US");
    codes.put("united states of america", "US");
    codes.put("uk", "GB");
    codes.put("great britain", "GB");
    codes.put("korea", "KR");
    codes.put("台灣", "TW");
    codes.put("香港", "HK");
    codes.put("澳門", "MO");
    return Map.copyOf(codes);
  }
}

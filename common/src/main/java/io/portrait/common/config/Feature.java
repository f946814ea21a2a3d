package io.portrait.common.config;

import io.portrait.common.table.DataClass;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A declared feature; an element of {@code features.yaml}.
 *
 * @param name column name; a window other than {@code all} adds a suffix as {@code _90d}
 * @param from the rollup or entity that it reads, {@code customer} (the golden record) or {@code
 *     feature} (computed from other features)
 * @param aggregate how rows become one value; absent for {@code customer} and {@code feature}
 * @param value SQL expression over the columns of {@code from}
 * @param windows days back from the as-of date, or {@code all}; empty means {@code all}
 * @param type type of the value; that of a rollup follows from the aggregate
 * @param unit what it is measured in
 * @param fill value for customers without any row; null if absent
 * @param title short titles
 * @param description what it means
 * @param sensitivity who may see it; absent: personal
 * @param place where it stands
 */
public record Feature(
    String name,
    From from,
    Optional<Aggregate> aggregate,
    Expression value,
    List<String> windows,
    Optional<ValueType> type,
    Unit unit,
    Optional<Long> fill,
    Title title,
    Optional<String> description,
    Optional<DataClass> sensitivity,
    Place place) {

  /** The window without a limit. */
  public static final String ALL = "all";

  /** Checks name, windows and that the keys fit. */
  public Feature {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("name '" + name + "' is not snake_case");
    }
    for (String window : windows) {
      if (!window.equals(ALL) && !window.matches("[1-9][0-9]{0,3}")) {
        throw new IllegalArgumentException(
            "window '" + window + "' is not a number of days or all");
      }
    }
    if ((from.isRollup() || from.isEntity()) != aggregate.isPresent()) {
      throw new IllegalArgumentException(
          from.isRollup() || from.isEntity()
              ? "a feature over a rollup or an entity needs aggregate"
              : "a feature from customer or feature takes no aggregate");
    }
    if (aggregate.isPresent() && aggregate.get().isOverEntity() != from.isEntity()) {
      throw new IllegalArgumentException(
          from.isEntity()
              ? "the aggregate of an entity is latest or surest"
              : "aggregate latest and surest need from: attribute or credit_report");
    }
    if (aggregate.filter(a -> a == Aggregate.SUREST).isPresent() && from != From.ATTRIBUTE) {
      throw new IllegalArgumentException("aggregate surest needs from: attribute");
    }
    if (!from.isRollup() && (type.isEmpty() || !windows.isEmpty())) {
      throw new IllegalArgumentException(
          String.format(
              "a feature from %s needs type and takes no windows",
              from.name().toLowerCase(Locale.ROOT)));
    }
    if (windows.size() != windows.stream().distinct().count()) {
      throw new IllegalArgumentException("windows " + windows + " name one twice");
    }
    if (from.isRollup() && type.isPresent()) {
      throw new IllegalArgumentException("type follows from the aggregate; leave it out");
    }
    if (aggregate.filter(Aggregate::isOverCategories).isPresent()
        && from != From.ACCOUNT_CATEGORY_DAY) {
      throw new IllegalArgumentException(
          "aggregate categories and top_category need from: account_category_day");
    }
    if (fill.isPresent() && isText(aggregate, type)) {
      throw new IllegalArgumentException("fill is for numbers");
    }
    boolean isScaled = unit == Unit.MONEY || unit == Unit.QUANTITY;
    if (isScaled && !isAmount(aggregate, type)) {
      throw new IllegalArgumentException(
          "unit money and quantity are for sum, min and max of a rollup, and for type money (unit"
              + " money) or long (unit quantity)");
    }
    if (type.filter(t -> t == ValueType.MONEY).isPresent() != (unit == Unit.MONEY)
        && !from.isRollup()) {
      throw new IllegalArgumentException("type money and unit money go together");
    }
  }

  private static boolean isText(Optional<Aggregate> aggregate, Optional<ValueType> type) {
    return aggregate.filter(a -> a == Aggregate.TOP_CATEGORY).isPresent()
        || type.filter(t -> t == ValueType.STRING || t == ValueType.BOOLEAN || t == ValueType.DATE)
            .isPresent();
  }

  private static boolean isAmount(Optional<Aggregate> aggregate, Optional<ValueType> type) {
    return type.map(t -> t == ValueType.MONEY || t == ValueType.LONG)
        .orElseGet(
            () ->
                aggregate
                    .filter(a -> a == Aggregate.SUM || a == Aggregate.MIN || a == Aggregate.MAX)
                    .isPresent());
  }

  /** Where a feature is read from. */
  public enum From {
    /** One row per account and active day. */
    ACCOUNT_DAY,
    /** One row per account, category and active day. */
    ACCOUNT_CATEGORY_DAY,
    /** The golden record. */
    CUSTOMER,
    /** Facts from forms and third parties. */
    ATTRIBUTE,
    /** Reports of a credit bureau. */
    CREDIT_REPORT,
    /** Other features of the same customer. */
    FEATURE;

    /** Whether rows of many days are aggregated. */
    public boolean isRollup() {
      return this == ACCOUNT_DAY || this == ACCOUNT_CATEGORY_DAY;
    }

    /** Whether one of the dated rows of an entity is picked. */
    public boolean isEntity() {
      return this == ATTRIBUTE || this == CREDIT_REPORT;
    }

    /**
     * The entity that is read.
     *
     * @throws IllegalStateException if it is none
     */
    public Entity entity() {
      return switch (this) {
        case ATTRIBUTE -> Entities.ATTRIBUTE;
        case CREDIT_REPORT -> Entities.CREDIT_REPORT;
        default -> throw new IllegalStateException(this + " is no entity");
      };
    }
  }

  /** How rows become one value. */
  public enum Aggregate {
    /** Sum. */
    SUM,
    /** Least. */
    MIN,
    /** Greatest. */
    MAX,
    /** Days with a row whose value is above zero; a day counts once for a customer. */
    DAYS,
    /** Days from the last day with a value above zero to the as-of date; 1 is the day before. */
    DAYS_SINCE_LAST,
    /** Days from the first day with a value above zero to the as-of date. */
    DAYS_SINCE_FIRST,
    /** Category rollup: number of categories with a value above zero. */
    CATEGORIES,
    /** Category rollup: the category with the greatest sum above zero; ties by name. */
    TOP_CATEGORY,
    /** Entity: the value of the latest row that has one; ties by the entity's key. */
    LATEST,
    /**
     * Attribute: the value of the row of the greatest confidence that has one; then the latest,
     * then by key. A row without confidence has one of 0.5.
     */
    SUREST;

    /** Whether it compares categories with each other. */
    public boolean isOverCategories() {
      return this == CATEGORIES || this == TOP_CATEGORY;
    }

    /** Whether it picks a row of an entity. */
    public boolean isOverEntity() {
      return this == LATEST || this == SUREST;
    }
  }

  /** Type of a value that is not that of a rollup. */
  public enum ValueType {
    /** Text. */
    STRING,
    /** Whole number. */
    LONG,
    /** Double. */
    DOUBLE,
    /** Yes or no. */
    BOOLEAN,
    /** Calendar day. */
    DATE,
    /** Amount in minor units, published as decimal. */
    MONEY
  }

  /** What a value is measured in. */
  public enum Unit {
    /** Amount of the deployment's currency; minor units inside, decimal in gold. */
    MONEY,
    /** Thousandths inside, decimal in gold. */
    QUANTITY,
    /** Number of things. */
    COUNT,
    /** Calendar days. */
    DAYS,
    /** Seconds. */
    SECONDS,
    /** Share from 0 to 1. */
    SHARE,
    /** Any other number. */
    NUMBER,
    /** Years. */
    YEARS,
    /** No unit: text, flag or date. */
    NONE
  }

  /** Column names that the feature gives, one a window. */
  public List<String> columnNames() {
    return windowsOrAll().stream().map(this::columnName).toList();
  }

  /** The windows; {@code all} if none is declared. */
  public List<String> windowsOrAll() {
    return windows.isEmpty() ? List.of(ALL) : windows;
  }

  /** The column of one window: {@code name} for {@code all}, else {@code name_90d}. */
  public String columnName(String window) {
    return window.equals(ALL) ? name : name + "_" + window + "d";
  }
}

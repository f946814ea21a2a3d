package io.portrait.common.config;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Deployment.Currency;
import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.DataType;

/** The table columns that a catalogue declares. */
public final class CatalogueColumns {

  private CatalogueColumns() {}

  /** One column per feature and window, in declared order. */
  public static List<TableColumn> features(Catalogue catalogue) {
    Currency currency = catalogue.deployment().currency();
    List<TableColumn> columns = new ArrayList<>();
    for (Feature feature : catalogue.features()) {
      for (String window : feature.windowsOrAll()) {
        columns.add(
            new TableColumn(
                feature.columnName(window),
                type(feature, currency),
                true,
                unit(feature, currency),
                feature.title().en() + titleSuffix(window, ", last %s days"),
                feature.title().zh() + titleSuffix(window, "（近%s天）"),
                comment(feature, window)));
      }
    }
    return List.copyOf(columns);
  }

  /** One yes-or-no column per tag with a rule, in declared order. */
  public static List<TableColumn> tags(Catalogue catalogue) {
    return catalogue.tags().stream()
        .filter(tag -> tag.rule().isPresent())
        .map(
            tag ->
                new TableColumn(
                    ProfileTables.TAG_PREFIX + tag.code(),
                    BooleanType,
                    true,
                    "",
                    tag.title().en(),
                    tag.title().zh(),
                    "Whether the rule holds; false also where it is unknown. Rule: "
                        + Expression.oneLine(tag.rule().orElseThrow().sql())))
        .toList();
  }

  /** How a feature is published: money and quantities as decimals, other numbers as they are. */
  private static DataType type(Feature feature, Currency currency) {
    return switch (feature.unit()) {
      case MONEY -> createDecimalType(18, currency.decimals());
      case QUANTITY -> createDecimalType(18, 3);
      default -> valueType(feature);
    };
  }

  private static DataType valueType(Feature feature) {
    if (feature.from().isRollup()) {
      return feature.aggregate().orElseThrow() == Aggregate.TOP_CATEGORY ? StringType : LongType;
    }
    return switch (feature.type().orElseThrow()) {
      case STRING -> StringType;
      case LONG, MONEY -> LongType;
      case DOUBLE -> DoubleType;
      case BOOLEAN -> BooleanType;
      case DATE -> DateType;
    };
  }

  private static String unit(Feature feature, Currency currency) {
    return switch (feature.unit()) {
      case MONEY -> currency.code();
      case QUANTITY -> "units";
      case NONE -> "";
      default -> feature.unit().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String titleSuffix(String window, String format) {
    return window.equals(Feature.ALL) ? "" : String.format(Locale.ROOT, format, window);
  }

  private static String comment(Feature feature, String window) {
    StringBuilder text =
        new StringBuilder(Expression.oneLine(feature.description().orElse(feature.title().en())));
    if (text.charAt(text.length() - 1) != '.') {
      text.append('.');
    }
    if (feature.from().isRollup()) {
      text.append(
          window.equals(Feature.ALL)
              ? " All days before as_of. 基準日前全部期間。"
              : String.format(
                  Locale.ROOT,
                  " The %1$s days from as_of - %1$s to as_of - 1. 基準日前%1$s天（不含基準日）。",
                  window));
      text.append(
          feature.fill().isPresent()
              ? String.format(Locale.ROOT, " %d without any.", feature.fill().get())
              : " Null without any.");
    }
    return text.toString();
  }
}

package io.portrait.common.config;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Deployment.Currency;
import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.table.DataClass;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
                comment(feature, window),
                feature.sensitivity()));
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
                    "Whether the rule holds; false also where it is unknown, null for who does not"
                        + " allow the purpose. Rule: "
                        + Expression.oneLine(tag.rule().orElseThrow().sql()),
                    Optional.of(tag.sensitivity())))
        .toList();
  }

  /**
   * The columns of the declared scores in the wide profile. Reasons that may tell of a sensitive
   * feature are sensitive, even where the score is not; beside them stand those that do not.
   */
  public static List<TableColumn> scores(Catalogue catalogue) {
    List<TableColumn> features = features(catalogue);
    Map<String, List<String>> sensitive = sensitiveReasons(catalogue);
    List<TableColumn> columns = new ArrayList<>();
    for (Score score : catalogue.scores().scores()) {
      boolean tellsOfSensitive = !sensitiveReasons(score, features).isEmpty();
      for (TableColumn column : columns(score)) {
        boolean isReason =
            column.name().endsWith(ProfileTables.REASONS_EN_SUFFIX)
                || column.name().endsWith(ProfileTables.REASONS_ZH_SUFFIX);
        columns.add(isReason && tellsOfSensitive ? column.of(DataClass.SENSITIVE) : column);
      }
      if (sensitive.containsKey(score.name())) {
        columns.addAll(openReasons(score));
      }
    }
    return List.copyOf(columns);
  }

  /**
   * Codes of the reasons that tell of a sensitive feature, by score; scores that are sensitive
   * themselves, or of which no reason is or all are, are left out: the others have columns for what
   * tells of nothing sensitive.
   */
  public static Map<String, List<String>> sensitiveReasons(Catalogue catalogue) {
    List<TableColumn> features = features(catalogue);
    Map<String, List<String>> byScore = new TreeMap<>();
    for (Score score : catalogue.scores().scores()) {
      List<String> codes = sensitiveReasons(score, features);
      if (!codes.isEmpty()
          && codes.size() < score.characteristics().size()
          && !score.sensitivity().equals(Optional.of(DataClass.SENSITIVE))) {
        byScore.put(score.name(), codes);
      }
    }
    return byScore;
  }

  private static List<String> sensitiveReasons(Score score, List<TableColumn> features) {
    return score.characteristics().stream()
        .filter(c -> !ExpressionCheck.namedSensitive(c.value(), features).isEmpty())
        .map(Score.Characteristic::name)
        .toList();
  }

  /** The columns of a score's reasons that tell of nothing sensitive. */
  public static List<TableColumn> openReasons(Score score) {
    String comment =
        "What raised and lowered it most, in points, of the inputs that tell of nothing sensitive;"
            + " the sensitive ones are left out. Null: none of the others did, or no score.";
    return List.of(
        column(
            score,
            ProfileTables.OPEN_REASONS_EN_SUFFIX,
            StringType,
            "",
            ", reasons without sensitive ones",
            "（英文非敏感原因）",
            comment),
        column(
            score,
            ProfileTables.OPEN_REASONS_ZH_SUFFIX,
            StringType,
            "",
            ", reasons without sensitive ones (Chinese)",
            "（非敏感原因）",
            comment));
  }

  /** The columns of one score in the wide profile. */
  public static List<TableColumn> columns(Score score) {
    Title title = score.titleOrName();
    String description =
        Expression.oneLine(score.description().orElse(title.en())).replaceAll("[^.]$", "$0.");
    return List.of(
        column(score, "", DoubleType, "points", "", "", description + " Null: nothing is known."),
        column(
            score,
            ProfileTables.LEVEL_SUFFIX,
            IntegerType,
            "",
            ", level",
            "（等級）",
            score
                .levelCuts()
                .map(
                    cuts ->
                        String.format(
                            "1 (lowest) to %d, cut at %s; null: no score.",
                            score.levels().size() + 1, cuts))
                .orElse("Null: the score has no levels.")),
        column(
            score,
            ProfileTables.PERCENTILE_SUFFIX,
            IntegerType,
            "",
            ", percentile",
            "（百分位）",
            "1 (lowest) to 100 among customers with the score; null without it."),
        column(
            score,
            ProfileTables.COVERAGE_SUFFIX,
            DoubleType,
            "share",
            ", coverage",
            "（資料完整度）",
            "Weight of the inputs that are known, 0 to 1."),
        column(
            score,
            ProfileTables.REASONS_EN_SUFFIX,
            StringType,
            "",
            ", reasons",
            "（英文原因）",
            "What raised and lowered it most, in points; null: nothing did, or no score."),
        column(
            score,
            ProfileTables.REASONS_ZH_SUFFIX,
            StringType,
            "",
            ", reasons (Chinese)",
            "（原因）",
            "What raised and lowered it most, in points; null: nothing did, or no score."));
  }

  private static TableColumn column(
      Score score, String suffix, DataType type, String unit, String en, String zh, String text) {
    Title title = score.titleOrName();
    return new TableColumn(
        score.name() + suffix,
        type,
        true,
        unit,
        title.en() + en,
        title.zh() + zh,
        text,
        score.sensitivity());
  }

  /** The declared columns of the wide profile but for tags: features and scores. */
  public static List<TableColumn> profile(Catalogue catalogue) {
    List<TableColumn> columns = new ArrayList<>(features(catalogue));
    columns.addAll(scores(catalogue));
    return List.copyOf(columns);
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

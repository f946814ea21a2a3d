package io.portrait.jobs.fitscorecard;

import com.google.errorprone.annotations.FormatMethod;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Writes a scorecard as an element of {@code scores} in {@code scores.yaml}. It replaces the
 * shipped score of its name as a whole, so it says all that the shipped one says: who may be
 * scored, who may see it, and its levels.
 */
final class ScorecardYaml {

  /** Cut points of the shipped score, which has the same scale. */
  private static final String LEVELS = "[520, 560, 600, 640]";

  private final StringBuilder text = new StringBuilder();
  private final Set<String> names = new HashSet<>();

  private ScorecardYaml() {}

  /** The scorecard with what it was made from as comments. */
  static String write(FitScorecard.Fitted fitted, FitScorecard.Request request) {
    ScorecardYaml yaml = new ScorecardYaml();
    yaml.writeHead(fitted, request);
    fitted.scorecard().items().forEach(yaml::writeItem);
    return yaml.text.toString();
  }

  private void writeHead(FitScorecard.Fitted fitted, FitScorecard.Request request) {
    line(
        "  # Fitted by portrait fit-scorecard to %s: bad is %s = %s, seed %d.",
        request.source(), request.target(), request.bad(), request.seed());
    writeFigures("Fitted to", fitted.train());
    writeFigures("Held out", fitted.heldOut());
    line("  # A value is an expression over features: put in their names where the file's differ.");
    line("  - name: credit");
    line("    title: {en: Credit, zh: 信用評分}");
    line("    # Points that part the levels 1 to 5; tags and segments ask for them.");
    line("    levels: %s", LEVELS);
    line("    # Only who allows credit is scored, and only gold_sensitive tells the score.");
    line("    purpose: credit");
    line("    sensitivity: sensitive");
    line("    points:");
    line(
        "      scale: {score: %s, odds: %s, doubling: %s}",
        number(Scorecard.SCALE.score()),
        number(Scorecard.SCALE.odds()),
        number(Scorecard.SCALE.doubling()));
    line("      base: %d", fitted.scorecard().base());
    line("      characteristics:");
  }

  private void writeFigures(String part, Discrimination found) {
    line(
        "  # %s: %,d rows, %.1f %% bad, AUC %.3f, Gini %.3f, KS %.3f.",
        part,
        found.counts().rows(),
        100 * found.counts().badShare(),
        found.auc(),
        found.gini(),
        found.kolmogorovSmirnov());
  }

  private void writeItem(Scorecard.Item item) {
    Characteristic characteristic = item.characteristic();
    Input input = characteristic.input();
    line(
        "        # Information value %.3f, coefficient %.3f.",
        characteristic.informationValue(), item.coefficient());
    line("        - name: %s", name(input.name()));
    line("          title: {en: %s, zh: %s}", quoted(input.name()), quoted(input.name()));
    line("          value: %s", quoted(input.sql()));
    List<Bin> ranges = characteristic.bins(Bin.Kind.RANGE);
    if (!ranges.isEmpty()) {
      line("          bins:");
      ranges.forEach(
          bin ->
              line(
                  "            - {%s%spoints: %d}  # %s",
                  limit("from", bin.from()),
                  limit("to", bin.to()),
                  item.points(bin),
                  evidence(bin)));
    } else {
      line("          categories:");
      characteristic
          .bins(Bin.Kind.CATEGORY)
          .forEach(
              bin ->
                  line(
                      "            %s: %d  # %s",
                      quoted(bin.category()), item.points(bin), evidence(bin)));
      characteristic
          .bins(Bin.Kind.OTHER)
          .forEach(bin -> line("          other: %d  # %s", item.points(bin), evidence(bin)));
    }
    Bin missing = characteristic.missing();
    line("          missing: %d  # %s", item.points(missing), evidence(missing));
  }

  private static String limit(String key, OptionalDouble limit) {
    return limit.isEmpty() ? "" : key + ": " + number(limit.getAsDouble()) + ", ";
  }

  private static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private static String evidence(Bin bin) {
    if (bin.counts().rows() == 0) {
      return "not found";
    }
    return String.format(
        Locale.ROOT,
        "%,d good, %,d bad, weight of evidence %.3f",
        bin.counts().goods(),
        bin.counts().bads(),
        bin.weight());
  }

  /** A snake_case name that no other characteristic has. */
  private String name(String column) {
    String snake =
        column.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    String start = snake.matches("[a-z].*") ? snake : "c_" + snake;
    String name = start;
    for (int i = 2; !names.add(name); i++) {
      name = start + "_" + i;
    }
    return name;
  }

  /** Text that YAML takes as it is. */
  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @FormatMethod
  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}

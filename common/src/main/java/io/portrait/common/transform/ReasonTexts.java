package io.portrait.common.transform;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.config.Title;
import io.portrait.common.table.ScoreTables;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;

/** Reasons of scores as texts, such as {@code +12.3 Sales; +8.0 Credit; -5.1 Income}. */
public final class ReasonTexts {

  /** The smallest effect that one decimal shows. */
  private static final double LEAST_SHOWN = 0.05;

  private ReasonTexts() {}

  /**
   * The reasons in the columns of {@link ScoreTables#CUSTOMER_SCORE}, as an array of {@code code,
   * points}; points as a text. Effects that would show as 0.0 are left out.
   *
   * @param prefix what the names of the columns begin with
   */
  public static Column shown(String prefix) {
    List<Column> reasons = new ArrayList<>();
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= ScoreTables.REASONS; i++) {
        reasons.add(
            struct(
                col(prefix + direction + "_" + i + "_code").as("code"),
                col(prefix + direction + "_" + i + "_points").as("points")));
      }
    }
    return transform(
        filter(
            array(reasons.toArray(Column[]::new)),
            reason -> abs(reason.getField("points")).geq(LEAST_SHOWN)),
        reason ->
            struct(
                reason.getField("code").as("code"),
                concat(
                        when(reason.getField("points").gt(0), "+").otherwise(""),
                        reason
                            .getField("points")
                            .try_cast(createDecimalType(18, 1))
                            .cast(StringType))
                    .as("points")));
  }

  /** The titles of a score's characteristics, by code; of a score that has some. */
  public static Column titles(Score score, Function<Title, String> language) {
    List<Column> titles = new ArrayList<>();
    for (Characteristic characteristic : score.characteristics()) {
      titles.add(lit(characteristic.name()));
      titles.add(lit(language.apply(characteristic.titleOrName())));
    }
    return map(titles.toArray(Column[]::new));
  }

  /**
   * The reasons as one text; empty without any. One without a title goes by its code.
   *
   * @param shown {@link #shown}
   * @param titles {@link #titles}
   */
  public static Column join(Column shown, Column titles) {
    return concat_ws(
        "; ",
        transform(
            shown,
            reason ->
                concat_ws(
                    " ",
                    reason.getField("points"),
                    coalesce(
                        element_at(titles, reason.getField("code")), reason.getField("code")))));
  }
}

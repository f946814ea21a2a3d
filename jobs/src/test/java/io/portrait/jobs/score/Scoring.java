package io.portrait.jobs.score;

import io.portrait.common.config.Score;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores hand-made customers by the transformations, without tables. */
final class Scoring {

  private Scoring() {}

  /** One row per customer and score, with all reasons. */
  static Dataset<Row> all(Dataset<Row> inputs, List<Score> scores) {
    Dataset<Row> values = ScoreTransforms.values(inputs, scores);
    Row known = ScoreTransforms.countKnown(values).head();
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Score score : scores) {
      score.characteristics().stream()
          .filter(characteristic -> characteristic.percentile().isPresent())
          .map(characteristic -> ScoreTransforms.valueName(score, characteristic))
          .filter(name -> known.<Long>getAs(name) > 0)
          .forEach(name -> counts.put(name, known.getAs(name)));
    }
    Map<String, Ranks> ranks = new HashMap<>();
    if (!counts.isEmpty()) {
      Row middles = ScoreTransforms.middles(values, counts).head();
      counts
          .keySet()
          .forEach(name -> ranks.put(name, new Ranks(middles.getList(middles.fieldIndex(name)))));
    }
    return scores.stream()
        .map(score -> ScoreTransforms.score(values, score, ranks))
        .reduce(Dataset::union)
        .orElseThrow();
  }
}

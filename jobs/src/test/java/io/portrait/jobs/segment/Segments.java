package io.portrait.jobs.segment;

import io.portrait.common.config.Expression;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.config.Place;
import io.portrait.common.config.Title;
import java.util.Optional;

/** Segments for tests. */
final class Segments {

  private Segments() {}

  /** A segment that stands on this line of scores.yaml, its rule on the next. */
  static NamedSegment of(int line, String code, String rule) {
    String key = "segments[" + line + "]";
    return new NamedSegment(
        code,
        new Title("Title of " + code, code + "之標題"),
        "Who is " + code + ".",
        new Expression(rule, new Place("scores.yaml", line + 1, key + ".rule")),
        new Title("Do", "做"),
        Optional.empty(),
        new Place("scores.yaml", line, key));
  }
}

package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Answers to surveys as JSON lines, a file a year: satisfaction, recommendation and reviews. */
final class Surveys {

  static final Mess INVALID_SCORE = new Mess("invalid_score", 0.012, "a score of 11 or -1, or n/a");
  static final Mess MISSING_SCORE = new Mess("missing_score", 0.01, "no score");
  static final Mess TEXT_SCORE =
      new Mess("text_score", 0.1, "the score is text, as \"4\" or \"4/5\"");

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
  private static final LocalDateTime END = Foodmart.LAST_DAY.atTime(23, 59);
  private static final String[] COMMENTS = {
    "Muy rápido, gracias!", "Prix trop élevés", "The \"fresh\" fish was not.", "ok", "👍"
  };

  private Surveys() {}

  /** Writes {@code surveys/surveys-1997.jsonl} and {@code surveys/surveys-1998.jsonl}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    Tally tally = new Tally("surveys");
    List<Answer> answers = new ArrayList<>();
    for (Order order : foodmart.orders()) {
      Dice dice = Dice.of(seed, "survey " + order.id(), 0);
      if (dice.chance(0.11)) {
        LocalDateTime given =
            order
                .day()
                .plusDays(dice.between(0, 7))
                .atTime(dice.between(7, 22), dice.between(0, 59), dice.between(0, 59));
        if (given.isBefore(END)) {
          answers.add(new Answer(given, order.customer(), dice));
        }
      }
    }
    answers.sort(comparing(Answer::given).thenComparing(a -> a.customer.id()));
    int number = 0;
    for (int year = 1997; year <= 1998; year++) {
      String name = "surveys/surveys-" + year + ".jsonl";
      try (RawFile file = RawFile.create(out, name, StandardCharsets.UTF_8, tally)) {
        for (; number < answers.size() && answers.get(number).given.getYear() == year; number++) {
          writeAnswer(number + 1, answers.get(number), seed, file, tally);
        }
      }
    }
    return tally;
  }

  private static void writeAnswer(int number, Answer answer, long seed, RawFile file, Tally tally) {
    Dice dice = answer.dice;
    String type = dice.pick("csat", "csat", "CSAT", "nps", "NPS", "review");
    JsonLine json = new JsonLine().text("id", String.format(Locale.ROOT, "S-%06d", number));
    String customer = tally.customerId(answer.customer, dice);
    if (!customer.isEmpty()) {
      json.raw("customer", customer);
    }
    json.text("type", type);
    boolean isNps = type.equalsIgnoreCase("nps");
    int score = score(Persona.of(seed, answer.customer).patience(), isNps ? 10 : 5, dice);
    if (tally.hits(INVALID_SCORE, dice)) {
      json.raw("score", dice.pick("11", "-1", "\"n/a\""));
    } else if (tally.hits(TEXT_SCORE, dice)) {
      json.text("score", dice.chance(0.5) ? "" + score : score + (isNps ? "/10" : "/5"));
    } else if (!tally.hits(MISSING_SCORE, dice)) {
      json.raw("score", dice.chance(0.1) ? score + ".0" : "" + score);
    }
    json.text(
        "at",
        dice.chance(0.5)
            ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(answer.given.atZone(ZONE))
            : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                answer.given.atZone(ZONE).withZoneSameInstant(ZoneOffset.UTC)));
    if (dice.chance(0.4)) {
      json.text("comment", dice.pick(COMMENTS));
    }
    file.row(json.toString());
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(json.toString());
    }
  }

  /** Patient customers score high: 1 to 5, or 0 to 10. */
  private static int score(double patience, int highest, Dice dice) {
    int lowest = highest == 10 ? 0 : 1;
    long score = Math.round(highest * dice.bell(0.35 + 0.7 * patience, 0.17));
    return (int) Math.max(lowest, Math.min(highest, score));
  }

  private record Answer(LocalDateTime given, Customer customer, Dice dice) {}
}

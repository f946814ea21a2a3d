package io.portrait.jobs.consent;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Place;
import io.portrait.common.config.Purpose;
import io.portrait.common.config.Score;
import io.portrait.common.config.Tag;
import io.portrait.common.error.Fault;
import java.util.ArrayList;
import java.util.List;

/** Finds purposes that tags, scores and segments name and nobody declares. */
public final class PurposeCheck {

  private PurposeCheck() {}

  /** Every fault of the purposes that the catalogue names. */
  public static List<Fault> check(Catalogue catalogue) {
    List<String> declared = catalogue.purposes().stream().map(Purpose::code).toList();
    List<Fault> faults = new ArrayList<>();
    for (Tag tag : catalogue.tags()) {
      check(tag.purpose(), tag.place(), declared, faults);
    }
    for (Score score : catalogue.scores().scores()) {
      check(score.purposeOrDefault(), score.place(), declared, faults);
    }
    for (NamedSegment segment : catalogue.scores().segments()) {
      check(segment.purposeOrDefault(), segment.place(), declared, faults);
    }
    return faults;
  }

  private static void check(
      String purpose, Place place, List<String> declared, List<Fault> faults) {
    if (!declared.contains(purpose)) {
      faults.add(
          place.fault("unknown purpose '" + purpose + "'. " + NearestName.hint(purpose, declared)));
    }
  }
}

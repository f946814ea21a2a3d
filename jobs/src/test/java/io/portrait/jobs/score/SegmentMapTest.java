package io.portrait.jobs.score;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Place;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Scores.Segment;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.config.Title;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentMapTest {

  private static final Place RFM = new Place("scores.yaml", 1, "rfm");

  @Test
  void givesEveryCodeOfTheShippedMapOneSegmentAndEverySegmentItsCodes() {
    Rfm rfm = ShippedScores.load().rfm();

    assertThat(SegmentMap.faults(rfm)).isEmpty();
    Map<Segment, List<String>> codes = SegmentMap.codes(rfm.segments(), 5);
    assertThat(codes).doesNotContainKey(null);
    assertThat(codes.values().stream().mapToInt(List::size).sum()).isEqualTo(125);
    assertThat(
            codes.entrySet().stream()
                .collect(toMap(e -> e.getKey().code(), e -> e.getValue().size())))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("champions", 8),
                Map.entry("cant_lose", 4),
                Map.entry("new", 5),
                Map.entry("promising", 10),
                Map.entry("lost", 4),
                Map.entry("potential_loyalist", 20),
                Map.entry("need_attention", 10),
                Map.entry("loyal", 22),
                Map.entry("about_to_sleep", 10),
                Map.entry("hibernating", 6),
                Map.entry("at_risk", 26)));
  }

  @Test
  void givesTypicalCodesTheSegmentThatAPersonWouldGiveThem() {
    SegmentMap map = SegmentMap.of(ShippedScores.load().rfm());

    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("555", "champions"),
            Map.entry("444", "champions"),
            Map.entry("543", "loyal"),
            Map.entry("344", "loyal"),
            Map.entry("533", "potential_loyalist"),
            Map.entry("421", "potential_loyalist"),
            Map.entry("511", "new"),
            Map.entry("515", "new"),
            Map.entry("411", "promising"),
            Map.entry("311", "promising"),
            Map.entry("333", "need_attention"),
            Map.entry("322", "need_attention"),
            Map.entry("222", "about_to_sleep"),
            Map.entry("233", "at_risk"),
            Map.entry("255", "at_risk"),
            Map.entry("143", "at_risk"),
            Map.entry("155", "cant_lose"),
            Map.entry("144", "cant_lose"),
            Map.entry("124", "hibernating"),
            Map.entry("111", "lost"));

    expected.forEach(
        (code, segment) ->
            assertThat(
                    map.segment(code.charAt(0) - '0', code.charAt(1) - '0', code.charAt(2) - '0')
                        .code())
                .as(code)
                .isEqualTo(segment));
  }

  @Test
  void keepsSegmentsOfCustomersSeenLatelyApartFromThoseOfCustomersLongGone() {
    Rfm rfm = ShippedScores.load().rfm();

    SegmentMap.codes(rfm.segments(), 5)
        .forEach(
            (segment, codes) -> {
              boolean gone =
                  List.of("cant_lose", "lost", "hibernating", "at_risk", "about_to_sleep")
                      .contains(segment.code());
              assertThat(codes)
                  .as(segment.code())
                  .allSatisfy(code -> assertThat(code.charAt(0) <= '2').isEqualTo(gone));
            });
  }

  /** The map found in most tutorials, first match in its order. */
  @Test
  void tellsWhatIsWrongWithTheCommonMap() {
    List<Segment> common = new ArrayList<>();
    common.add(segment(2, "champions", List.of(4, 5), List.of(4, 5)));
    common.add(segment(3, "loyal", List.of(2, 5), List.of(3, 5)));
    common.add(segment(4, "potential_loyalist", List.of(3, 5), List.of(1, 3)));
    common.add(segment(5, "new", List.of(4, 5), List.of(1, 1)));
    common.add(segment(6, "promising", List.of(3, 4), List.of(1, 1)));
    common.add(segment(7, "need_attention", List.of(2, 3), List.of(2, 3)));
    common.add(segment(8, "about_to_sleep", List.of(2, 3), List.of(1, 2)));
    common.add(segment(9, "at_risk", List.of(1, 2), List.of(2, 5)));
    common.add(segment(10, "cant_lose", List.of(1, 1), List.of(4, 5)));
    common.add(segment(11, "hibernating", List.of(1, 2), List.of(1, 2)));
    common.add(segment(12, "lost", List.of(1, 2), List.of(1, 2)));

    List<Fault> faults = SegmentMap.faults(rfm(5, common));

    assertThat(faults).hasSize(5);
    assertThat(faults.get(0).toString())
        .isEqualTo(
            "scores.yaml:1: rfm: 36 of the 125 codes (recency, frequency, monetary) belong to no"
                + " segment: 113, 114, 115, 131, 141, 151, 213, 214, 215, 231, 241, 251, ...."
                + " Widen a range, or end with a segment without ranges.");
    assertThat(faults.subList(1, 5).stream().map(Fault::line)).containsExactly(5, 6, 10, 12);
    assertThat(faults.get(1).problem())
        .isEqualTo(
            "segment 'new': it can never be reached: segments above it take all of its codes"
                + " (potential_loyalist 2). Move it up, or narrow those.");
  }

  @Test
  void refusesScoresThatNoBinHasAndACodeGivenTwice() {
    Rfm rfm =
        rfm(
            3,
            List.of(
                segment(2, "a", List.of(1, 5), List.of()), segment(3, "a", List.of(), List.of())));

    assertThatThrownBy(() -> SegmentMap.of(rfm))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("scores.yaml:2: rfm.segments: segment 'a': the range [1, 5] leaves")
        .hasMessageContaining("scores.yaml:3: rfm.segments: segment 'a': the code is given to two");
  }

  private static Segment segment(int line, String code, List<Integer> r, List<Integer> fm) {
    Title title = new Title(code, code);
    return new Segment(
        code, r, fm, fm, title, title, new Place("scores.yaml", line, "rfm.segments"));
  }

  private static Rfm rfm(int bins, List<Segment> segments) {
    return new Rfm("r", "f", "m", bins, Map.of(), segments, RFM);
  }
}

package io.portrait.jobs.fitscorecard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Weights and values are those of a spreadsheet: ln(share of goods / share of bads). */
class BinningTest {

  private static final Input NUMBER = new Input("x", "x", true, 0);
  private static final Input TEXT = new Input("t", "t", false, 0);

  @Test
  void weighsEvidence() {
    // A third of the goods and two thirds of the bads: ln(1/2), and its counterpart ln(2).
    Characteristic found =
        new Binning(new Counts(300, 150))
            .text(
                TEXT,
                Map.of("low", new Counts(100, 100), "high", new Counts(200, 50)),
                Counts.NONE,
                Counts.NONE);

    assertThat(found.bins(Bin.Kind.CATEGORY))
        .filteredOn(bin -> bin.category().equals("low"))
        .singleElement()
        .satisfies(bin -> assertThat(bin.weight()).isCloseTo(-0.693147, within(1e-6)));
    // (1/3 - 2/3) ln(1/2) + (2/3 - 1/3) ln(2)
    assertThat(found.informationValue()).isCloseTo(0.462098, within(1e-6));
    assertThat(found.countTelling()).isEqualTo(2);
  }

  @Test
  void mergesClassesThatAreTooSmallOrOfOneKindOrAlike() {
    Characteristic found =
        new Binning(new Counts(800, 200))
            .numeric(
                NUMBER,
                List.of(1.0, 2.0, 3.0, 4.0),
                List.of(
                    new Counts(200, 100),
                    new Counts(190, 95),
                    new Counts(10, 2),
                    new Counts(100, 0),
                    new Counts(300, 3)),
                Counts.NONE);

    // 1 to 2 is as below 1; 2 to 3 has 12 rows, fewer than 50, and is more like those below; 3 to 4
    // has no bad.
    assertThat(found.bins(Bin.Kind.RANGE))
        .extracting(bin -> bin.from() + " " + bin.to() + " " + bin.counts())
        .containsExactly(
            "OptionalDouble.empty OptionalDouble[3.0] Counts[goods=400, bads=197]",
            "OptionalDouble[3.0] OptionalDouble.empty Counts[goods=400, bads=3]");
    assertThat(found.missing().weight()).isZero();
  }

  @Test
  void keepsSixBinsAtMostAndInOrderIfThatCostsLittle() {
    TreeMap<Double, Counts> classes = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      // Rising, but for a dent that is no more than chance.
      long bads = i == 10 ? 1060 : 1000 + 100L * i;
      classes.put((double) i, new Counts(10_000 - bads, bads));
    }
    Counts all = classes.values().stream().reduce(Counts.NONE, Counts::plus);

    List<Bin> bins =
        new Binning(all)
            .numeric(
                NUMBER,
                List.copyOf(classes.tailMap(1.0).keySet()),
                List.copyOf(classes.values()),
                Counts.NONE)
            .bins(Bin.Kind.RANGE);

    assertThat(bins).hasSizeBetween(4, 6);
    assertThat(bins).extracting(Bin::weight).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void keepsWeightsThatRiseAndFallIfTheyTellMuch() {
    Characteristic found =
        new Binning(new Counts(1400, 1400))
            .numeric(
                NUMBER,
                List.of(1.0, 2.0),
                List.of(new Counts(200, 800), new Counts(1000, 200), new Counts(200, 400)),
                Counts.NONE);

    assertThat(found.bins(Bin.Kind.RANGE)).hasSize(3);
  }

  @Test
  void knowsNothingOfAConstant() {
    Characteristic found =
        new Binning(new Counts(60, 40))
            .numeric(NUMBER, List.of(), List.of(new Counts(58, 40)), new Counts(2, 0));

    assertThat(found.informationValue()).isZero();
    assertThat(found.bins()).extracting(Bin::weight).containsOnly(0.0);
  }

  @Test
  void weighsMissingValuesOnceThereAreEnough() {
    Characteristic found =
        new Binning(new Counts(300, 150))
            .numeric(NUMBER, List.of(), List.of(new Counts(200, 50)), new Counts(100, 100));

    assertThat(found.missing().weight()).isCloseTo(-0.693147, within(1e-6));
    assertThat(found.informationValue()).isCloseTo(0.231049, within(1e-6));
  }

  @Test
  void measuresDiscriminationWithTies() {
    // Of 4 x 3 pairs 8.5 are in order: AUC 0.708333. After score 1: 2/3 of bads, 1/4 of goods.
    Discrimination found =
        Discrimination.of(
            new TreeMap<>(
                Map.of(
                    1L, new Counts(1, 2),
                    2L, new Counts(1, 0),
                    3L, new Counts(1, 1),
                    4L, new Counts(1, 0))));

    assertThat(found.auc()).isCloseTo(8.5 / 12, within(1e-12));
    assertThat(found.gini()).isCloseTo(5.0 / 12, within(1e-12));
    assertThat(found.kolmogorovSmirnov()).isCloseTo(2 / 3.0 - 1 / 4.0, within(1e-12));
    assertThat(found.counts()).isEqualTo(new Counts(4, 3));
  }

  @Test
  void scalesAsPublished() {
    assertThat(Scorecard.SCALE.factor()).isCloseTo(28.8539, within(5e-5));
    assertThat(Scorecard.SCALE.offset()).isCloseTo(487.123, within(5e-4));
    // Odds 50 to 1 are 600 points.
    assertThat(Scorecard.of(Math.log(50), List.of()).base()).isEqualTo(600);
    assertThat(
            new Scorecard.Item(new Characteristic(TEXT, List.of(), 0), 0.5)
                .points(Bin.category("a", Counts.NONE, Math.log(4))))
        .isEqualTo(20);
  }
}

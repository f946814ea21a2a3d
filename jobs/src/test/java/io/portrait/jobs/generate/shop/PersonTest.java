package io.portrait.jobs.generate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The people are drawn from the distributions that the truth names. */
class PersonTest {

  private static final ShopPlan PLAN = new ShopPlan(20_000, 730, 3, 0);
  private static final Person.Draw DRAW = new Person.Draw(PLAN);
  private static final List<Person> PEOPLE =
      LongStream.range(0, PLAN.customers()).mapToObj(DRAW::person).toList();

  @Test
  void followTheirModels() {
    // Means of gamma, beta and inverse gamma distributions; three standard errors or more.
    assertThat(mean(PEOPLE.stream().mapToDouble(p -> p.traits().weeklyRate()).toArray()))
        .isCloseTo(0.1, within(0.0025));
    assertThat(mean(PEOPLE.stream().mapToDouble(p -> p.traits().dropout()).toArray()))
        .isCloseTo(0.2, within(0.005));
    assertThat(mean(PEOPLE.stream().mapToDouble(p -> p.traits().meanSpend()).toArray()))
        .isCloseTo(6 * 600 / 3.0, within(25.0));
  }

  @Test
  void buyInTheYearAfterTheHistoryAsTheirRatesPromise() {
    double realised = 0;
    double expected = 0;
    for (Person person : PEOPLE) {
      Traits traits = person.traits();
      realised += person.life().purchases().size() - person.life().history(730).size();
      if (!person.life().isDead(730)) {
        double days = DRAW.futureDays(traits.region());
        expected += ShopModel.expectedPurchases(traits.weeklyRate() / 7 * days, traits.dropout());
      }
    }
    assertThat(realised / expected).isCloseTo(1, within(0.03));
  }

  @Test
  void buyOnceADayAtMostAndNeverAfterTheirDeath() {
    for (Person person : PEOPLE) {
      List<Life.Purchase> purchases = person.life().purchases();
      for (int i = 1; i < purchases.size(); i++) {
        assertThat(purchases.get(i).day()).isGreaterThan(purchases.get(i - 1).day());
      }
      if (person.life().diedOn() >= 0) {
        assertThat(purchases.get(purchases.size() - 1).day()).isEqualTo(person.life().diedOn());
      }
    }
  }

  @Test
  void buyMoreInSeasonAndAfterAContact() {
    for (Region region : Region.values()) {
      double year = IntStream.rangeClosed(1, 12).mapToDouble(region::season).sum();
      assertThat(year / 12).isCloseTo(1, within(0.01));
    }
    // Of regions of opposite seasons, so that it does not count how many customers there are when.
    assertBoughtInSeason(Region.NORTH, 12, Region.SOUTH, 6);
    assertBoughtInSeason(Region.CENTRAL, 3, Region.EAST, 9);
    long[] contacts = new long[2];
    long[] purchases = new long[2];
    for (Person person : PEOPLE) {
      int group = person.campaigns().isHeldOut() ? 1 : 0;
      for (int day : person.campaigns().selections()) {
        contacts[group]++;
        purchases[group] +=
            person.life().purchases().stream()
                .filter(p -> p.day() > day && p.day() <= day + ShopModel.CAMPAIGN_DAYS)
                .count();
      }
    }
    double written = (double) purchases[0] / contacts[0];
    double heldOut = (double) purchases[1] / contacts[1];
    assertThat(written / heldOut).isBetween(1.25, 1.8);
  }

  /**
   * Purchases of three months about a peak to those about the other, in one region to the other.
   */
  private static void assertBoughtInSeason(Region one, int peak, Region other, int otherPeak) {
    double bought =
        bought(one, peak) / bought(one, otherPeak) * bought(other, otherPeak) / bought(other, peak);
    double promised =
        promised(one, peak)
            / promised(one, otherPeak)
            * promised(other, otherPeak)
            / promised(other, peak);
    assertThat(promised).isGreaterThan(1.5);
    assertThat(bought / promised).as(one + " and " + other).isCloseTo(1, within(0.1));
  }

  /** In the three years of the history and after; the first purchase knows no season. */
  private static double bought(Region region, int month) {
    ShopClock clock = new ShopClock(PLAN.days());
    return PEOPLE.stream()
        .filter(person -> person.traits().region() == region)
        .flatMap(person -> person.life().purchases().stream().skip(1))
        .filter(purchase -> isNear(clock.day(purchase.day()).getMonthValue(), month))
        .count();
  }

  private static double promised(Region region, int month) {
    return IntStream.rangeClosed(1, 12)
        .filter(near -> isNear(near, month))
        .mapToDouble(region::season)
        .sum();
  }

  private static boolean isNear(int month, int peak) {
    int apart = Math.abs(month - peak);
    return Math.min(apart, 12 - apart) <= 1;
  }

  @Test
  void shareNoAccountAddressOrNumber() {
    Set<String> seen = new HashSet<>();
    for (Person person : PEOPLE) {
      Set<String> own = new HashSet<>();
      for (Account account : person.accounts()) {
        assertThat(seen.add(account.id())).isTrue();
        if (account.email() != null) {
          own.add(account.email());
        }
        if (account.phone() != null) {
          own.add(account.phone());
        }
      }
      person.orders().forEach(order -> own.add(order.id()));
      for (String value : own) {
        assertThat(seen.add(value)).isTrue();
      }
    }
  }

  @Test
  void areOfGroupsThatDifferInWhatTheyPayAndSendBack() {
    Map<Group, double[]> sums = new EnumMap<>(Group.class);
    for (Person person : PEOPLE) {
      double[] sum = sums.computeIfAbsent(person.traits().group(), key -> new double[5]);
      for (Order order : person.orders()) {
        if (!order.isCancelled()) {
          sum[0]++;
          sum[1] += order.amount();
          for (Order.Line line : order.lines()) {
            sum[2] += line.discount();
            sum[3] += line.refundAmount();
            sum[4]++;
          }
        }
      }
    }
    double[] premium = sums.get(Group.PREMIUM_BUYER);
    double[] regular = sums.get(Group.REGULAR);
    double[] bargain = sums.get(Group.BARGAIN_HUNTER);
    assertThat(premium[1] / premium[0]).isGreaterThan(1.7 * regular[1] / regular[0]);
    assertThat(bargain[2] / bargain[1]).isGreaterThan(5 * regular[2] / regular[1]);
    assertThat(premium[3] / premium[1]).isGreaterThan(5 * regular[3] / regular[1]);
    assertThat(regular[4] / regular[0]).isGreaterThan(2 * bargain[4] / bargain[0]);
  }

  @Test
  void areRefusedInImpossibleNumbers() {
    assertThatThrownBy(() -> new ShopPlan(0, 730, 1, 0))
        .hasMessage("--customers must be 1 to 50000000, is 0");
    assertThatThrownBy(() -> new ShopPlan(1, 29, 1, 0))
        .hasMessage("--days must be 30 to 7300, is 29");
    assertThatThrownBy(() -> new ShopPlan(1, 30, 1, 30))
        .hasMessage("--newest-days must be 0 to 29, is 30");
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}

package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a person agreed to and which campaigns selected the person.
 *
 * @param isHeldOut never written to, by a hash of the person's number
 * @param acceptsMarketing has agreed to marketing at the start
 * @param withdrawnOn day from which marketing is refused again, or -1
 * @param selections days of the campaigns that selected the person, held out or not, in order
 */
record Campaigns(
    boolean isHeldOut, boolean acceptsMarketing, int withdrawnOn, List<Integer> selections) {

  /** Day of the month of a campaign. */
  private static final int DAY_OF_MONTH = 10;

  /** Draws what was agreed to, and the campaigns; they know nothing of purchases. */
  static Campaigns of(ShopPlan plan, long person, int startDay, ShopClock clock) {
    Dice dice = plan.dice("shop campaigns", person);
    boolean isHeldOut = plan.dice("shop hold-out", person).chance(ShopModel.HOLD_OUT_SHARE);
    boolean accepts = dice.chance(0.72);
    int withdrawnOn = accepts && dice.chance(0.06) ? dice.between(startDay, clock.days() - 1) : -1;
    List<Integer> selections = new ArrayList<>();
    LocalDate date = clock.day(startDay);
    int day = startDay + DAY_OF_MONTH - date.getDayOfMonth();
    if (day <= startDay) {
      day += date.lengthOfMonth();
    }
    while (day < clock.days()) {
      boolean isAllowed = accepts && (withdrawnOn < 0 || day < withdrawnOn);
      if (dice.chance(ShopModel.CAMPAIGN_SELECTION) && isAllowed) {
        selections.add(day);
      }
      day += clock.day(day).lengthOfMonth();
    }
    return new Campaigns(isHeldOut, accepts, withdrawnOn, List.copyOf(selections));
  }

  /** Days on which the person was written to. */
  List<Integer> contacts() {
    return isHeldOut ? List.of() : selections;
  }
}

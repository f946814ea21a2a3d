package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.shop.Account.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is true of the people; no source of the line. */
final class Truth {

  /** One row per person. Money in whole dollars; days as days since 1970. */
  static final String CUSTOMER =
      """
      message customer {
        required int64 person_id;
        required binary segment (STRING);
        required binary region (STRING);
        required int32 first_purchase_on (DATE);
        required double weekly_rate;
        required double dropout;
        required double mean_spend;
        required double price_sensitivity;
        required binary favourite_category (STRING);
      """
          + Products.CATEGORIES.stream()
              .map(c -> "  required double interest_" + c.toLowerCase(Locale.ROOT) + ";\n")
              .collect(Collectors.joining())
          + """
              required int64 purchases;
              required int64 amount;
              required int32 last_purchase_on (DATE);
              required boolean is_churned;
              optional int32 died_on (DATE);
              required int64 future_purchases_90d;
              required int64 future_purchases_365d;
              required int64 future_amount_90d;
              required int64 future_amount_365d;
              required double expected_purchases_365d;
              required double expected_amount_365d;
              required boolean is_held_out;
              required boolean accepts_marketing;
              required int64 income;
              required boolean is_defaulter;
              required double patience;
            }""";

  /** One row per account, cookies of visitors included. */
  static final String IDENTITY =
      """
      message identity {
        required int64 person_id;
        required binary realm (STRING);
        required binary account_id (STRING);
        required binary link (STRING);
        required boolean is_linkable;
      }""";

  /** One row per person and campaign that selected the person, held out or not. */
  static final String CAMPAIGN =
      """
      message campaign {
        required int64 person_id;
        required binary campaign_id (STRING);
        required int32 selected_on (DATE);
        required boolean is_held_out;
        required boolean is_alive;
        required int64 purchases_7d;
      }""";

  /** One row per parameter. */
  static final String MODEL =
      """
      message model {
        required binary parameter (STRING);
        optional binary region (STRING);
        optional int32 month;
        required double value;
      }""";

  private static final int QUARTER = 90;

  private Truth() {}

  /**
   * Writes what is true of a person.
   *
   * @param cookies the person's cookies in the log, and whether the person signed in with each
   * @param futureDays days of mean season in the year after the history
   */
  static void write(
      Person person,
      Map<String, Boolean> cookies,
      ShopClock clock,
      double futureDays,
      ShopFiles files)
      throws IOException {
    // The truth is of the whole history, so it is never a delivery of its newest days.
    files.on(0);
    files.row(Output.TRUTH_CUSTOMER, customer(person, clock, futureDays));
    for (Account account : person.accounts()) {
      files.row(
          Output.TRUTH_IDENTITY,
          person.number(),
          account.realm(),
          account.id(),
          account.link().name().toLowerCase(Locale.ROOT),
          account.link() != Link.NONE);
    }
    for (Map.Entry<String, Boolean> cookie : cookies.entrySet()) {
      files.row(
          Output.TRUTH_IDENTITY,
          person.number(),
          "visitor",
          cookie.getKey(),
          cookie.getValue() ? "sign_in" : "none",
          cookie.getValue());
    }
    for (int day : person.campaigns().selections()) {
      int died = person.life().diedOn();
      files.row(
          Output.TRUTH_CAMPAIGN,
          person.number(),
          CampaignRows.campaign(day, clock),
          epochDay(day, clock),
          person.campaigns().isHeldOut(),
          died < 0 || died > day,
          person.life().purchases().stream()
              .filter(p -> p.day() > day && p.day() <= day + ShopModel.CAMPAIGN_DAYS)
              .count());
    }
  }

  /** Writes the parameters that the people are drawn from. */
  static void writeModel(ShopFiles files) throws IOException {
    parameter("bg_nbd.r", ShopModel.R, files);
    parameter("bg_nbd.alpha", ShopModel.ALPHA, files);
    parameter("bg_nbd.a", ShopModel.A, files);
    parameter("bg_nbd.b", ShopModel.B, files);
    parameter("gamma_gamma.p", ShopModel.P, files);
    parameter("gamma_gamma.q", ShopModel.Q, files);
    parameter("gamma_gamma.gamma", ShopModel.GAMMA, files);
    parameter("campaign.effect", ShopModel.CAMPAIGN_EFFECT, files);
    parameter("campaign.effect_days", ShopModel.CAMPAIGN_DAYS, files);
    parameter("campaign.hold_out_share", ShopModel.HOLD_OUT_SHARE, files);
    for (Region region : Region.values()) {
      for (int month = 1; month <= 12; month++) {
        files.row(Output.TRUTH_MODEL, "season.index", region.title(), month, region.season(month));
      }
    }
  }

  private static void parameter(String name, double value, ShopFiles files) throws IOException {
    files.row(Output.TRUTH_MODEL, name, null, null, value);
  }

  private static Object[] customer(Person person, ShopClock clock, double futureDays) {
    Traits traits = person.traits();
    Life life = person.life();
    List<Life.Purchase> past = life.history(clock.days());
    boolean isDead = life.isDead(clock.days());
    double expected =
        isDead
            ? 0
            : ShopModel.expectedPurchases(traits.weeklyRate() / 7 * futureDays, traits.dropout());
    List<Object> values =
        new ArrayList<>(
            List.of(
                person.number(),
                traits.group().code(),
                traits.region().title(),
                epochDay(traits.startDay(), clock),
                traits.weeklyRate(),
                traits.dropout(),
                traits.meanSpend(),
                traits.sensitivity(),
                Products.CATEGORIES.get(traits.favourite())));
    values.addAll(traits.interests());
    values.add((long) past.size());
    values.add(past.stream().mapToLong(Life.Purchase::amount).sum());
    values.add(epochDay(past.get(past.size() - 1).day(), clock));
    values.add(isDead);
    values.add(isDead ? epochDay(life.diedOn(), clock) : null);
    values.add(future(person, clock, QUARTER).count());
    values.add(future(person, clock, ShopModel.FUTURE_DAYS).count());
    values.add(future(person, clock, QUARTER).mapToLong(Life.Purchase::amount).sum());
    values.add(future(person, clock, ShopModel.FUTURE_DAYS).mapToLong(Life.Purchase::amount).sum());
    values.add(expected);
    values.add(expected * traits.meanSpend());
    values.add(person.campaigns().isHeldOut());
    values.add(person.campaigns().acceptsMarketing());
    values.add(traits.income());
    values.add(traits.isDefaulter());
    values.add(traits.patience());
    return values.toArray();
  }

  private static Stream<Life.Purchase> future(Person person, ShopClock clock, int days) {
    return person.life().purchases().stream()
        .filter(p -> p.day() >= clock.days() && p.day() < clock.days() + days);
  }

  private static int epochDay(int day, ShopClock clock) {
    return Math.toIntExact(clock.day(day).toEpochDay());
  }
}

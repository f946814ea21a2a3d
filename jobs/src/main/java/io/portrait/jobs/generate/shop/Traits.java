package io.portrait.jobs.generate.shop;

import io.portrait.jobs.generate.Dice;
import java.util.Arrays;
import java.util.List;

/**
 * Who a person is: what files never say as such.
 *
 * @param group planted group
 * @param region where the person lives and buys
 * @param city city
 * @param weeklyRate purchases a week while a customer
 * @param dropout probability to stay away for ever after a repeat purchase
 * @param spendRate rate of the gamma distribution of a purchase's spend
 * @param sensitivity to prices, 0 to 1
 * @param interests weight of each category, summing to 1
 * @param favourite the category with the greatest weight
 * @param startDay day of the first purchase
 * @param isOnline comes to the web shop
 * @param usualHour hour around which the person is active, 8 to 22
 * @param payment how the person mostly pays
 * @param patience 0 (complains soon, answers badly) to 1
 * @param familyName family name
 * @param givenName given name
 * @param isFemale female
 * @param birthYear year of birth
 * @param occupation occupation
 * @param income yearly income, dollars
 * @param assets what the person owns, dollars
 * @param isHomeOwner owns the home
 * @param cars cars
 * @param creditworthiness standard normal; greater is better
 * @param isDefaulter will not pay a loan back
 */
record Traits(
    Group group,
    Region region,
    String city,
    double weeklyRate,
    double dropout,
    double spendRate,
    double sensitivity,
    List<Double> interests,
    int favourite,
    int startDay,
    boolean isOnline,
    int usualHour,
    String payment,
    double patience,
    String familyName,
    String givenName,
    boolean isFemale,
    int birthYear,
    String occupation,
    long income,
    long assets,
    boolean isHomeOwner,
    int cars,
    double creditworthiness,
    boolean isDefaulter) {

  /** Of a gamma number with shape 4, one in five is smaller: the top fifth of mean spend. */
  private static final double TOP_SPENDER = 2.2968;

  /** Of a gamma number with shape 0.8, one in two is smaller. */
  private static final double MEDIAN_RATE = 0.5007;

  /** Of the dropout probabilities, about a third is greater. */
  private static final double FICKLE = 0.23;

  /** Share of those who are in a group by chance. */
  private static final double MISFITS = 0.04;

  /** Share of the history in which first purchases happen. */
  private static final double START_SHARE = 0.6;

  private static final List<String> FAMILY_NAMES =
      List.of(
          "Chen", "Lin", "Huang", "Chang", "Lee", "Wang", "Wu", "Liu", "Tsai", "Yang", "Hsu",
          "Cheng", "Hsieh", "Kuo", "Hung", "Chiu", "Tseng", "Liao", "Lai", "O'Hara");
  private static final List<String> GIVEN_NAMES =
      List.of(
          "Mei-Ling",
          "Yu-Ting",
          "Chih-Wei",
          "Jia-Hao",
          "Amy",
          "Kevin",
          "Shu-Fen",
          "Tzu-Han",
          "Wei-Lun",
          "Ya-Wen",
          "Jason",
          "Grace",
          "Pei-Shan",
          "Kuan-Yu",
          "Hsiao-Wei",
          "Ming");
  private static final List<String> OCCUPATIONS =
      List.of("professional", "management", "clerical", "manual", "student", "retired");

  /** Draws a person. */
  static Traits of(ShopPlan plan, long person) {
    Dice dice = plan.dice("shop traits", person);
    double rate = dice.gamma(ShopModel.R);
    double dropout = dice.beta(ShopModel.A, ShopModel.B);
    double spend = dice.gamma(ShopModel.Q);
    Group group = group(rate, dropout, spend, dice);
    Region region = Region.draw(dice);
    List<Double> interests = interests(group, dice);
    // Who spends more tends to earn more.
    double standing =
        0.45 * (StrictMath.log(3.67 / spend) / 0.55) + StrictMath.sqrt(1 - 0.2) * dice.normal();
    long income = 10_000 * Math.round(62 * StrictMath.exp(0.42 * standing));
    double creditworthiness = 0.3 * standing + 0.954 * dice.normal();
    int age = 20 + (int) Math.round(55 * dice.beta(1.8, 2.6));
    int hour = dice.pick(8, 9, 12, 12, 13, 18, 19, 20, 20, 21, 21, 22);
    return new Traits(
        group,
        region,
        dice.pick(region.cities()),
        rate / ShopModel.ALPHA,
        dropout,
        spend / ShopModel.GAMMA,
        sensitivity(group, dice),
        interests,
        favourite(interests),
        (int) (dice.uniform() * START_SHARE * plan.days()),
        group == Group.BROWSER || dice.chance(0.45),
        hour,
        payment(age, dice),
        dice.beta(4, 2),
        dice.pick(FAMILY_NAMES),
        dice.pick(GIVEN_NAMES),
        dice.chance(0.54),
        ShopClock.LAST_DAY.getYear() - age,
        dice.pick(OCCUPATIONS),
        income,
        Math.round(income * 4 * StrictMath.exp(0.7 * dice.normal()) / 10_000) * 10_000,
        dice.chance(logistic(-1.2 + 0.04 * (age - 30) + 0.5 * standing)),
        dice.chance(logistic(-0.3 + 0.6 * standing)) ? 1 + dice.streak(0.15, 2) : 0,
        creditworthiness,
        dice.chance(logistic(-3.1 - 1.4 * creditworthiness)));
  }

  /** Mean spend of a purchase, dollars. */
  double meanSpend() {
    return ShopModel.P / spendRate;
  }

  private static Group group(double rate, double dropout, double spend, Dice dice) {
    if (spend < TOP_SPENDER) {
      return Group.PREMIUM_BUYER;
    }
    if (dice.chance(MISFITS)) {
      return dice.pick(Group.REGULAR, Group.BARGAIN_HUNTER, Group.BROWSER);
    }
    if (dropout > FICKLE) {
      return Group.BROWSER;
    }
    return rate > MEDIAN_RATE ? Group.REGULAR : Group.BARGAIN_HUNTER;
  }

  private static double sensitivity(Group group, Dice dice) {
    double width = group.highestSensitivity() - group.lowestSensitivity();
    return group.lowestSensitivity() + width * dice.uniform();
  }

  /** One category above all, a second one, and a little of the others; regulars like many. */
  private static List<Double> interests(Group group, Dice dice) {
    int count = Products.CATEGORIES.size();
    int[] usual = group.favourites();
    int favourite =
        dice.chance(0.8) ? usual[dice.between(0, usual.length - 1)] : dice.between(0, count - 1);
    int second = (favourite + dice.between(1, count - 1)) % count;
    boolean isBroad = group == Group.REGULAR;
    double[] weights = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = 0.2 + dice.uniform();
      sum += weights[i];
    }
    double first = isBroad ? 0.25 : 0.65;
    double next = isBroad ? 0.12 : 0.22;
    for (int i = 0; i < count; i++) {
      weights[i] *= (1 - first - next) / sum;
    }
    weights[favourite] += first;
    weights[second] += next;
    return Arrays.stream(weights).boxed().toList();
  }

  private static int favourite(List<Double> interests) {
    int best = 0;
    for (int i = 1; i < interests.size(); i++) {
      if (interests.get(i) > interests.get(best)) {
        best = i;
      }
    }
    return best;
  }

  private static String payment(int age, Dice dice) {
    if (dice.chance(0.5)) {
      return "card";
    }
    return age < 40
        ? dice.pick("wallet", "wallet", "cash", "transfer")
        : dice.pick("cash", "cash", "transfer", "other");
  }

  private static double logistic(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}

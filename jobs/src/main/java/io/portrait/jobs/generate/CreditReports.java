package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reports of a credit bureau for about a third of the customers, one to four each; compressed, with
 * tabs. The score follows income, home, age and what is overdue.
 */
final class CreditReports {

  static final Mess NO_SCORE = new Mess("no_score", 0.03, "the score as NA or 0");
  static final Mess GROUPED = new Mess("grouped_digits", 0.2, "the balance as 12,345.00");

  private static final String HEADER =
      "report_id\tcustomer_id\treport_date\tscore\topen_loans\tloan_balance\toverdue_24m"
          + "\toverdue_amount\n";

  private CreditReports() {}

  /** Writes {@code credit/credit-reports.tsv.gz}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    Tally tally = new Tally("credit reports");
    List<Report> reports = new ArrayList<>();
    for (Customer customer : foodmart.customers()) {
      Dice dice = Dice.of(seed, "credit", customer.id());
      if (dice.chance(0.35)) {
        int usualOverdue = dice.streak(customer.incomeBand() < 2 ? 0.35 : 0.15, 6);
        int count = dice.between(1, 4);
        for (int i = 0; i < count; i++) {
          LocalDate day = Foodmart.FIRST_DAY.plusDays(180L * i + dice.between(0, 179));
          reports.add(new Report(day, customer, usualOverdue, dice.fork()));
        }
      }
    }
    reports.sort(comparing(Report::day).thenComparing(r -> r.customer.id()));
    String name = "credit/credit-reports.tsv.gz";
    try (RawFile file = RawFile.create(out, name, StandardCharsets.UTF_8, tally)) {
      file.head(HEADER);
      for (int i = 0; i < reports.size(); i++) {
        writeReport(i + 1, reports.get(i), file, tally);
      }
    }
    return tally;
  }

  private static void writeReport(int number, Report report, RawFile file, Tally tally) {
    Dice dice = report.dice;
    Customer customer = report.customer;
    int overdue = Math.max(0, report.usualOverdue + dice.pick(-1, 0, 0, 1));
    int loans = dice.streak(0.45, 5) + (customer.isHomeOwner() && customer.age() < 60 ? 1 : 0);
    double score =
        590
            + 18 * customer.incomeBand()
            + (customer.isHomeOwner() ? 25 : 0)
            + Math.min(40, customer.age() / 2)
            - 45 * overdue;
    long rounded = Math.round(Math.max(300, Math.min(850, dice.bell(score, 35))));
    long balance = 100L * loans * dice.between(500, 9_000 * (1 + customer.incomeBand()));
    String balanceText =
        tally.hits(GROUPED, dice)
            ? String.format(Locale.ROOT, "%,d.%02d", balance / 100, balance % 100)
            : Order.money(balance);
    String row =
        String.join(
            "\t",
            String.format(Locale.ROOT, "C-%06d", number),
            tally.customerId(customer, dice),
            report.day.format(DateTimeFormatter.BASIC_ISO_DATE),
            tally.hits(NO_SCORE, dice) ? dice.pick("NA", "0") : Long.toString(rounded),
            Integer.toString(loans),
            balanceText,
            Integer.toString(overdue),
            Order.money(overdue == 0 ? 0 : 100L * dice.between(20, 900)));
    file.row(row);
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(row);
    }
  }

  private record Report(LocalDate day, Customer customer, int usualOverdue, Dice dice) {}
}

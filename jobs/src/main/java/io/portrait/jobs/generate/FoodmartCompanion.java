package io.portrait.jobs.generate;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes up what FoodMart lacks: a web log, service tickets, surveys, payments, credit reports,
 * campaigns and consents of its customers, as raw files with a planned share of faults.
 *
 * <p>The same database and seed give the same bytes.
 */
public final class FoodmartCompanion {

  private FoodmartCompanion() {}

  /**
   * Writes all files and a {@code README.txt} that says what they are.
   *
   * @param jdbcUrl address of FoodMart, {@code jdbc:hsqldb:res:foodmart} for the embedded one
   * @param out folder, made if it is not there; files of the same name are replaced
   * @param seed another seed, another world
   * @param console told one line a kind of file
   * @throws JobException if the database cannot be read or the folder cannot be written
   */
  public static void generate(String jdbcUrl, Path out, long seed, PrintStream console) {
    Foodmart foodmart = Foodmart.read(jdbcUrl);
    try {
      List<Tally> tallies =
          List.of(
              AccessLogs.write(foodmart, out, seed),
              ServiceTickets.write(foodmart, out, seed),
              Surveys.write(foodmart, out, seed),
              Payments.write(foodmart, out, seed),
              CreditReports.write(foodmart, out, seed),
              CampaignTouches.write(foodmart, out, seed),
              Consents.write(foodmart, out, seed));
      Files.writeString(out.resolve("README.txt"), readme(seed, tallies), StandardCharsets.UTF_8);
      tallies.forEach(tally -> console.println(tally.summary()));
    } catch (IOException | UncheckedIOException e) {
      throw JobException.infrastructure(
          e, "The folder %s cannot be written: %s. Name another one.", out, e.getMessage());
    }
  }

  /**
   * Copies FoodMart itself into {@code out/database}, which opens faster than the embedded one:
   * {@code jdbc:hsqldb:file:OUT/database/foodmart;readonly=true}.
   *
   * @throws JobException if the database cannot be read or the folder cannot be written
   */
  public static void copyDatabase(String jdbcUrl, Path out) {
    FoodmartCopy.write(jdbcUrl, out.resolve("database"));
  }

  private static String readme(long seed, List<Tally> tallies) {
    StringBuilder text =
        new StringBuilder(
            """
            GENERATED DATA. Nothing in this folder is real.

            FoodMart (net.hydromatic:foodmart-data-hsqldb, Apache-2.0) has customers, products and sales.
            It has no web log, tickets, surveys, payments, credit reports, campaigns or consents: these
            files make them up for its customer ids, from FoodMart's rows and a seed. So whatever a profile
            says about visits, service, satisfaction, payments, credit, campaigns or consent in this demo
            shows that the line works, and nothing about people.

            The folder database, if it is there, is no part of this: a copy of FoodMart's own tables.

            Browser names are of our days although the dates are of 1997 and 1998. Addresses of computers are from
            the blocks reserved for documentation. Files are messy on purpose; the shares below are of rows,
            unless the line says of what.

            """);
    text.append("Seed: ").append(seed).append("\n");
    for (Tally tally : tallies) {
      text.append('\n').append(tally.describe());
    }
    return text.toString();
  }
}

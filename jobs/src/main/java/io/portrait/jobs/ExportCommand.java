package io.portrait.jobs;

import io.portrait.jobs.export.ExportJob;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives a person their data. */
@Command(
    name = "export",
    description = "Writes everything that the warehouse holds of one person, and of nobody else.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Runnable {

  @Mixin private WarehouseOptions options;

  @ArgGroup(multiplicity = "1")
  private Person person;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to make; it will hold personal data.")
  private String out;

  /** Ways of naming the person. */
  static final class Person {
    @Option(names = "--customer", paramLabel = "ID", description = "customer_id of the profile.")
    private String customer;

    @Option(
        names = "--account",
        paramLabel = "REALM:ID",
        description = "Id in one source, as crm:1234.")
    private String account;
  }

  @Override
  public void run() {
    Line.runBeside(
        new ExportJob(
            Optional.ofNullable(person.customer), Optional.ofNullable(person.account), out),
        options);
  }
}

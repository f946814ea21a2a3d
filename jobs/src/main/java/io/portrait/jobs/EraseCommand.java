package io.portrait.jobs;

import io.portrait.jobs.erase.EraseJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes persons. */
@Command(
    name = "erase",
    description = "Removes persons from every table and file, proves it and keeps them out.",
    mixinStandardHelpOptions = true)
final class EraseCommand implements Runnable {

  @Mixin private WarehouseOptions options;

  @Option(
      names = "--request",
      required = true,
      paramLabel = "FILE",
      description =
          "CSV with a header: request_id, and of each person realm and account_id, or email, or"
              + " phone, or customer_id.")
  private String request;

  @Option(
      names = "--all-who-share",
      description = "An e-mail or phone of several persons means all of them.")
  private boolean isSharedAllowed;

  @Option(
      names = "--keep-out-unknown",
      description =
          "An account, e-mail or phone that the warehouse does not know is no fault: ingest lets"
              + " none of its rows in from now on.")
  private boolean isUnknownKeptOut;

  @Override
  public void run() {
    Line.runBeside(new EraseJob(request, isSharedAllowed, isUnknownKeptOut), options);
  }
}

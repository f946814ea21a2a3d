package io.portrait.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks for faults without running anything. */
@Command(
    name = "check",
    description = "Checks a deployment's folder and its sources without touching any table.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Runnable {

  @Option(
      names = "--conf",
      required = true,
      paramLabel = "DIR",
      description = "The deployment's folder, for example conf/foodmart.")
  private String conf;

  @Override
  public void run() {
    Line.check(conf);
  }
}

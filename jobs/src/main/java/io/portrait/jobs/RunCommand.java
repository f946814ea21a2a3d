package io.portrait.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** All steps in one session. */
@Command(
    name = "run",
    description = "Runs every step, from raw extracts to the report.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Runnable {

  @Mixin private LineOptions options;

  @Override
  public void run() {
    Line.run(options);
  }
}

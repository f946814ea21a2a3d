package io.portrait.jobs;

import io.portrait.jobs.maintain.MaintainJob;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Keeps a warehouse tidy. */
@Command(
    name = "maintain",
    description = "Deletes what is over age, puts small files together, removes unneeded ones.",
    mixinStandardHelpOptions = true)
final class MaintainCommand implements Runnable {

  @Mixin private LineOptions options;

  @Override
  public void run() {
    Line.runBeside(new MaintainJob(Optional.ofNullable(options.asOf)), options);
  }
}

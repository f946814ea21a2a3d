package io.portrait.jobs;

import io.portrait.common.job.Job;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One step. */
@Command(mixinStandardHelpOptions = true)
final class StepCommand implements Runnable {

  private final Job job;

  @Mixin private LineOptions options;

  StepCommand(Job job) {
    this.job = job;
  }

  @Override
  public void run() {
    Line.runStep(job, options);
  }
}

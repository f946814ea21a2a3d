package io.portrait.jobs;

import io.portrait.jobs.replay.ReplayRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Refused rows: told, corrected and replayed. */
@Command(
    name = "replay",
    description = {
      "Tells which rows were refused and why; corrects them, or discards a batch, and conforms again.",
      "Without --template, --corrections, --discard-batch and --restore-batch it tells and changes"
          + " nothing. After a change of sources.yaml or quality.yaml, conform alone judges all"
          + " rows of the changed map again."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private WarehouseOptions options;

  @Option(names = "--source", paramLabel = "NAME", description = "Only rows of this source.")
  private Optional<String> source;

  @Option(names = "--entity", paramLabel = "NAME", description = "Only rows of this entity.")
  private Optional<String> entity;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description =
          "Only rows refused for this reason; with --discard-batch: why, without personal data.")
  private Optional<String> reason;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description = "Write the refused rows as JSON lines, to be corrected. They are as received.")
  private Optional<String> template;

  @Option(
      names = "--corrections",
      paramLabel = "FILE",
      description = "Use the values of these rows instead of those received, and conform again.")
  private Optional<String> corrections;

  @Option(
      names = "--discard-batch",
      paramLabel = "N",
      description = "Refuse all rows of this batch of --source, and conform again.")
  private Optional<Long> discardBatch;

  @Option(
      names = "--restore-batch",
      paramLabel = "N",
      description = "Take a discarded batch of --source back, and conform again.")
  private Optional<Long> restoreBatch;

  @Override
  public void run() {
    Line.replay(request(), options);
  }

  private ReplayRequest request() {
    try {
      return new ReplayRequest(
          source, entity, reason, template, corrections, discardBatch, restoreBatch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}

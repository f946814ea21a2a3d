package io.portrait.jobs.replay;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a person wants of refused rows.
 *
 * @param source narrows to one source
 * @param entity narrows to one entity
 * @param reason narrows to one reason; or says why a batch is discarded
 * @param template file that refused rows are written to
 * @param corrections file of corrected rows
 * @param discardBatch batch of the source whose rows are all to be refused
 * @param restoreBatch batch of the source that was discarded and is wanted after all
 */
public record ReplayRequest(
    Optional<String> source,
    Optional<String> entity,
    Optional<String> reason,
    Optional<String> template,
    Optional<String> corrections,
    Optional<Long> discardBatch,
    Optional<Long> restoreBatch) {

  /** Refuses what does not go together. */
  public ReplayRequest {
    long actions =
        Stream.of(template, corrections, discardBatch, restoreBatch)
            .filter(Optional::isPresent)
            .count();
    if (actions > 1) {
      throw new IllegalArgumentException(
          "Pass one of --template, --corrections, --discard-batch and --restore-batch at a time.");
    }
    if (discardBatch.isPresent() && (source.isEmpty() || reason.isEmpty())) {
      throw new IllegalArgumentException(
          "--discard-batch needs --source, whose batch it is, and --reason, which says why.");
    }
    if (restoreBatch.isPresent() && source.isEmpty()) {
      throw new IllegalArgumentException("--restore-batch needs --source, whose batch it is.");
    }
  }

  /**
   * Refuses names that nobody declares.
   *
   * @throws JobException with the nearest name
   */
  public void check(Catalogue catalogue) {
    source.ifPresent(
        name -> check("source", name, catalogue.sources().stream().map(Source::name).toList()));
    entity.ifPresent(
        name -> check("entity", name, Entities.ALL.stream().map(Entity::name).toList()));
  }

  private static void check(String what, String name, List<String> valid) {
    if (!valid.contains(name)) {
      throw JobException.invalidConfig(
          "There is no %s '%s'. %s", what, name, NearestName.hint(name, valid));
    }
  }

  /** Whether anything changes, so that conform has work to do. */
  public boolean isChange() {
    return corrections.isPresent() || discardBatch.isPresent() || restoreBatch.isPresent();
  }
}

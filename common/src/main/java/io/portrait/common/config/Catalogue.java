package io.portrait.common.config;

import io.portrait.common.config.Expectation.Severity;
import java.util.List;

/**
 * Everything a deployment declares, defaults of the shipped catalogue included.
 *
 * @param deployment what holds for all
 * @param sources raw extracts
 * @param features features
 * @param scores settings of scores and clusters
 * @param tags the tag tree
 * @param purposes what personal data are used for
 * @param expectations what tables must be like
 * @param hash fingerprint of all files; secrets do not enter it
 */
public record Catalogue(
    Deployment deployment,
    List<Source> sources,
    List<Feature> features,
    Scores scores,
    List<Tag> tags,
    List<Purpose> purposes,
    List<Expectation> expectations,
    String hash) {

  /** The guards of identity resolution. */
  public Deployment.Identity identity() {
    return deployment.identity().orElseThrow();
  }

  /** The limits on input. */
  public Deployment.Quality quality() {
    return deployment.quality().orElseThrow();
  }

  /** What is expected of the rows of a table that are refused where it is not so. */
  public List<Expectation> rejecting(String table) {
    return expectations.stream()
        .filter(e -> e.severity() == Severity.REJECT && e.table().equals(table))
        .toList();
  }

  /** The publish gate. */
  public Deployment.Publish publish() {
    return deployment.publish().orElseThrow();
  }
}

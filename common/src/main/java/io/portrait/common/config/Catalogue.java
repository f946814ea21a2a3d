package io.portrait.common.config;

import java.util.List;

/**
 * Everything a deployment declares, defaults of the shipped catalogue included.
 *
 * @param deployment what holds for all
 * @param sources raw extracts
 * @param features features
 * @param scores settings of scores and clusters
 * @param tags the tag tree
 * @param hash fingerprint of all files; secrets do not enter it
 */
public record Catalogue(
    Deployment deployment,
    List<Source> sources,
    List<Feature> features,
    Scores scores,
    List<Tag> tags,
    String hash) {

  /** The guards of identity resolution. */
  public Deployment.Identity identity() {
    return deployment.identity().orElseThrow();
  }

  /** The limits on input. */
  public Deployment.Quality quality() {
    return deployment.quality().orElseThrow();
  }

  /** The publish gate. */
  public Deployment.Publish publish() {
    return deployment.publish().orElseThrow();
  }

  /** How long rows are kept. */
  public Deployment.Retention retention() {
    return deployment.retention().orElseThrow();
  }
}

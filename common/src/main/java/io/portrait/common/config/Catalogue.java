package io.portrait.common.config;

import java.util.List;
import java.util.Optional;

/**
 * Everything a deployment declares, defaults of the shipped catalogue included.
 *
 * @param deployment what holds for all
 * @param sources raw extracts
 * @param features features
 * @param scores settings of scores and clusters
 * @param tags the tag tree
 * @param purposes what personal data are used for
 * @param linking how accounts without a shared identifier are found to be one person
 * @param hash fingerprint of all files; secrets do not enter it
 */
public record Catalogue(
    Deployment deployment,
    List<Source> sources,
    List<Feature> features,
    Scores scores,
    List<Tag> tags,
    List<Purpose> purposes,
    Linking linking,
    String hash) {

  /**
   * What ties accounts beyond shared identifiers.
   *
   * @param matching the probabilistic matching, if the deployment declares it
   * @param overrides decisions of people, which beat everything else
   */
  public record Linking(Optional<Matching> matching, List<LinkOverride> overrides) {
    /** Nothing but shared identifiers ties accounts. */
    public static final Linking NONE = new Linking(Optional.empty(), List.of());
  }

  /** A deployment in which shared identifiers alone tie accounts. */
  public Catalogue(
      Deployment deployment,
      List<Source> sources,
      List<Feature> features,
      Scores scores,
      List<Tag> tags,
      List<Purpose> purposes,
      String hash) {
    this(deployment, sources, features, scores, tags, purposes, Linking.NONE, hash);
  }

  /** The same with another linking. */
  public Catalogue withLinking(Linking other) {
    return new Catalogue(deployment, sources, features, scores, tags, purposes, other, hash);
  }

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
}

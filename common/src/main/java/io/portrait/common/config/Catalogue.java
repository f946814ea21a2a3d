package io.portrait.common.config;

import io.portrait.common.config.Expectation.Severity;
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
 * @param expectations what tables must be like
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
    List<Expectation> expectations,
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
      List<Expectation> expectations,
      String hash) {
    this(deployment, sources, features, scores, tags, purposes, expectations, Linking.NONE, hash);
  }

  /** The same with another linking. */
  public Catalogue withLinking(Linking other) {
    return new Catalogue(
        deployment, sources, features, scores, tags, purposes, expectations, other, hash);
  }

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

  /** How long rows are kept. */
  public Deployment.Retention retention() {
    return deployment.retention().orElseThrow();
  }
}

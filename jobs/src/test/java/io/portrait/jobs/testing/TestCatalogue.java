package io.portrait.jobs.testing;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Feature;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.config.Score;
import io.portrait.common.config.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Catalogues for tests: the shipped one, or one with nothing but declared features and tags. */
public final class TestCatalogue {

  private static final String PORTRAIT =
      """
      deployment: test
      warehouse: unused
      time_zone: Asia/Taipei
      currency: {code: TWD, decimals: 2}
      country: TW
      privacy: {key: a-key-for-tests-only}
      """;

  /** One that no test reads: a deployment must have some. */
  private static final String SOURCES =
      """
      sources:
        - name: customers
          format: csv
          path: customers.csv
          maps: [{entity: customer, realm: crm, columns: {account_id: id}}]
      """;

  private TestCatalogue() {}

  /** The shipped features, scores and tags. */
  public static Catalogue shipped() {
    return load("features: []", "scores: []", "tags: []");
  }

  /**
   * Nothing but these features and tags.
   *
   * @param features elements of {@code features.yaml}
   * @param tags elements of {@code tags.yaml}
   */
  public static Catalogue of(String features, String tags) {
    return of(features, "", tags);
  }

  /**
   * Nothing but these features, scores and tags.
   *
   * @param features elements of {@code features.yaml}
   * @param scores elements of {@code scores} in {@code scores.yaml}
   * @param tags elements of {@code tags.yaml}
   */
  public static Catalogue of(String features, String scores, String tags) {
    Catalogue all =
        load(
            features.isBlank() ? "features: []" : "features:\n" + features,
            scores.isBlank() ? "scores: []" : "scores:\n" + scores,
            tags.isBlank() ? "tags: []" : "tags:\n" + tags);
    List<Score> ownScores =
        all.scores().scores().stream()
            .filter(s -> s.place().file().equals("scores.yaml"))
            .sorted(Comparator.comparingInt(s -> s.place().line()))
            .toList();
    List<Feature> ownFeatures =
        all.features().stream()
            .filter(f -> f.place().file().equals("features.yaml"))
            .sorted(Comparator.comparingInt(f -> f.place().line()))
            .toList();
    List<Tag> ownTags =
        all.tags().stream()
            .filter(t -> t.place().file().equals("tags.yaml"))
            .sorted(Comparator.comparingInt(t -> t.place().line()))
            .toList();
    return new Catalogue(
        all.deployment(),
        all.sources(),
        ownFeatures,
        all.scores().withScores(ownScores),
        ownTags,
        all.purposes(),
        List.of(),
        all.hash());
  }

  /**
   * The shipped catalogue of a deployment that matches people.
   *
   * @param yaml text of {@code matching.yaml}
   */
  public static Catalogue matching(String yaml) {
    return load("features: []", "scores: []", "tags: []", "expectations: []", Optional.of(yaml));
  }

  /** The same catalogue with another publish gate. */
  public static Catalogue withPublish(Catalogue catalogue, Publish publish) {
    Deployment d = catalogue.deployment();
    return new Catalogue(
        new Deployment(
            d.deployment(),
            d.warehouse(),
            d.timeZone(),
            d.currency(),
            d.country(),
            d.privacy(),
            d.asOf(),
            d.identity(),
            d.quality(),
            Optional.of(publish),
            d.report(),
            d.place()),
        catalogue.sources(),
        catalogue.features(),
        catalogue.scores(),
        catalogue.tags(),
        catalogue.purposes(),
        catalogue.expectations(),
        catalogue.hash());
  }

  /** The same catalogue with other named segments. */
  public static Catalogue withSegments(Catalogue catalogue, List<NamedSegment> segments) {
    return new Catalogue(
        catalogue.deployment(),
        catalogue.sources(),
        catalogue.features(),
        catalogue.scores().withSegments(segments),
        catalogue.tags(),
        catalogue.purposes(),
        catalogue.expectations(),
        catalogue.hash());
  }

  /**
   * The same catalogue with other expectations.
   *
   * @param expectations elements of {@code quality.yaml}
   */
  public static Catalogue withExpectations(Catalogue catalogue, String expectations) {
    List<Expectation> own =
        load(
                "features: []",
                "scores: []",
                "tags: []",
                "expectations:\n" + expectations,
                Optional.empty())
            .expectations()
            .stream()
            .filter(e -> e.place().file().equals("quality.yaml"))
            .toList();
    return new Catalogue(
        catalogue.deployment(),
        catalogue.sources(),
        catalogue.features(),
        catalogue.scores(),
        catalogue.tags(),
        catalogue.purposes(),
        own,
        catalogue.hash());
  }

  /**
   * Nothing but a section of {@code scores.yaml} that is not as shipped.
   *
   * @param section as {@code value: ...}
   */
  public static Catalogue ofScores(String section) {
    return load("features: []", section, "tags: []");
  }

  private static Catalogue load(String features, String scores, String tags) {
    return load(features, scores, tags, "expectations: []", Optional.empty());
  }

  private static Catalogue load(
      String features, String scores, String tags, String expectations, Optional<String> matching) {
    try {
      Path folder = Files.createTempDirectory("catalogue");
      Files.writeString(folder.resolve("portrait.yaml"), PORTRAIT);
      Files.writeString(folder.resolve("sources.yaml"), SOURCES);
      Files.writeString(folder.resolve("features.yaml"), features);
      Files.writeString(folder.resolve("scores.yaml"), scores);
      Files.writeString(folder.resolve("tags.yaml"), tags);
      Files.writeString(folder.resolve("quality.yaml"), expectations);
      if (matching.isPresent()) {
        Files.writeString(folder.resolve("matching.yaml"), matching.get());
      }
      return new CatalogueLoader(new Configuration(), name -> null).load(folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

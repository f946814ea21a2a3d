package io.portrait.common.config;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Deployment.Retention;
import io.portrait.common.config.Deployment.Survivorship;
import io.portrait.common.config.Deployment.Survivorship.Rule;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads a deployment's folder over the shipped catalogue, and lists all faults at once. */
public final class CatalogueLoader {

  /** Those of a deployment. */
  static final List<String> FILES =
      List.of(
          "portrait.yaml",
          "sources.yaml",
          "features.yaml",
          "scores.yaml",
          "tags.yaml",
          "purposes.yaml",
          "quality.yaml",
          "matching.yaml");

  /** Tables by customer and as-of date that stand for all of their layer. */
  private static final List<String> BY_CUSTOMER =
      List.of("silver/customer", "gold/customer_profile", "gold_sensitive/customer_profile");

  private final Configuration hadoop;
  private final UnaryOperator<String> environment;
  private final List<Fault> faults = new ArrayList<>();
  private final MessageDigest digest;

  /**
   * Makes a loader for one load.
   *
   * @param hadoop file system settings
   * @param environment value of an environment variable, or null
   */
  public CatalogueLoader(Configuration hadoop, UnaryOperator<String> environment) {
    this.hadoop = hadoop;
    this.environment = environment;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /**
   * Loads {@code portrait.yaml} and {@code sources.yaml}, and what the folder has of {@code
   * features.yaml}, {@code scores.yaml}, {@code tags.yaml}, {@code purposes.yaml} and {@code
   * quality.yaml} over the shipped ones: a feature, tag, purpose, score, named segment or
   * expectation with the name of a shipped one replaces it, and so does any other section of {@code
   * scores.yaml}. A folder with {@code matching.yaml} has people matched; sections that the file
   * leaves out are the shipped ones.
   *
   * @throws JobException naming every fault with file and line
   */
  public Catalogue load(String folder) {
    checkFiles(folder);
    Optional<Deployment> deployment =
        read(folder, "portrait.yaml")
            .flatMap(text -> bind("portrait.yaml", text, Deployment.class));
    Optional<SourcesFile> sources =
        read(folder, "sources.yaml").flatMap(text -> bind("sources.yaml", text, SourcesFile.class));
    Optional<Policies> policies = bindShipped("policies.yaml", Policies.class);
    Optional<FeaturesFile> shippedFeatures = bindShipped("features.yaml", FeaturesFile.class);
    Optional<TagsFile> shippedTags = bindShipped("tags.yaml", TagsFile.class);
    Optional<PurposesFile> shippedPurposes = bindShipped("purposes.yaml", PurposesFile.class);
    Optional<QualityFile> shippedQuality = bindShipped("quality.yaml", QualityFile.class);
    Optional<QualityFile> ownQuality = own(folder, "quality.yaml", QualityFile.class);
    Optional<FeaturesFile> ownFeatures = own(folder, "features.yaml", FeaturesFile.class);
    Optional<TagsFile> ownTags = own(folder, "tags.yaml", TagsFile.class);
    Optional<PurposesFile> ownPurposes = own(folder, "purposes.yaml", PurposesFile.class);
    Optional<Scores> scores =
        bindShipped("scores.yaml", Scores.class).map(shipped -> ownScores(folder, shipped));
    sources.ifPresent(file -> checkUnique(file.sources(), Source::name, Source::place));
    Optional<Matching> matching = matching(folder);
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    List<Feature> features =
        merged(
            shippedFeatures.orElseThrow().features(),
            ownFeatures.map(FeaturesFile::features).orElse(List.of()),
            Feature::name,
            Feature::place);
    List<Tag> tags =
        merged(
            shippedTags.orElseThrow().tags(),
            ownTags.map(TagsFile::tags).orElse(List.of()),
            Tag::code,
            Tag::place);
    List<Purpose> purposes =
        merged(
            shippedPurposes.orElseThrow().purposes(),
            ownPurposes.map(PurposesFile::purposes).orElse(List.of()),
            Purpose::code,
            Purpose::place);
    List<Expectation> expectations =
        merged(
            shippedQuality.orElseThrow().expectations(),
            ownQuality.map(QualityFile::expectations).orElse(List.of()),
            Expectation::name,
            Expectation::place);
    Deployment settings = withPolicies(deployment.orElseThrow(), policies.orElseThrow());
    List<LinkOverride> overrides = overrides(folder, settings, sources.orElseThrow().sources());
    checkSurvivorship(
        settings.identity().orElseThrow().survivorship(), sources.orElseThrow().sources());
    checkRetention(settings.retention().orElseThrow());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    return new Catalogue(
        settings,
        sources.orElseThrow().sources(),
        features,
        scores.orElseThrow(),
        tags,
        purposes,
        expectations,
        new Catalogue.Linking(matching, overrides),
        HexFormat.of().formatHex(digest.digest()).substring(0, 16));
  }

  private static Deployment withPolicies(Deployment own, Policies shipped) {
    return new Deployment(
        own.deployment(),
        own.warehouse(),
        own.timeZone(),
        own.currency(),
        own.country(),
        own.privacy(),
        own.asOf(),
        own.identity().or(() -> Optional.of(shipped.identity())),
        own.quality().or(() -> Optional.of(shipped.quality())),
        own.publish().or(() -> Optional.of(shipped.publish())),
        own.retention().or(() -> Optional.of(shipped.retention())),
        own.report(),
        own.place());
  }

  /** Refuses a folder that is not there, and YAML files that nobody would read. */
  private void checkFiles(String folder) {
    try {
      Path path = new Path(folder);
      FileSystem fs = path.getFileSystem(hadoop);
      if (!fs.exists(path) || !fs.getFileStatus(path).isDirectory()) {
        throw JobException.invalidConfig(
            "There is no configuration folder %s. Pass --conf with a deployment's folder, for"
                + " example conf/foodmart.",
            folder);
      }
      for (FileStatus status : fs.listStatus(path)) {
        String name = status.getPath().getName();
        if (name.matches(".*\\.ya?ml") && !FILES.contains(name)) {
          faults.add(new Fault(name, 0, "", "unknown file. " + NearestName.hint(name, FILES)));
        }
      }
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The configuration folder %s cannot be read: %s", folder, e.getMessage());
    }
  }

  private Optional<String> read(String folder, String name) {
    Path path = new Path(folder, name);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      faults.add(new Fault(name, 0, "", "the file is missing in " + folder));
      return Optional.empty();
    } catch (IOException e) {
      faults.add(new Fault(name, 0, "", "the file cannot be read: " + e.getMessage()));
      return Optional.empty();
    }
  }

  private <T> Optional<T> own(String folder, String name, Class<T> type) {
    return readIfThere(folder, name).flatMap(text -> bind(name, text, type));
  }

  /**
   * The shipped settings with the folder's sections instead, and its scores and segments merged.
   */
  private Scores ownScores(String folder, Scores shipped) {
    Scores own =
        readIfThere(folder, "scores.yaml")
            .flatMap(text -> binder("scores.yaml", text).bindOver(text, Scores.class, shipped))
            .orElse(shipped);
    return own.withScores(merged(shipped.scores(), own.scores(), Score::name, Score::place))
        .withSegments(
            merged(shipped.segments(), own.segments(), NamedSegment::code, NamedSegment::place));
  }

  /** The folder's matching over the shipped one; none if the folder has no such file. */
  private Optional<Matching> matching(String folder) {
    Optional<String> own = readIfThere(folder, "matching.yaml");
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Optional<Matching> matching =
        bindShipped("matching.yaml", Matching.class)
            .flatMap(
                shipped ->
                    binder("matching.yaml", own.get())
                        .bindOver(own.get(), Matching.class, shipped));
    matching.ifPresent(
        m -> {
          checkUnique(m.blocking(), Matching.Blocking::name, Matching.Blocking::place);
          checkUnique(m.comparisons(), Matching.Comparison::name, Matching.Comparison::place);
        });
    return matching;
  }

  /** The decisions of people, if the deployment has any; their file enters the fingerprint. */
  private List<LinkOverride> overrides(String folder, Deployment settings, List<Source> sources) {
    Optional<String> file = settings.identity().flatMap(Deployment.Identity::overrides);
    Optional<String> text = file.flatMap(name -> read(folder, name));
    if (text.isEmpty()) {
      return List.of();
    }
    digest.update(text.get().getBytes(StandardCharsets.UTF_8));
    Set<String> realms = new LinkedHashSet<>();
    sources.forEach(source -> source.maps().forEach(map -> realms.add(map.realm())));
    return new LinkOverrides(file.get(), realms, faults).read(text.get());
  }

  /** Refuses fields and sources that are not there, and lengths of what is no text. */
  private void checkSurvivorship(List<Survivorship> rules, List<Source> sources) {
    checkUnique(rules, Survivorship::field, Survivorship::place);
    List<TableColumn> fields = SilverTables.goldenFields();
    List<String> fieldNames = fields.stream().map(TableColumn::name).toList();
    List<String> sourceNames = sources.stream().map(Source::name).toList();
    for (Survivorship rule : rules) {
      if (!fieldNames.contains(rule.field())) {
        faults.add(
            rule.place()
                .fault(
                    "unknown field '"
                        + rule.field()
                        + "'. "
                        + NearestName.hint(rule.field(), fieldNames)));
      } else if (rule.rule() == Rule.LONGEST
          && !fields.get(fieldNames.indexOf(rule.field())).type().equals(StringType)) {
        faults.add(rule.place().fault("longest needs text, but '" + rule.field() + "' is none"));
      }
      for (String source : rule.sources()) {
        if (!sourceNames.contains(source)) {
          faults.add(
              rule.place()
                  .fault(
                      "unknown source '" + source + "'. " + NearestName.hint(source, sourceNames)));
        }
      }
    }
  }

  /**
   * Refuses a customer map that goes before rows that only it tells the persons of: an erasure
   * finds what stands under another's customer id by the map of that as-of date.
   */
  private void checkRetention(Retention retention) {
    Optional<Retention.Rule> map = retention.of(SilverTables.CUSTOMER_MAP.path());
    if (map.isEmpty()) {
      return;
    }
    List<String> longer = new ArrayList<>();
    for (String table : BY_CUSTOMER) {
      Optional<Retention.Rule> rule = retention.of(table);
      if (rule.isEmpty()) {
        longer.add(table + " for ever");
      } else if (rule.get().keepDays() > map.get().keepDays()) {
        longer.add(described(rule.get()));
      }
    }
    retention.rules().stream()
        .filter(rule -> rule.tables().startsWith("gold"))
        .filter(rule -> rule.keepDays() > map.get().keepDays())
        .map(CatalogueLoader::described)
        .filter(rule -> !longer.contains(rule))
        .forEach(longer::add);
    if (!longer.isEmpty()) {
      faults.add(
          map.get()
              .place()
              .fault(
                  String.format(
                      "silver/customer_map is kept for %d days, but %s. An erasure finds the rows"
                          + " of older as-of dates by it: keep it as long as they are kept",
                      map.get().keepDays(), String.join(", ", longer))));
    }
  }

  private static String described(Retention.Rule rule) {
    return rule.tables() + " for " + rule.keepDays();
  }

  private Optional<String> readIfThere(String folder, String name) {
    Path path = new Path(folder, name);
    try {
      if (!path.getFileSystem(hadoop).exists(path)) {
        return Optional.empty();
      }
    } catch (IOException e) {
      faults.add(new Fault(name, 0, "", "the file cannot be read: " + e.getMessage()));
      return Optional.empty();
    }
    return read(folder, name);
  }

  private <T> Optional<T> bindShipped(String name, Class<T> type) {
    try (InputStream in = CatalogueLoader.class.getResourceAsStream("/catalogue/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks catalogue/" + name);
      }
      return bind("catalogue/" + name, new String(in.readAllBytes(), StandardCharsets.UTF_8), type);
    } catch (IOException e) {
      throw new IllegalStateException("The jar's catalogue/" + name + " cannot be read", e);
    }
  }

  private <T> Optional<T> bind(String name, String text, Class<T> type) {
    return binder(name, text).bind(text, type);
  }

  /** A binder of one file, whose text enters the fingerprint. */
  private YamlBinder binder(String name, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return new YamlBinder(name, environment, faults);
  }

  private <T> List<T> merged(
      List<T> shipped, List<T> own, Function<T, String> name, Function<T, Place> place) {
    checkUnique(shipped, name, place);
    checkUnique(own, name, place);
    Map<String, T> byName = new LinkedHashMap<>();
    shipped.forEach(element -> byName.put(name.apply(element), element));
    own.forEach(element -> byName.put(name.apply(element), element));
    return List.copyOf(byName.values());
  }

  private <T> void checkUnique(
      List<T> elements, Function<T, String> name, Function<T, Place> place) {
    Set<String> seen = new LinkedHashSet<>();
    for (T element : elements) {
      if (!seen.add(name.apply(element))) {
        faults.add(place.apply(element).fault("'" + name.apply(element) + "' is declared twice"));
      }
    }
  }

  record SourcesFile(List<Source> sources) {
    SourcesFile {
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("sources is empty: there is nothing to profile");
      }
    }
  }

  record FeaturesFile(List<Feature> features) {}

  record QualityFile(List<Expectation> expectations) {}

  record TagsFile(List<Tag> tags) {}

  record PurposesFile(List<Purpose> purposes) {}

  record Policies(
      Deployment.Identity identity,
      Deployment.Quality quality,
      Deployment.Publish publish,
      Deployment.Retention retention) {}
}

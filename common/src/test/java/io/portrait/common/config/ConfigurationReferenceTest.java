package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.CatalogueLoader.FeaturesFile;
import io.portrait.common.config.CatalogueLoader.PurposesFile;
import io.portrait.common.config.CatalogueLoader.QualityFile;
import io.portrait.common.config.CatalogueLoader.SourcesFile;
import io.portrait.common.config.CatalogueLoader.TagsFile;
import io.portrait.common.table.ColumnKind;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import io.portrait.common.testing.Reference;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * Makes conf/reference/configuration.md: each key of each file from the record that it is bound to,
 * explained by the record's Javadoc, with the value that is shipped.
 */
class ConfigurationReferenceTest {

  private static final Map<String, Class<?>> FILES = new LinkedHashMap<>();

  static {
    FILES.put("portrait.yaml", Deployment.class);
    FILES.put("sources.yaml", SourcesFile.class);
    FILES.put("features.yaml", FeaturesFile.class);
    FILES.put("scores.yaml", Scores.class);
    FILES.put("tags.yaml", TagsFile.class);
    FILES.put("purposes.yaml", PurposesFile.class);
    FILES.put("quality.yaml", QualityFile.class);
    FILES.put("matching.yaml", Matching.class);
  }

  /** Of types whose name does not say what to write. */
  private static final Map<Class<?>, String> WORDS =
      Map.of(
          String.class, "text",
          Expression.class, "SQL expression",
          Title.class, "title: `{en: ..., zh: ...}`",
          int.class, "whole number",
          long.class, "whole number",
          double.class, "number",
          boolean.class, "true or false",
          ZoneId.class, "time zone");

  private static final Map<Class<?>, Class<?>> PLAIN =
      Map.of(
          Integer.class, int.class,
          Long.class, long.class,
          Double.class, double.class,
          Boolean.class, boolean.class);

  private final StringBuilder page = new StringBuilder();
  private final Map<Class<?>, String> told = new HashMap<>();

  @Test
  void everyKeyIsExplained() throws IOException {
    assertThat(FILES.keySet()).containsExactlyElementsOf(CatalogueLoader.FILES);
    page.append(
        """
        # Configuration reference

        Every key of every file of a deployment's folder, generated from the records that they are bound to. The files of
        `conf/catalogue` show them at work. `[]` stands for an element of a list, `{}` for a value under a key of one's
        own. A value may contain `${NAME}` or `${NAME:-default}`, a variable of the environment.

        """);
    FILES
        .keySet()
        .forEach(file -> page.append(String.format("- [%s](#%s)\n", file, file.replace(".", ""))));
    page.append("- [Entities](#entities)\n");
    for (Map.Entry<String, Class<?>> file : FILES.entrySet()) {
      page.append("\n## ").append(file.getKey()).append("\n");
      told.clear();
      tell(file.getValue(), "", shipped(file.getKey()));
    }
    tellEntities();

    Reference.assertCurrent("configuration.md", page.toString());
  }

  /** A record's keys, then those of the records in it. */
  private void tell(Class<?> type, String path, Optional<Map<String, Object>> shipped)
      throws IOException {
    told.put(type, path);
    if (!path.isEmpty()) {
      page.append("\n### `").append(path).append("`\n");
    }
    String about = about(type);
    if (!about.isEmpty()) {
      page.append("\n").append(about).append("\n");
    }
    page.append("\n| Key | Type | If left out | Meaning |\n| --- | --- | --- | --- |\n");
    Map<String, Class<?>> inner = new LinkedHashMap<>();
    StringBuilder choices = new StringBuilder();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType() == Place.class) {
        continue;
      }
      String key = YamlBinder.key(component);
      String keyPath = (path.isEmpty() ? "" : path + ".") + key;
      Class<?> element = element(component.getGenericType());
      boolean isRecord = element.isRecord() && !WORDS.containsKey(element);
      if (isRecord && !told.containsKey(element) && !inner.containsValue(element)) {
        inner.put(keyPath + suffix(component.getGenericType()), element);
      }
      String meaning = parameter(type, component.getName());
      if (meaning.isEmpty()) {
        meaning = about(element);
      }
      assertThat(meaning).as("Javadoc of %s of %s", component.getName(), type).isNotBlank();
      page.append(
          String.format(
              "| `%s` | %s | %s | %s |\n",
              key,
              words(component.getGenericType()),
              whenAbsent(component, shipped.map(values -> values.get(key))),
              Reference.cell(meaning)));
      if (element.isEnum()) {
        choices.append(choices(key, element));
      }
    }
    page.append(choices);
    for (Map.Entry<String, Class<?>> next : inner.entrySet()) {
      String[] keys = next.getKey().split("\\.", -1);
      tell(next.getValue(), next.getKey(), shipped.flatMap(v -> below(v, keys[keys.length - 1])));
    }
  }

  private static String choices(String key, Class<?> element) throws IOException {
    StringBuilder choices = new StringBuilder("\nValues of `" + key + "`:\n\n");
    for (Object constant : element.getEnumConstants()) {
      String name = ((Enum<?>) constant).name();
      choices.append(
          String.format(
              "- `%s`: %s\n", name.toLowerCase(Locale.ROOT), Javadoc.of(element).constant(name)));
    }
    return choices.toString();
  }

  /** What holds where the key is not there. */
  private static String whenAbsent(RecordComponent component, Optional<Object> shipped) {
    if (shipped.isPresent()) {
      Object value = shipped.get();
      return value instanceof Map || value instanceof List
          ? "the shipped ones"
          : "`" + Reference.cell(String.valueOf(value)) + "`";
    }
    Class<?> type = component.getType();
    return type == Optional.class || type == List.class || type == Map.class
        ? "optional"
        : "required";
  }

  @SuppressWarnings("unchecked") // YAML has texts as keys.
  private static Optional<Map<String, Object>> below(Map<String, Object> values, String key) {
    return values.get(key) instanceof Map<?, ?> map
        ? Optional.of((Map<String, Object>) map)
        : Optional.empty();
  }

  /** The shipped values of a file; what is under a key of one's own has none. */
  private static Optional<Map<String, Object>> shipped(String file) throws IOException {
    // Elements of these replace shipped ones as a whole: nothing is taken over.
    List<String> merged = List.of("features.yaml", "tags.yaml", "purposes.yaml", "quality.yaml");
    if (file.equals("sources.yaml")) {
      return Optional.empty();
    }
    String name = file.equals("portrait.yaml") ? "policies.yaml" : file;
    try (Reader reader = Files.newBufferedReader(Path.of("../conf/catalogue", name))) {
      Map<String, Object> values = new Yaml().load(reader);
      assertThat(merged.contains(file)).isEqualTo(values.size() == 1);
      return Optional.of(values);
    }
  }

  private void tellEntities() throws IOException {
    page.append(
        """

        ## Entities

        What `columns` of a map may give. An account is told by `realm` and `account_id`. Kinds of values:

        """);
    for (ColumnKind kind : ColumnKind.values()) {
      page.append(
          String.format(
              "- `%s`: %s\n",
              kind.name().toLowerCase(Locale.ROOT),
              Javadoc.of(ColumnKind.class).constant(kind.name())));
    }
    for (Entity entity : Entities.ALL) {
      page.append("\n### `").append(entity.name()).append("`\n\n").append(entity.comment());
      page.append(" Key: ").append(String.join(", ", entity.key())).append(".\n\n");
      page.append("| Column | Kind | Required | Title | 名稱 | Meaning |\n");
      page.append("| --- | --- | --- | --- | --- | --- |\n");
      for (EntityColumn column : entity.columns()) {
        String allowed =
            column.allowed().isEmpty()
                ? ""
                : " One of " + String.join(", ", column.allowed().stream().sorted().toList()) + ".";
        page.append(
            String.format(
                "| `%s` | %s | %s | %s | %s | %s |\n",
                column.name(),
                column.kind().name().toLowerCase(Locale.ROOT),
                column.required() ? "yes" : "",
                column.titleEn(),
                column.titleZh(),
                Reference.cell(column.comment() + allowed)));
      }
    }
  }

  private String words(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return "list of " + words(arguments[0]);
      }
      return generic.getRawType() == Map.class
          ? "names with " + words(arguments[1])
          : words(arguments[0]);
    }
    Class<?> raw = PLAIN.getOrDefault((Class<?>) type, (Class<?>) type);
    if (raw.isEnum()) {
      return Stream.of(raw.getEnumConstants())
          .map(constant -> "`" + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT) + "`")
          .collect(Collectors.joining(", "));
    }
    if (WORDS.containsKey(raw)) {
      return WORDS.get(raw);
    }
    assertThat(raw.isRecord()).as("a word for %s", raw).isTrue();
    String before = told.get(raw);
    return before == null || before.isEmpty() ? "keys, below" : "keys, as `" + before + "`";
  }

  private static String suffix(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return "[]" + suffix(arguments[0]);
      }
      return generic.getRawType() == Map.class ? "{}" + suffix(arguments[1]) : suffix(arguments[0]);
    }
    return "";
  }

  private static Class<?> element(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return element(arguments[arguments.length - 1]);
    }
    return (Class<?>) type;
  }

  private static String about(Class<?> type) throws IOException {
    return type.getName().startsWith("io.portrait.") ? Javadoc.of(type).about() : "";
  }

  private static String parameter(Class<?> type, String name) throws IOException {
    return Javadoc.of(type).parameter(name);
  }

  /**
   * The Javadoc of a type, from its source.
   *
   * @param comment text of the comment; empty if there is none
   * @param body source from the type's declaration on
   */
  private record Javadoc(String comment, String body) {

    static Javadoc of(Class<?> type) throws IOException {
      Class<?> outer = type;
      while (outer.getEnclosingClass() != null) {
        outer = outer.getEnclosingClass();
      }
      Path file = Path.of("../common/src/main/java", outer.getName().replace('.', '/') + ".java");
      String source = Files.readString(file);
      String kind = type.isEnum() ? "enum " : "record ";
      int declaration = source.indexOf(kind + type.getSimpleName());
      assertThat(declaration).as("%s in %s", type, file).isNotNegative();
      return new Javadoc(before(source, declaration), source.substring(declaration));
    }

    /** The comment that ends right before a declaration. */
    private static String before(String source, int declaration) {
      String head = source.substring(0, declaration).replaceFirst("(public |static )*$", "");
      int start = head.lastIndexOf("/**");
      if (!head.stripTrailing().endsWith("*/") || start < 0) {
        return "";
      }
      return head.substring(start)
          .replaceAll("(?m)^\\s*(/\\*\\*|\\*/|\\*(?!/))", "")
          .replace("/**", "")
          .replace("*/", "")
          .replaceAll("\\{@code\\s+((?:[^{}]|\\{[^{}]*})*)}", "`$1`")
          .replaceAll("\\{@link\\s+[\\w.#]*?(\\w+)(\\([^)]*\\))?}", "`$1`")
          .replace("<p>", "")
          .replaceAll("\\s+", " ")
          .strip();
    }

    String about() {
      return comment.split("@param ", 2)[0].strip();
    }

    String parameter(String name) {
      return Stream.of(comment.split("@param ", -1))
          .filter(part -> part.startsWith(name + " "))
          .map(part -> part.substring(name.length()).strip())
          .findFirst()
          .orElse("");
    }

    String constant(String name) {
      java.util.regex.Matcher found =
          java.util.regex.Pattern.compile("\\*/\\s+(?=" + name + "\\b)").matcher(body);
      assertThat(found.find()).as("Javadoc of %s", name).isTrue();
      return before(body, found.end());
    }
  }
}

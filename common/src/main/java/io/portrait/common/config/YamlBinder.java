package io.portrait.common.config;

import io.portrait.common.error.Fault;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Binds YAML to records and collects every fault on the way, with its line.
 *
 * <p>A key is the record component's name in snake_case, or what {@link Key} says. A component is
 * required unless it is an {@link Optional}, a {@link List} or a {@link Map} (absent means empty).
 * A component of type {@link Place} is not read: it receives where its record stands. {@code
 * ${NAME}} in a value is replaced from the environment.
 */
final class YamlBinder {

  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final String file;
  private final UnaryOperator<String> environment;
  private final List<Fault> faults;

  YamlBinder(String file, UnaryOperator<String> environment, List<Fault> faults) {
    this.file = file;
    this.environment = environment;
    this.faults = faults;
  }

  /**
   * Binds a whole document.
   *
   * @return empty if there was a fault that left nothing to bind; faults are in the list
   */
  <T> Optional<T> bind(String yaml, Class<T> type) {
    return bind(yaml, type, Optional.empty());
  }

  /**
   * Binds a whole document over another: top-level keys that it leaves out are those of {@code
   * base}.
   *
   * @return empty if there was a fault that left nothing to bind; faults are in the list
   */
  <T extends Record> Optional<T> bindOver(String yaml, Class<T> type, T base) {
    return bind(yaml, type, Optional.of(base));
  }

  private <T> Optional<T> bind(String yaml, Class<T> type, Optional<T> base) {
    Node root;
    try {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      root = new Yaml(options).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      faults.add(new Fault(file, line, "", "not YAML: " + e.getProblem()));
      return Optional.empty();
    }
    if (root == null) {
      faults.add(new Fault(file, 0, "", "the file is empty"));
      return Optional.empty();
    }
    Object bound = base.isPresent() ? record(root, type, "", base.get()) : value(root, type, "");
    return Optional.ofNullable(type.cast(bound));
  }

  private Object value(Node node, Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      Type first = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return isNull(node) ? Optional.empty() : Optional.ofNullable(value(node, first, path));
      }
      if (generic.getRawType() == List.class) {
        return list(node, first, path);
      }
      if (generic.getRawType() == Map.class) {
        return map(node, generic.getActualTypeArguments()[1], path);
      }
    }
    Class<?> raw = (Class<?>) type;
    return raw.isRecord() && raw != Expression.class
        ? record(node, raw, path, null)
        : scalar(node, raw, path);
  }

  /** A record; what its node leaves out is taken from {@code base}, unless that is null. */
  private Object record(Node node, Class<?> type, String path, Object base) {
    if (!(node instanceof MappingNode mapping)) {
      return fault(node, path, "expected keys and values here");
    }
    Map<String, RecordComponent> components = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType() != Place.class) {
        components.put(key(component), component);
      }
    }
    Map<String, Node> given = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      if (given.put(key, tuple.getValueNode()) != null) {
        fault(tuple.getKeyNode(), join(path, key), "the key is given twice");
      }
      if (!components.containsKey(key)) {
        fault(
            tuple.getKeyNode(),
            join(path, key),
            "unknown key. " + NearestName.hint(key, components.keySet()));
      }
    }
    int before = faults.size();
    Object[] arguments = new Object[type.getRecordComponents().length];
    Class<?>[] types = new Class<?>[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      RecordComponent component = type.getRecordComponents()[i];
      types[i] = component.getType();
      String key = key(component);
      Node child = given.get(key);
      if (component.getType() == Place.class) {
        arguments[i] = place(node, path);
      } else if (child != null && (!isNull(child) || isOptional(component))) {
        arguments[i] =
            isNull(child)
                ? absent(component)
                : value(child, component.getGenericType(), join(path, key));
      } else if (base != null && child == null) {
        arguments[i] = valueOf(component, base);
      } else if (isOptional(component)) {
        arguments[i] = absent(component);
      } else {
        fault(node, join(path, key), "the key is missing");
      }
    }
    if (faults.size() > before) {
      return null;
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      return fault(node, path, e.getCause().getMessage());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Record " + type + " cannot be made", e);
    }
  }

  private static Object valueOf(RecordComponent component, Object holder) {
    try {
      return component.getAccessor().invoke(holder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Component " + component + " cannot be read", e);
    }
  }

  private static boolean isOptional(RecordComponent component) {
    return List.of(Optional.class, List.class, Map.class).contains(component.getType());
  }

  private static Object absent(RecordComponent component) {
    if (component.getType() == List.class) {
      return List.of();
    }
    return component.getType() == Map.class ? Map.of() : Optional.empty();
  }

  private List<Object> list(Node node, Type element, String path) {
    if (!(node instanceof SequenceNode sequence)) {
      fault(node, path, "expected a list");
      return List.of();
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < sequence.getValue().size(); i++) {
      Object value = value(sequence.getValue().get(i), element, path + "[" + i + "]");
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  private Map<String, Object> map(Node node, Type element, String path) {
    if (!(node instanceof MappingNode mapping)) {
      fault(node, path, "expected keys and values here");
      return Map.of();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      Object value = value(tuple.getValueNode(), element, join(path, key));
      if (value != null && values.put(key, value) != null) {
        fault(tuple.getKeyNode(), join(path, key), "the key is given twice");
      }
    }
    return Collections.unmodifiableMap(values);
  }

  private Object scalar(Node node, Class<?> type, String path) {
    if (!(node instanceof ScalarNode scalar)) {
      return fault(node, path, "expected a single value, not a list or keys");
    }
    String text = withVariables(scalar, path);
    if (text == null) {
      return null;
    }
    if (type == String.class) {
      return text;
    }
    if (type == Expression.class) {
      return new Expression(text, place(node, path));
    }
    if (type.isEnum()) {
      List<String> names =
          Arrays.stream(type.getEnumConstants())
              .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
              .toList();
      int index = names.indexOf(text);
      return index >= 0
          ? type.getEnumConstants()[index]
          : fault(node, path, "'" + text + "' is not valid. " + NearestName.hint(text, names));
    }
    if (type == int.class || type == Integer.class) {
      return parsed(node, path, text, "a whole number", Integer::valueOf);
    }
    if (type == long.class || type == Long.class) {
      return parsed(node, path, text, "a whole number", Long::valueOf);
    }
    if (type == double.class || type == Double.class) {
      return parsed(node, path, text, "a number", Double::valueOf);
    }
    if (type == boolean.class || type == Boolean.class) {
      return text.equals("true") || text.equals("false")
          ? (Object) Boolean.valueOf(text)
          : fault(node, path, "'" + text + "' is not true or false");
    }
    if (type == LocalDate.class) {
      return parsed(node, path, text, "a date as 2026-01-31", LocalDate::parse);
    }
    if (type == ZoneId.class) {
      return parsed(node, path, text, "a time zone as Asia/Taipei", ZoneId::of);
    }
    throw new IllegalStateException("No binding for " + type + " at " + path);
  }

  private Object parsed(
      Node node, String path, String text, String what, Function<String, Object> parser) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException | DateTimeException e) {
      return fault(node, path, "'" + text + "' is not " + what);
    }
  }

  /** Replaces variables; null if one is not set. */
  private String withVariables(ScalarNode node, String path) {
    Matcher matcher = VARIABLE.matcher(node.getValue());
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String value = environment.apply(matcher.group(1));
      if (value == null || value.isEmpty()) {
        value = matcher.group(2);
      }
      if (value == null) {
        fault(node, path, "the environment variable " + matcher.group(1) + " is not set");
        return null;
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(text).toString();
  }

  private Object fault(Node node, String path, String problem) {
    faults.add(place(node, path).fault(problem));
    return null;
  }

  private Place place(Node node, String path) {
    return new Place(file, node.getStartMark().getLine() + 1, path);
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** What a component is called in YAML. */
  static String key(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    return key == null ? snakeCase(component.getName()) : key.value();
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}

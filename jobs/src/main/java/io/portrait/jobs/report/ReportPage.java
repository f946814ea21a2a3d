package io.portrait.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the page together from its resources: one file that needs no network. Nothing but its own
 * scripts can run in it, since the page's policy names them by their hashes.
 */
final class ReportPage {

  /** Where the ECharts web jar keeps it, also after shading. */
  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  private static final Pattern SLOT = Pattern.compile("\\{\\{([a-z]+)}}");

  private static final ObjectMapper JSON = mapper();

  private ReportPage() {}

  /** The whole page. */
  static String render(ReportData data) {
    String echarts = resource(ECHARTS);
    String script = resource("/report/report.js");
    Map<String, JsonNode> messages = new LinkedHashMap<>();
    messages.put("en", messages("en"));
    messages.put("zh", messages("zh"));
    Map<String, String> slots =
        Map.of(
            "policy",
            "script-src " + hash(echarts) + " " + hash(script),
            "style",
            resource("/report/report.css"),
            "data",
            json(data),
            "messages",
            json(messages),
            "echarts",
            echarts,
            "script",
            script);
    return fill(resource("/report/report.html"), slots);
  }

  /** The titles and sentences of one language. */
  static JsonNode messages(String language) {
    try {
      return JSON.readTree(resource("/report/messages_" + language + ".json"));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * JSON that may stand in a script element: no character in it can end the element or a line of a
   * script.
   */
  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fills slots in one pass, so that what looks like a slot in a value stays as it is. */
  private static String fill(String template, Map<String, String> slots) {
    return SLOT.matcher(template)
        .replaceAll(match -> Matcher.quoteReplacement(slots.get(match.group(1))));
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.registerModule(
        new SimpleModule().addSerializer(LocalDate.class, ToStringSerializer.instance));
    mapper.getFactory().setCharacterEscapes(new ScriptEscapes());
    return mapper;
  }

  /**
   * Writes what means something to HTML or to a line of a script as {@code \\u} and four digits.
   */
  private static final class ScriptEscapes extends CharacterEscapes {

    private static final String ESCAPED = "<>&\u2028\u2029";

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
      ESCAPED
          .chars()
          .filter(c -> c < codes.length)
          .forEach(c -> codes[c] = CharacterEscapes.ESCAPE_CUSTOM);
      return codes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return ESCAPED.indexOf(character) < 0
          ? null
          : new SerializedString(String.format(Locale.ROOT, "\\u%04x", character));
    }
  }
}

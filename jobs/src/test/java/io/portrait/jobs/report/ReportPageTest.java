package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportPageTest {

  private static final ReportData EMPTY =
      new ReportData(
          SampleWarehouse.HOSTILE,
          "TWD",
          0,
          LocalDate.of(2026, 2, 28),
          null,
          new ReportData.Headline(null, null, null, null),
          null,
          List.of(),
          List.of(),
          List.of(),
          null,
          null,
          null,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          null,
          List.of(),
          List.of(),
          List.of(),
          null,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          null);

  @Test
  void escapesWhatCouldEndAScriptOrItsLine() {
    String text = "</script>&\u2028\u2029\"\\\n客戶";

    String json = ReportPage.json(Map.of("text", text));

    assertThat(json)
        .isEqualTo("{\"text\":\"\\u003c/script\\u003e\\u0026\\u2028\\u2029\\\"\\\\\\n客戶\"}");
  }

  @Test
  void readsBackAsItWas() throws Exception {
    String text = "</script><!--&\u2028\u2029\"\\\n客戶 😀";

    JsonNode read = new ObjectMapper().readTree(ReportPage.json(Map.of(text, text)));

    assertThat(read.get(text).asText()).isEqualTo(text);
  }

  @Test
  void writesDatesAsIsoText() {
    assertThat(ReportPage.json(Map.of("day", LocalDate.of(2026, 2, 28))))
        .isEqualTo("{\"day\":\"2026-02-28\"}");
  }

  @Test
  void holdsEverythingInOneFileBelowTwoMegabytes() {
    String page = ReportPage.render(EMPTY);

    assertThat(page.length()).isLessThan(2_000_000);
    assertThat(page.contains(SampleWarehouse.HOSTILE)).isFalse();
    assertThat(page.substring(0, page.indexOf("<script>")))
        .doesNotContainPattern("<(script|img|link)[^>]+(src|href)=\"(?!data:)")
        .doesNotContainPattern("@import|url\\(");
    assertThat(page.split("</script>", -1)).hasSize(5);
  }

  @Test
  void namesItsScriptsByHash() {
    assertThat(ReportPage.render(EMPTY))
        .containsPattern(
            "default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'"
                + " 'sha256-[A-Za-z0-9+/=]{44}';");
  }

  @Test
  void hasTheSameMessagesWithTheSameSlotsInBothLanguages() {
    JsonNode english = ReportPage.messages("en");
    JsonNode chinese = ReportPage.messages("zh");

    assertThat(names(chinese)).isEqualTo(names(english));
    for (String name : names(english)) {
      assertThat(slots(chinese.get(name).asText()))
          .as(name)
          .isEqualTo(slots(english.get(name).asText()));
      assertThat(chinese.get(name).asText()).as(name).isNotBlank();
    }
  }

  @Test
  void hasAMessageForEveryKeyThatTheTemplateNames() {
    List<String> keys = new ArrayList<>();
    Matcher key =
        Pattern.compile("data-(?:message|label)=\"([^\"]+)\"|say\\('([a-z.]+)'[,)]")
            .matcher(ReportPage.render(EMPTY));
    while (key.find()) {
      keys.add(key.group(1) == null ? key.group(2) : key.group(1));
    }

    assertThat(keys).hasSizeGreaterThan(100);
    assertThat(names(ReportPage.messages("en"))).containsAll(keys);
  }

  private static Set<String> names(JsonNode messages) {
    Set<String> names = new HashSet<>();
    for (Iterator<String> name = messages.fieldNames(); name.hasNext(); ) {
      names.add(name.next());
    }
    return names;
  }

  private static Set<String> slots(String message) {
    Set<String> slots = new HashSet<>();
    Matcher slot = Pattern.compile("\\{[a-z]+}").matcher(message);
    while (slot.find()) {
      slots.add(slot.group());
    }
    return slots;
  }
}

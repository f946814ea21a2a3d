package io.portrait.common.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuppressedTest {

  private static final KeyedHash HASH = new KeyedHash("a-key-for-tests-only");

  @Test
  void findsWhatIsKeptOutInTheTextOfARowThatCannotBeRead() {
    Suppressed suppressed =
        suppressed(
            Map.of(
                "mail", HASH.hash("email", "amy@example.com"),
                "phone", HASH.hash("phone", "+886912345678"),
                "crm", HASH.hash("crm", "C-000 001"),
                "visitor", HASH.hash("visitor", "cookie-amy-1"),
                "short", HASH.hash("crm", "17")));

    assertThat(suppressed.inText("broken;Amy <AMY@Example.com>.")).isEqualTo("mail");
    assertThat(suppressed.inText("{\"mail\":\"amy@example.com\",\"x\":")).isEqualTo("mail");
    assertThat(suppressed.inText("mailto:amy@example.com")).isEqualTo("mail");
    assertThat(suppressed.inText("xamy@example.com;amy@example.com.tw")).isNull();
    assertThat(suppressed.inText("call 0912-345-678 or")).isEqualTo("phone");
    assertThat(suppressed.inText("a,+886 912 345 678,b,c")).isEqualTo("phone");
    assertThat(suppressed.inText("0912-345-679")).isNull();
    assertThat(suppressed.inText("x; C-000 001 ;y")).isEqualTo("crm");
    assertThat(suppressed.inText("{'id': 'cookie-amy-1'")).isEqualTo("visitor");
    assertThat(suppressed.inText("cookie-amy-12")).isNull();
    // A short number is met everywhere.
    assertThat(suppressed.inText("17;17")).isNull();
    assertThat(suppressed.inText("")).isNull();
    assertThat(suppressed.inText(null)).isNull();
  }

  private static Suppressed suppressed(Map<String, String> pseudonyms) {
    Map<String, String> requests = new HashMap<>();
    pseudonyms.forEach((request, key) -> requests.put(Suppressed.key(HASH, key), request));
    return new Suppressed(HASH, requests, List.of("crm", "visitor", "email"), "TW");
  }
}

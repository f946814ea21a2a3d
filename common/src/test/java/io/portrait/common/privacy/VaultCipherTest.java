package io.portrait.common.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class VaultCipherTest {

  private static final HexFormat HEX = HexFormat.of();

  private final VaultCipher old = new VaultCipher("the key of last year", List.of());
  private final VaultCipher cipher =
      new VaultCipher("the key of this year", List.of("the key of last year"));

  /** Test cases 1 and 3 of RFC 5869, as far as the first 32 bytes go. */
  @Test
  void derivesKeysAsTheStandardSays() {
    byte[] secret = HEX.parseHex("0b".repeat(22));

    assertThat(
            HEX.formatHex(
                VaultCipher.hkdf(
                    secret,
                    HEX.parseHex("000102030405060708090a0b0c"),
                    HEX.parseHex("f0f1f2f3f4f5f6f7f8f9"),
                    32)))
        .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    assertThat(HEX.formatHex(VaultCipher.hkdf(secret, new byte[0], new byte[0], 32)))
        .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  }

  @Test
  void givesBackWhatItHid() {
    for (String value : List.of("", "a", "陳小明", "x".repeat(10_000))) {
      String stored = cipher.encrypt("full_name", "ann", value);

      assertThat(stored).matches("v1\\.[0-9a-f]{16}\\.[A-Za-z0-9_-]+");
      assertThat(cipher.decrypt("full_name", "ann", stored)).isEqualTo(value);
    }
    assertThat(cipher.encrypt("full_name", "ann", null)).isNull();
    assertThat(cipher.decrypt("full_name", "ann", null)).isNull();
  }

  @Test
  void writesTheSameInARerunAndShowsNoEqualityBetweenAccountsOrColumns() {
    String stored = cipher.encrypt("email", "ann", "ann@example.com");

    assertThat(cipher.encrypt("email", "ann", "ann@example.com")).isEqualTo(stored);
    assertThat(body(cipher.encrypt("email", "bob", "ann@example.com"))).isNotEqualTo(body(stored));
    assertThat(body(cipher.encrypt("phone", "ann", "ann@example.com"))).isNotEqualTo(body(stored));
    assertThat(body(old.encrypt("email", "ann", "ann@example.com"))).isNotEqualTo(body(stored));
  }

  @Test
  void refusesWhatWasMovedChangedOrIsOfAKeyThatIsNotHere() {
    String stored = cipher.encrypt("email", "ann", "ann@example.com");
    char first = stored.charAt(30);
    String changed = stored.substring(0, 30) + (first == 'A' ? 'B' : 'A') + stored.substring(31);

    assertThatThrownBy(() -> cipher.decrypt("email", "bob", stored))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("column email that was changed or moved");
    assertThatThrownBy(() -> cipher.decrypt("email", "ann", changed))
        .hasMessageContaining("changed or moved");
    assertThatThrownBy(() -> cipher.decrypt("email", "ann", stored.substring(0, 30)))
        .hasMessageContaining("changed or moved");
    assertThatThrownBy(() -> old.decrypt("email", "ann", stored))
        .hasMessageContaining("encrypted with the key " + cipher.keyIds().get(0))
        .hasMessageContaining("rotate-key");
    assertThatThrownBy(() -> cipher.decrypt("email", "ann", "ann@example.com"))
        .hasMessageContaining("not encrypted")
        .hasMessageNotContaining("ann@");
  }

  @Test
  void renewsWhatAnEarlierKeyOrNoneHid() {
    String before = old.encrypt("phone", "ann", "+886912345678");
    String now = cipher.encrypt("phone", "ann", "+886912345678");

    assertThat(cipher.decrypt("phone", "ann", before)).isEqualTo("+886912345678");
    assertThat(cipher.renew("phone", "ann", before)).isEqualTo(now);
    assertThat(cipher.renew("phone", "ann", "+886912345678")).isEqualTo(now);
    assertThat(cipher.renew("phone", "ann", now)).isSameAs(now);
    assertThat(cipher.renew("phone", "ann", null)).isNull();
  }

  private static String body(String stored) {
    return stored.substring(stored.lastIndexOf('.'));
  }
}

package io.portrait.jobs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Damages lines and files. Text is bytes, one a character (ISO 8859-1), so any byte may occur. */
final class Mutations {

  /** What breaks readers and converters; none ends a line. */
  private static final List<String> TOKENS =
      List.of(
          "",
          " ",
          "null",
          "NULL",
          "\\N",
          "\\",
          "NaN",
          "-Infinity",
          "1e999",
          "-0",
          "0x1F",
          "99999999999999999999999999999999999999999",
          "-9223372036854775808",
          "1.7976931348623157E308",
          "0.000000000000000000000000000001",
          "1,234,567.89",
          "１２３",
          "0000-00-00",
          "2024-02-30",
          "9999-12-31T23:59:59.999999999Z",
          "-2024-01-01",
          "+12024-01-01 00:00:00",
          "2024-01-01T25:61:61+99:99",
          "31/12/1980",
          "1/1/80",
          "' OR 1=1 --",
          "${PORTRAIT_KEY}",
          "%s%n%d",
          "<script>",
          "a;b|c\td,e",
          "王小明",
          "é\u0301😀\u202e",
          "\u0000",
          "\u0001",
          "\u000b\u000c\u001c\u0085\u2028",
          "\ufeff",
          "\ud800",
          "(",
          "[",
          "{",
          "}",
          "]",
          "{\"a\":[1,{\"b\":null}]}",
          "a@b",
          "@",
          "a@@b.c",
          "x".repeat(300) + "@example.com",
          "+886",
          "0912345678901234567890",
          "tel:+1(555)010-0000;ext=5",
          "GET / HTTP/1.1",
          "[01/Xxx/2024:99:99:99 +9999]",
          "x".repeat(20_000),
          "\\x".repeat(10_000),
          "1".repeat(5_000));

  private final Random random;

  Mutations(long seed) {
    this.random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** Bytes of a text, as this class has them. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** A value that may break something. */
  String token() {
    return TOKENS.get(random.nextInt(TOKENS.size()));
  }

  /**
   * Damages a line in one to three places; no line break is added.
   *
   * @param without characters that are not added
   */
  String line(String line, String without) {
    String result = line;
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      result = once(result, without);
    }
    return result;
  }

  private String once(String line, String without) {
    int from = line.isEmpty() ? 0 : random.nextInt(line.length());
    int to = Math.min(line.length(), from + random.nextInt(12));
    String head = line.substring(0, from);
    String cut = line.substring(from, to);
    String tail = line.substring(to);
    return switch (random.nextInt(8)) {
      case 0 -> head + tail;
      case 1 -> head + cut + cut + tail;
      case 2 -> head + allowed(bytes(token()), without) + tail;
      case 3 -> head + allowed(bytes(token()), without) + cut + tail;
      case 4 -> head + allowed(String.valueOf((char) random.nextInt(256)), without) + tail;
      case 5 -> head;
      case 6 -> tail + head + cut;
      default -> head + new StringBuilder(cut).reverse() + tail;
    };
  }

  private static String allowed(String text, String without) {
    StringBuilder result = new StringBuilder();
    text.chars()
        .filter(c -> c != '\n' && c != '\r' && without.indexOf(c) < 0)
        .forEach(c -> result.append((char) c));
    return result.toString();
  }

  /** Damages a whole file. */
  byte[] file(byte[] bytes) {
    byte[] result = bytes.clone();
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(6)) {
      case 0 -> java.util.Arrays.copyOf(result, at);
      case 1 -> {
        for (int i = 0; i < 20; i++) {
          result[random.nextInt(result.length)] = (byte) random.nextInt(256);
        }
        yield result;
      }
      case 2 -> java.util.Arrays.copyOfRange(result, at, result.length);
      case 3 -> {
        random.nextBytes(result);
        yield result;
      }
      case 4 -> {
        // The beginning, where headers and magic numbers are.
        for (int i = 0; i < 4; i++) {
          result[random.nextInt(Math.min(30, result.length))] = (byte) random.nextInt(256);
        }
        yield result;
      }
      default -> {
        // The end, where the footers of Parquet and gzip are.
        for (int i = 0; i < 4; i++) {
          result[result.length - 1 - random.nextInt(Math.min(30, result.length))] =
              (byte) random.nextInt(256);
        }
        yield result;
      }
    };
  }
}

package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Finds any of many texts in one pass, whole words only and in upper or lower case.
 *
 * <p>Each text is kept under the fingerprint of its longest word, so that a word that begins none
 * of them costs one look-up, however many texts there are. The texts travel inside this object and
 * reach no plan and no log.
 */
public final class TextSearch implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Shorter numbers and words are met everywhere and prove nothing. */
  private static final int LEAST_DIGITS = 9;

  private static final int LEAST_CHARACTERS = 6;
  private static final int LEAST_IDEOGRAPHS = 2;

  private final HashMap<Long, List<Text>> byWord = new HashMap<>();
  private final int longest;
  private final int size;

  /** A text, where its longest word begins in it, and what it stands for. */
  private record Text(String text, int offset, String meaning) implements Serializable {}

  /**
   * Makes a search.
   *
   * @param meanings what each text stands for; texts that are not {@link #isDistinctive} are left
   *     out
   */
  public TextSearch(Map<String, String> meanings) {
    int greatest = 0;
    int kept = 0;
    for (Map.Entry<String, String> entry : meanings.entrySet()) {
      String text = stripped(entry.getKey());
      if (isDistinctive(text)) {
        int[] word = longestWord(text);
        byWord
            .computeIfAbsent(hash(text, word[0], word[1]), key -> new ArrayList<>())
            .add(new Text(text, word[0], entry.getValue()));
        greatest = Math.max(greatest, text.length());
        kept++;
      }
    }
    this.longest = greatest;
    this.size = kept;
  }

  /**
   * Whether a text can be told from others that look the same: no number of fewer than nine digits,
   * and no text of fewer than six characters unless it has two ideographs.
   */
  public static boolean isDistinctive(String text) {
    String inner = stripped(text);
    if (inner.chars().allMatch(Character::isDigit)) {
      return inner.length() >= LEAST_DIGITS;
    }
    return inner.length() >= LEAST_CHARACTERS
        || inner.codePoints().filter(Character::isIdeographic).count() >= LEAST_IDEOGRAPHS;
  }

  /** Number of texts looked for. */
  public int size() {
    return size;
  }

  /** Characters that a part of a longer text must share with the next. */
  public int overlap() {
    return longest + 2;
  }

  /** What the first text found stands for; null if there is none, or the column is null. */
  public Column find(Column text) {
    return udf((UDF1<String, String>) this::first, StringType).withName("text_search").apply(text);
  }

  /** What the first text found stands for, or null. */
  String first(String text) {
    String[] found = new String[1];
    if (text != null) {
      scan(text, true, true, meaning -> found[0] = found[0] == null ? meaning : found[0]);
    }
    return found[0];
  }

  /**
   * Tells what stands in a text, or in one part of a longer one.
   *
   * @param isBeginning whether nothing comes before it; else what precedes its first separator is
   *     the end of a word that began earlier
   * @param isEnd whether nothing comes after it
   */
  public void scan(CharSequence text, boolean isBeginning, boolean isEnd, Consumer<String> found) {
    int length = text.length();
    int i = 0;
    if (!isBeginning) {
      while (i < length && Character.isLetterOrDigit(text.charAt(i))) {
        i++;
      }
    }
    while (i < length) {
      while (i < length && !Character.isLetterOrDigit(text.charAt(i))) {
        i++;
      }
      int start = i;
      long hash = 0;
      while (i < length && Character.isLetterOrDigit(text.charAt(i))) {
        hash = next(hash, text.charAt(i));
        i++;
      }
      if (i > start && (i < length || isEnd)) {
        List<Text> candidates = byWord.get(hash);
        if (candidates != null) {
          for (Text candidate : candidates) {
            if (isAt(text, start - candidate.offset(), candidate.text(), isEnd)) {
              found.accept(candidate.meaning());
            }
          }
        }
      }
    }
  }

  private static boolean isAt(CharSequence text, int from, String sought, boolean isEnd) {
    int to = from + sought.length();
    if (from < 0 || to > text.length() || (to == text.length() && !isEnd)) {
      return false;
    }
    for (int i = 0; i < sought.length(); i++) {
      if (lower(text.charAt(from + i)) != sought.charAt(i)) {
        return false;
      }
    }
    boolean isMail = sought.indexOf('@') >= 0;
    return (from == 0 || !isPartOf(text.charAt(from - 1), isMail))
        && (to == text.length() || !Character.isLetterOrDigit(text.charAt(to)));
  }

  /** Whether a character before a text makes it the end of another. */
  private static boolean isPartOf(char before, boolean isMail) {
    return Character.isLetterOrDigit(before) || (isMail && "._+-".indexOf(before) >= 0);
  }

  private static String stripped(String text) {
    String lower = lower(text);
    int from = 0;
    int to = lower.length();
    while (from < to && !Character.isLetterOrDigit(lower.charAt(from))) {
      from++;
    }
    while (to > from && !Character.isLetterOrDigit(lower.charAt(to - 1))) {
      to--;
    }
    return lower.substring(from, to);
  }

  private static String lower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    text.chars().forEach(c -> lower.append(lower((char) c)));
    return lower.toString();
  }

  private static char lower(char c) {
    return Character.toLowerCase(c);
  }

  /** First and end of the longest run of letters and digits. */
  private static int[] longestWord(String text) {
    int[] best = {0, 0};
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || !Character.isLetterOrDigit(text.charAt(i))) {
        if (i - start > best[1] - best[0]) {
          best = new int[] {start, i};
        }
        start = i + 1;
      }
    }
    return best;
  }

  private static long hash(String text, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      hash = next(hash, text.charAt(i));
    }
    return hash;
  }

  private static long next(long hash, char c) {
    return hash * 1_099_511_628_211L + lower(c) + 1;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "TextSearch[%d texts]", size);
  }
}

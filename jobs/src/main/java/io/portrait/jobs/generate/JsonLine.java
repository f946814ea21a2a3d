package io.portrait.jobs.generate;

/** A JSON object on one line, keys in the order given. */
public final class JsonLine {

  private final StringBuilder text = new StringBuilder("{");

  /** Adds a string. */
  public JsonLine text(String key, String value) {
    return raw(key, '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
  }

  /** Adds a value that is JSON already: a number, true, null. */
  public JsonLine raw(String key, String json) {
    text.append(text.length() == 1 ? "" : ",").append('"').append(key).append("\":").append(json);
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }
}

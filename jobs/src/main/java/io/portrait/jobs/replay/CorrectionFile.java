package io.portrait.jobs.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portrait.common.config.NearestName;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Refused rows as a person corrects them: one JSON object a line, {@code {"source": "crm",
 * "row_hash": "...", "reasons": [...], "row": {"column": "value", ...}}}. The reasons are there to
 * be read and are not looked at.
 */
final class CorrectionFile {

  /** Rows of a file; more are a matter for the map. */
  static final int MOST_ROWS = 10_000;

  private static final List<String> KEYS = List.of("source", "row_hash", "reasons", "row");
  private static final ObjectMapper JSON = new ObjectMapper();

  private CorrectionFile() {}

  /** A refused row with its reasons. */
  record Refused(Correction asReceived, Collection<String> reasons) {}

  /**
   * Writes refused rows to be corrected.
   *
   * @throws JobException if the file is there already or cannot be written
   */
  static void write(Configuration hadoop, String file, List<Refused> rows) {
    Path path = new Path(file);
    try (OutputStream out = fileSystem(hadoop, path).create(path, false)) {
      for (Refused refused : rows) {
        ObjectNode line = JSON.createObjectNode();
        line.put("source", refused.asReceived().source());
        line.put("row_hash", refused.asReceived().rowHash());
        line.set("reasons", JSON.valueToTree(refused.reasons()));
        line.set("row", JSON.valueToTree(new TreeMap<>(refused.asReceived().row())));
        out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (FileAlreadyExistsException e) {
      throw JobException.invalidConfig(
          "The file %s is there already. Pass --template with a new name.", file);
    } catch (IOException e) {
      throw JobException.invalidConfig("The file %s cannot be written: %s", file, e.getMessage());
    }
  }

  /**
   * Reads corrected rows.
   *
   * @param columns raw columns of each source
   * @throws JobException naming every line at fault; never a value
   */
  static List<Correction> read(
      Configuration hadoop, String file, Map<String, ? extends Collection<String>> columns) {
    List<Fault> faults = new ArrayList<>();
    List<Correction> corrections = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Path path = new Path(file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(fileSystem(hadoop, path).open(path), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        int before = faults.size();
        Correction correction = parse(line, file, number, columns, faults);
        if (faults.size() == before
            && !seen.add(correction.source() + "/" + correction.rowHash())) {
          faults.add(new Fault(file, number, "row_hash", "the row is corrected twice"));
        }
        corrections.add(correction);
        if (corrections.size() > MOST_ROWS) {
          throw JobException.invalidConfig(
              "The file %s has more than %,d rows. Correct the map in sources.yaml instead, or pass"
                  + " them in several files.",
              file, MOST_ROWS);
        }
      }
    } catch (FileNotFoundException e) {
      throw JobException.invalidConfig("There is no file %s. Correct --corrections.", file);
    } catch (IOException e) {
      throw JobException.invalidConfig("The file %s cannot be read: %s", file, e.getMessage());
    }
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    if (corrections.isEmpty()) {
      throw JobException.invalidConfig("The file %s has no row. Correct --corrections.", file);
    }
    return List.copyOf(corrections);
  }

  /** Without Hadoop's checksums beside local files, which an editor would make wrong. */
  private static FileSystem fileSystem(Configuration hadoop, Path path) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  private static Correction parse(
      String text,
      String file,
      int number,
      Map<String, ? extends Collection<String>> columns,
      List<Fault> faults) {
    JsonNode line;
    try {
      line = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // The parser's own words would show the line.
      faults.add(new Fault(file, number, "", "is not a JSON object in one line"));
      return null;
    }
    if (!line.isObject()
        || !line.path("source").isTextual()
        || !line.path("row_hash").isTextual()
        || !line.path("row").isObject()) {
      faults.add(
          new Fault(file, number, "", "needs source and row_hash as texts and row as an object"));
      return null;
    }
    line.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                faults.add(
                    new Fault(file, number, key, "unknown key. " + NearestName.hint(key, KEYS)));
              }
            });
    String source = line.get("source").asText();
    Map<String, String> row = new LinkedHashMap<>();
    Collection<String> valid = columns.get(source);
    if (valid == null) {
      faults.add(
          new Fault(
              file,
              number,
              "source",
              "there is no source '"
                  + source
                  + "'. "
                  + NearestName.hint(source, columns.keySet())));
      return null;
    }
    line.get("row")
        .fields()
        .forEachRemaining(
            field -> {
              if (!valid.contains(field.getKey())) {
                faults.add(
                    new Fault(
                        file,
                        number,
                        "row." + field.getKey(),
                        "the source has no such column. "
                            + NearestName.hint(field.getKey(), valid)));
              } else if (field.getValue().isContainerNode()) {
                faults.add(
                    new Fault(file, number, "row." + field.getKey(), "is not a single value"));
              }
              row.put(field.getKey(), field.getValue().isNull() ? null : field.getValue().asText());
            });
    return new Correction(number, source, line.get("row_hash").asText(), row);
  }
}

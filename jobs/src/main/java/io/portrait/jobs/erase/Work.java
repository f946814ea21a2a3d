package io.portrait.jobs.erase;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An erasure that has begun: what a run that takes over from a killed one could find no more.
 *
 * <p>It holds the persons' identifiers, so it stands in the restricted zone, where they stood until
 * then; it is written before anything is erased and is the last thing to go.
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
final class Work {

  /** Below the warehouse. */
  static final String FILE = "bronze/_erasure/work.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Pseudonym of an account or of an identifier that is theirs alone, to request. */
  Map<String, String> keys = new TreeMap<>();

  /** Those of {@link #keys} that are accounts. */
  Set<String> accounts = new TreeSet<>();

  /** Type of a key: a realm, {@code email} or {@code phone}. */
  Map<String, String> types = new TreeMap<>();

  /** {@code as_of/customer_id} to request. */
  Map<String, String> standings = new TreeMap<>();

  /** Text as received or given, to its type. */
  Map<String, String> texts = new TreeMap<>();

  /** Text as received or given, to request. */
  Map<String, String> textRequests = new TreeMap<>();

  /** Persons by request. */
  Map<String, Long> persons = new TreeMap<>();

  /** Rows by table and request, as found before anything was erased. */
  Map<String, Map<String, Long>> rows = new TreeMap<>();

  /** Identifiers that accounts of others have too. */
  long sharedIdentifiers;

  /** Texts that master data of others show too. */
  long sharedTexts;

  /** Whether the rollups had taken in all of silver. */
  boolean isSummarized = true;

  /** Reads what a killed run has left. */
  static Optional<Work> read(Configuration hadoop, String root) {
    Path path = new Path(root, FILE);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (files.exists(path)) {
        return Optional.of(read(files, path));
      }
      Path draft = draft(path);
      return files.exists(draft) ? Optional.of(read(files, draft)) : Optional.empty();
    } catch (JacksonException e) {
      // A draft that was not written to its end: nothing had been erased yet.
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Work read(FileSystem files, Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      return JSON.readValue(in, Work.class);
    }
  }

  private static Path draft(Path path) {
    return new Path(path.getParent(), "draft.json");
  }

  /** Writes it; a reader sees the old file or the new one. */
  void write(Configuration hadoop, String root) {
    Path path = new Path(root, FILE);
    Path draft = draft(path);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      try (OutputStream out = files.create(draft, true)) {
        out.write(JSON.writeValueAsBytes(this));
      }
      files.delete(path, false);
      files.rename(draft, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Configuration hadoop, String root) {
    Path folder = new Path(root, FILE).getParent();
    try {
      folder.getFileSystem(hadoop).delete(folder, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds persons. */
  void add(Persons found) {
    keys.putAll(found.accounts());
    keys.putAll(found.identifiers());
    accounts.addAll(found.accounts().keySet());
    types.putAll(found.types());
    standings.putAll(found.standings());
    // A killed run may have erased some of them: what it had counted stands.
    found.counts().forEach((request, count) -> persons.merge(request, count, Math::max));
    sharedIdentifiers = Math.max(sharedIdentifiers, found.shared());
  }

  /** Customer ids that mean the persons now, or meant them at some as-of date. */
  Set<String> customers() {
    Set<String> customers = new TreeSet<>(accounts);
    standings.keySet().forEach(standing -> customers.add(standing.replaceFirst(".*/", "")));
    return customers;
  }

  /** Notes rows of a table; what a killed run had counted stands. */
  void addRows(String table, Map<String, Long> byRequest) {
    byRequest.forEach(
        (request, count) ->
            rows.computeIfAbsent(table, key -> new TreeMap<>()).merge(request, count, Math::max));
  }
}

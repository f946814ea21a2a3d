package io.portrait.jobs.erase;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.portrait.common.error.JobException;
import io.portrait.common.io.FileSearch;
import io.portrait.common.io.FileSearch.Finding;
import io.portrait.common.io.StoredTable.Purged;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.PrivacyTables;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What was erased and what the search found afterwards: one row of {@link PrivacyTables#ERASURE}
 * and one JSON file below {@code ops/certificate} for each request. Nothing in it tells a person.
 *
 * @param work what was to be done
 * @param purged files removed
 * @param search what was looked at and found
 * @param searched texts looked for
 * @param notSearched texts that could not be looked for
 * @param undeclared bronze tables of sources that are declared no more
 */
record Certificate(
    Work work,
    Purged purged,
    FileSearch.Result search,
    long searched,
    long notSearched,
    List<String> undeclared) {

  private static final String SCOPE =
      "Every file below the warehouse. Not covered, since Portrait has no hold on them: the source"
          + " systems and their extracts, logs of the machine, exports and copies made before, and"
          + " backups.";

  /**
   * What was found and should be gone. A name or an address in the restricted zone is another's and
   * does not count, but for tables whose columns no source declares: rows of the person would be
   * found there by nothing else.
   */
  List<Finding> left() {
    return search.findings().stream().filter(finding -> !isAnothers(finding)).toList();
  }

  private boolean isAnothers(Finding finding) {
    return Bronze.PERSONAL.contains(finding.meaning())
        && (finding.file().startsWith("bronze/") || finding.file().startsWith("vault/"))
        && undeclared.stream().noneMatch(table -> finding.file().startsWith(table + "/"));
  }

  private boolean isProven() {
    return left().isEmpty();
  }

  /** Writes table and files. */
  void write(JobContext context) {
    Timestamp now = Timestamp.from(Instant.now());
    List<Row> rows = new ArrayList<>();
    work.persons.forEach(
        (request, persons) -> {
          Map<String, Long> byTable = byTable(request);
          rows.add(
              RowFactory.create(
                  request,
                  context.runId(),
                  now,
                  persons,
                  accounts(request),
                  byTable,
                  byTable.values().stream().mapToLong(Long::longValue).sum(),
                  purged.files(),
                  purged.bytes(),
                  search.files(),
                  search.bytes(),
                  searched,
                  notSearched,
                  isProven()));
        });
    rows.forEach(row -> writeFile(context, row));
    context
        .tables()
        .merge(
            PrivacyTables.ERASURE,
            context.spark().createDataFrame(rows, PrivacyTables.ERASURE.structType()).coalesce(1),
            null,
            "true",
            null);
    context.counts().addIn(rows.stream().mapToLong(row -> row.getLong(6)).sum());
  }

  private void writeFile(JobContext context, Row row) {
    Map<String, Object> text = new LinkedHashMap<>();
    List<String> names = PrivacyTables.ERASURE.columnNames();
    for (int i = 0; i < names.size(); i++) {
      text.put(
          names.get(i), row.get(i) instanceof Timestamp t ? t.toInstant().toString() : row.get(i));
    }
    text.put("still_found", describe(left()));
    text.put("searched_without_maps", undeclared);
    text.put("scope", SCOPE);
    Path path =
        new Path(context.tables().root() + "/ops/certificate/" + row.getString(0) + ".json");
    try (OutputStream out =
        path.getFileSystem(context.spark().sparkContext().hadoopConfiguration())
            .create(path, true)) {
      out.write(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kind of identifier and table, without file names, which say nothing. */
  private static List<String> describe(List<Finding> findings) {
    return findings.stream()
        .map(
            finding ->
                finding.meaning() + " in " + finding.file().replaceFirst("^([^/]+/[^/]+)/.*", "$1"))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  /** Tells the person who started the run. */
  void tell(JobContext context) {
    context
        .console()
        .say(
            String.format(
                Locale.ROOT,
                "erased: %,d persons with %,d accounts, %,d rows of %,d tables; %,d files removed;"
                    + " %,d files with %,d bytes searched for %,d identifiers (%,d are too short or"
                    + " are others' too): %s",
                work.persons.values().stream().mapToLong(Long::longValue).sum(),
                work.accounts.size(),
                work.rows.values().stream()
                    .flatMap(byRequest -> byRequest.values().stream())
                    .mapToLong(Long::longValue)
                    .sum(),
                work.rows.size(),
                purged.files(),
                search.files(),
                search.bytes(),
                searched,
                notSearched,
                isProven() ? "none found" : "SOME ARE STILL THERE"));
    context.console().say("certificates: " + context.tables().root() + "/ops/certificate");
    long names = search.findings().size() - left().size();
    if (names > 0) {
      context
          .console()
          .warn(
              String.format(
                  Locale.ROOT,
                  "%,d files of the restricted zone hold a name or an address that an erased person"
                      + " had too; they are in rows of others.",
                  names));
    }
    if (!isProven()) {
      throw JobException.invalidData(
          "All rows of the persons that can be told are erased, but identifiers of theirs still"
              + " stand in rows of others, in tables of sources that are declared no more, or in"
              + " tables that Portrait does not make: %s. Have these rows corrected in their"
              + " source, or remove them by hand; then search again with a request of a new id. The"
              + " certificate says so.",
          String.join("; ", describe(left())));
    }
  }

  private long accounts(String request) {
    return work.accounts.stream().filter(a -> request.equals(work.keys.get(a))).count();
  }

  private Map<String, Long> byTable(String request) {
    Map<String, Long> byTable = new TreeMap<>();
    work.rows.forEach(
        (table, byRequest) -> {
          if (byRequest.containsKey(request)) {
            byTable.put(table, byRequest.get(request));
          }
        });
    return byTable;
  }
}

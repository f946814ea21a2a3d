package io.portrait.jobs.replay;

import static io.portrait.common.transform.PersonTransforms.FOUND;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Source;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.AnsiOff;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.transform.PersonTransforms;
import io.portrait.common.transform.RawTransforms;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Keeps corrections from bringing back whom {@link PrivacyTables#SUPPRESSION} keeps out. */
final class ErasedPeople {

  private ErasedPeople() {}

  /**
   * Refuses corrections that show an account, e-mail, phone or id of an erased person: by the maps
   * of their source, with the values of the refused row that they leave as they are; or anywhere in
   * their own values, since these stand in bronze.
   *
   * @param rows the corrections as {@link RawTables#CORRECTION} keeps them
   * @throws JobException naming their lines, and no value
   */
  static void refuse(
      JobContext context, String file, List<Correction> corrections, Dataset<Row> rows) {
    Suppressed suppressed = Suppressed.read(context.catalogue(), context.tables());
    if (suppressed.isEmpty()) {
      return;
    }
    KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
    hash.register(context.spark());
    Set<String> erased = new HashSet<>();
    note(
        rows.filter(suppressed.findIn(PersonTransforms.text(col("row"))).isNotNull())
            .select("source", "row_hash"),
        erased);
    // As in conform: a row whose expressions cannot be computed is refused there.
    AnsiOff ansi = AnsiOff.in(context.spark());
    try {
      for (Source source : context.catalogue().sources()) {
        if (corrections.stream().anyMatch(c -> c.source().equals(source.name()))) {
          note(ofErased(context, source, rows, suppressed, hash), erased);
        }
      }
    } finally {
      ansi.close();
    }
    List<Fault> faults =
        corrections.stream()
            .filter(c -> erased.contains(key(c.source(), c.rowHash())))
            .map(
                c ->
                    new Fault(
                        file,
                        c.line(),
                        "row",
                        "is of an erased person, who is to be kept out. Take the line away; to let"
                            + " the person in again, delete the request's rows of ops/suppression"))
            .toList();
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }

  /** Source and hash of the refused rows that show an erased person once they are corrected. */
  private static Dataset<Row> ofErased(
      JobContext context, Source source, Dataset<Row> rows, Suppressed suppressed, KeyedHash hash) {
    Tables tables = context.tables();
    Dataset<Row> corrections = RawTransforms.selectCorrections(rows, source.name());
    Dataset<Row> refused =
        tables
            .read(RawTables.REJECTED)
            .filter(col("source").equalTo(source.name()))
            .join(corrections.select(col("__hash").as("row_hash")), "row_hash")
            .withColumn("operation", lit("insert"))
            .withColumn("malformed", lit(null).cast("string"));
    List<Row> ingested = tables.readOrEmpty(RawTables.INGEST_FILE).collectAsList();
    return PersonTransforms.withSuppressed(
            PersonTransforms.withShownToAnyMap(
                refused,
                Optional.of(corrections),
                source,
                PersonTransforms.columns(source, ingested),
                context.catalogue().deployment().country(),
                hash),
            suppressed)
        .filter(col(FOUND).isNotNull())
        .select(col("__source"), col("__hash"));
  }

  private static void note(Dataset<Row> found, Set<String> erased) {
    found.collectAsList().forEach(row -> erased.add(key(row.getString(0), row.getString(1))));
  }

  private static String key(String source, String rowHash) {
    return source + "/" + rowHash;
  }
}

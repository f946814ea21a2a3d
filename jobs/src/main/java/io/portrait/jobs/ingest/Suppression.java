package io.portrait.jobs.ingest;

import static io.portrait.common.transform.PersonTransforms.FOUND;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.map_keys;

import io.portrait.common.config.Source;
import io.portrait.common.io.AnsiOff;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Suppressed;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.transform.PersonTransforms;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Keeps rows of erased people out of bronze: those whose account, e-mail, phone or other identifier
 * stands in {@link PrivacyTables#SUPPRESSION}, also rows that could not be read and rows that no
 * map takes.
 */
final class Suppression implements AutoCloseable {

  private final JobContext context;
  private final KeyedHash hash;
  private final Suppressed suppressed;
  private final Optional<AnsiOff> ansi;

  private Suppression(
      JobContext context, KeyedHash hash, Suppressed suppressed, Optional<AnsiOff> ansi) {
    this.context = context;
    this.hash = hash;
    this.suppressed = suppressed;
    this.ansi = ansi;
  }

  /**
   * What was held back.
   *
   * @param rows rows to keep
   * @param withheld rows held back, by origin; empty if there are none
   */
  record Outcome(Dataset<Row> rows, Map<String, Long> withheld) {}

  /** Reads whom to keep out. */
  static Suppression of(JobContext context) {
    Suppressed suppressed = Suppressed.read(context.catalogue(), context.tables());
    KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
    if (suppressed.isEmpty()) {
      return new Suppression(context, hash, suppressed, Optional.empty());
    }
    hash.register(context.spark());
    // As in conform: a row whose expressions cannot be computed is refused there.
    AnsiOff ansi = AnsiOff.in(context.spark());
    return new Suppression(context, hash, suppressed, Optional.of(ansi));
  }

  /**
   * Holds back rows of erased people.
   *
   * @param received rows of a batch as bronze keeps them
   * @param known lines of the source's batches so far, with their raw columns
   * @param columns raw columns of the batch; empty if only the rows can tell
   */
  Outcome withhold(Dataset<Row> received, Source source, List<Row> known, List<String> columns) {
    if (suppressed.isEmpty()) {
      return new Outcome(received, Map.of());
    }
    Set<String> all = new TreeSet<>(columns);
    all.addAll(PersonTransforms.columns(source, known));
    if (all.isEmpty()) {
      received
          .select(explode(map_keys(col("row"))))
          .distinct()
          .collectAsList()
          .forEach(row -> all.add(row.getString(0)));
    }
    Dataset<Row> found =
        PersonTransforms.withSuppressed(
            PersonTransforms.withShownToAnyMap(
                received,
                Optional.empty(),
                source,
                List.copyOf(all),
                context.catalogue().deployment().country(),
                hash),
            suppressed);
    Map<String, Long> withheld = new HashMap<>();
    found
        .filter(col(FOUND).isNotNull())
        .groupBy("_origin")
        .count()
        .collectAsList()
        .forEach(row -> withheld.put(row.getString(0), row.getLong(1)));
    if (withheld.isEmpty()) {
      return new Outcome(received, withheld);
    }
    context
        .console()
        .say(
            String.format(
                Locale.ROOT,
                "source %s: %,d rows of erased people were not let in.",
                source.name(),
                withheld.values().stream().mapToLong(Long::longValue).sum()));
    return new Outcome(PersonTransforms.asBronze(found.filter(col(FOUND).isNull())), withheld);
  }

  @Override
  public void close() {
    ansi.ifPresent(AnsiOff::close);
  }
}

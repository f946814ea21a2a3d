package io.portrait.common.io;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.portrait.common.error.JobException;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The time that the data spans.
 *
 * @param first day of the earliest event of any entity
 * @param last day of the latest one
 */
public record EventDays(LocalDate first, LocalDate last) {

  /** Looks at all event entities; none if there is no event at all. */
  public static Optional<EventDays> find(Tables tables) {
    Optional<Dataset<Row>> days =
        Entities.ALL.stream()
            .filter(e -> e.eventTime().isPresent() && tables.exists(e.silver()))
            .map(e -> tables.read(e.silver()).select(Entity.EVENT_DAY))
            .reduce(Dataset::unionByName);
    Row row =
        days.map(d -> d.agg(min(Entity.EVENT_DAY), max(Entity.EVENT_DAY)).head()).orElse(null);
    if (row == null || row.isNullAt(0)) {
      return Optional.empty();
    }
    return Optional.of(new EventDays(row.getDate(0).toLocalDate(), row.getDate(1).toLocalDate()));
  }

  /** What a person is told who needs events. */
  public static JobException missing() {
    return JobException.invalidData(
        "There is no event in any entity. Run ingest and conform first, or map a source to an"
            + " entity with a time, as order_item.");
  }
}

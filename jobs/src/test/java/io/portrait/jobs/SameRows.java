package io.portrait.jobs;

import io.portrait.common.job.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares all tables of small warehouses that were made of the same data in different ways, row
 * for row, those of restricted zones and of the accounts included. What {@code
 * scripts/cluster-check} and {@code scripts/airflow/test} run.
 */
public final class SameRows {

  private SameRows() {}

  /** Ends with 1 if one of the other warehouses named differs from the first. */
  public static void main(String[] warehouses) {
    List<String> faults = new ArrayList<>();
    try (Sessions session = Sessions.open("same rows")) {
      Snapshot expected = Snapshot.ofAll(session.spark(), warehouses[0]);
      if (expected.tables() == 0) {
        faults.add(warehouses[0] + " has no tables");
      }
      for (String warehouse : List.of(warehouses).subList(1, warehouses.length)) {
        List<String> found = faults(Snapshot.ofAll(session.spark(), warehouse), expected);
        System.out.printf(
            Locale.ROOT,
            "%s: %d tables with %,d rows compared, %d differ%n",
            warehouse,
            expected.tables(),
            expected.rows(),
            found.size());
        faults.addAll(found);
      }
    }
    faults.forEach(System.out::println);
    if (!faults.isEmpty()) {
      System.exit(1);
    }
  }

  /** What differs, and what stands there twice; rows of bronze may, if they were received twice. */
  private static List<String> faults(Snapshot found, Snapshot expected) {
    List<String> faults = new ArrayList<>(found.differences(expected));
    found.repeated().stream()
        .filter(table -> !table.startsWith("bronze/") && !expected.repeated().contains(table))
        .forEach(table -> faults.add(table + ": a row is there twice"));
    return faults;
  }
}

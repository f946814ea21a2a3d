package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobRunner;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.SparkExtension;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse that grew day by day equals one that is made at once from the same raw data.
 *
 * <p>{@code -Dportrait.history.count}, {@code .seed} and {@code .steps} (how many of the line) play
 * more histories, others, and more of the line: {@code scripts/chaos --histories 10} plays all of
 * it.
 */
@ExtendWith(SparkExtension.class)
@EnabledIfSystemProperty(named = "portrait.history.count", matches = "\\d+")
class HistoryTest {

  private static final int COUNT = Integer.getInteger("portrait.history.count", 1);
  private static final long SEED = Long.getLong("portrait.history.seed", 1);
  private static final int STEPS = Integer.getInteger("portrait.history.steps", 5);

  private static final List<String> LAYERS = List.of("silver", "vault", "gold", "gold_sensitive");

  /** Marks of the run, and of the order in which rows came. */
  private static final Set<String> MARKS = Set.of("run_id", "batch_id");

  private static final Set<String> CLUSTERED =
      Set.of(
          "cluster_id",
          "cluster",
          "cluster_en",
          "cluster_zh",
          "cluster_name_en",
          "cluster_name_zh");

  /**
   * What depends on the as-of dates before by its very meaning, so that a warehouse that has seen
   * none of them must differ.
   */
  private static final Map<String, Set<String>> OF_THE_PAST =
      Map.ofEntries(
          // Who merged or split since the date before.
          Map.entry("silver/customer_map_event", Set.of()),
          // Since when a tag is held, and tags that were held at the date before.
          Map.entry("gold/customer_tag", Set.of()),
          // When a customer entered a segment, who did, and who left.
          Map.entry("gold/customer_segment", Set.of("entered_on", "since", "entered_as_of")),
          Map.entry("gold/segment_transition", Set.of()),
          Map.entry("gold/segment", Set.of("entered", "left")),
          // How far inputs moved since the date before.
          Map.entry("gold/credit_stability", Set.of()),
          Map.entry("gold_sensitive/credit_stability", Set.of()),
          // Clusters start from those of the date before, so that they keep their names.
          Map.entry("gold/cluster", Set.of()),
          Map.entry("gold/cluster_feature", Set.of()),
          Map.entry("gold/cluster_metric", Set.of()),
          Map.entry("gold/customer_cluster", Set.of()),
          Map.entry("gold/customer_profile", CLUSTERED),
          Map.entry("gold_sensitive/customer_profile", CLUSTERED),
          Map.entry("gold_sensitive/customer_tag", Set.of()),
          Map.entry("gold/customer_profile_latest", CLUSTERED));

  @Test
  void dayByDayEqualsAllAtOnce(SparkSession spark, @TempDir Path dir) {
    Set<String> allEvents = new TreeSet<>();
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      Path root = dir.resolve("history" + seed);
      History history = new History(root, seed);
      String grown = root.resolve("grown").toString();
      LocalDate asOf = null;
      for (int i = 0; i < History.AS_OF.size(); i++) {
        asOf = history.deliver();
        run(spark, history, grown, asOf);
      }
      String made = root.resolve("made").toString();
      run(spark, history, made, asOf);

      Snapshot one = snapshot(spark, grown, asOf);
      Snapshot other = snapshot(spark, made, asOf);
      Map<String, Long> events = events(spark, grown);
      System.out.printf(
          Locale.ROOT,
          "history seed=%d steps=%d tables=%d rows=%d %s%n",
          seed,
          STEPS,
          one.tables(),
          one.rows(),
          events);
      assertThat(one.differences(other)).as("history of seed %d", seed).isEmpty();
      assertThat(one.repeated()).isEmpty();
      Worlds.assertAccounted(new Tables(spark, grown));
      allEvents.addAll(events.keySet());
    }
    assertThat(allEvents).contains("merge", "split");
  }

  @Test
  void aPastDayCanBeMadeAgain(SparkSession spark, @TempDir Path dir) {
    History history = new History(dir, SEED).append();
    String warehouse = dir.resolve("warehouse").toString();
    LocalDate first = history.deliver();
    run(spark, history, warehouse, first);
    Snapshot before = snapshot(spark, warehouse, first);
    LocalDate second = history.deliver();
    run(spark, history, warehouse, second);

    run(spark, history, warehouse, first);

    // Rollups and entities have no as-of date: they hold what came since.
    assertThat(ofAsOf(before.differences(snapshot(spark, warehouse, first)))).isEmpty();
    assertThat(snapshot(spark, warehouse, second).rows()).isGreaterThan(before.rows());
  }

  private static List<String> ofAsOf(List<String> differences) {
    return differences.stream()
        .filter(
            text ->
                !text.matches(
                    "(?s)(silver/(order|order_item|payment|web_event|service_ticket"
                        + "|session|account_day|account_category_day|account_identifier|account)|vault/.*|gold/data_dictionary|gold/customer_profile_latest):"
                        + " .*"))
        .toList();
  }

  private static Snapshot snapshot(SparkSession spark, String warehouse, LocalDate asOf) {
    return Snapshot.of(
        spark, warehouse, LAYERS, Optional.of(asOf), new Snapshot.Except(MARKS, OF_THE_PAST));
  }

  private static Map<String, Long> events(SparkSession spark, String warehouse) {
    Map<String, Long> events = new TreeMap<>();
    for (Row row :
        new Tables(spark, warehouse)
            .read(SilverTables.CUSTOMER_MAP_EVENT)
            .groupBy("event")
            .count()
            .collectAsList()) {
      events.put(row.getString(0), row.getLong(1));
    }
    return events;
  }

  private static void run(SparkSession spark, History history, String warehouse, LocalDate asOf) {
    Catalogue catalogue =
        new CatalogueLoader(new Configuration(), System::getenv).load(history.conf().toString());
    JobRunner runner =
        new JobRunner(
            spark,
            catalogue,
            warehouse,
            "run-of-" + asOf,
            "test",
            new Console(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
    for (Job job : Line.STEPS.subList(0, Math.min(STEPS, Line.STEPS.size()))) {
      if (job.isDeclared(catalogue)) {
        runner.run(job, Optional.of(asOf));
      }
    }
  }
}

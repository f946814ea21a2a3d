package io.portrait.common.testing;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Deployment.Currency;
import io.portrait.common.config.Deployment.Identity;
import io.portrait.common.config.Deployment.Privacy;
import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.config.Deployment.Quality;
import io.portrait.common.config.Place;
import io.portrait.common.config.ShippedPurposes;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** What tests give to a job: a small deployment, a fresh look at the warehouse. */
public final class Contexts {

  private Contexts() {}

  /** A context whose warnings go to {@code console}. */
  public static JobContext of(
      SparkSession spark,
      Path warehouse,
      ZoneId zone,
      Optional<LocalDate> asOf,
      OutputStream console) {
    return new JobContext(
        spark,
        catalogue(zone),
        new Tables(spark, warehouse.toString()),
        "test-run",
        asOf,
        new RowCounts(),
        new Console(new PrintStream(console, true, StandardCharsets.UTF_8)));
  }

  /** A context that swallows warnings. */
  public static JobContext of(
      SparkSession spark, Path warehouse, ZoneId zone, Optional<LocalDate> asOf) {
    return of(spark, warehouse, zone, asOf, OutputStream.nullOutputStream());
  }

  private static Catalogue catalogue(ZoneId zone) {
    Deployment deployment =
        new Deployment(
            "test",
            "unused",
            zone,
            new Currency("TWD", 0, Map.of()),
            "TW",
            new Privacy("0123456789abcdef"),
            Optional.empty(),
            Optional.of(new Identity(3, List.of("visitor"), Optional.empty(), List.of())),
            Optional.of(new Quality(0.05)),
            Optional.of(new Publish(1, 0.5, 0.2, 0.5, 0.25, 0.2, 0.1)),
            Optional.empty(),
            new Place("portrait.yaml", 1, "deployment"));
    return new Catalogue(
        deployment,
        List.of(),
        List.of(),
        null,
        List.of(),
        ShippedPurposes.load(),
        List.of(),
        "test-hash");
  }
}

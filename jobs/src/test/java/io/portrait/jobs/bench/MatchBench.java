package io.portrait.jobs.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.job.Sessions;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.identify.IdentifyJob;
import io.portrait.jobs.match.MatchJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures the steps match and identify, as they are shipped, on a {@link Register}: seconds, and
 * the pairs of accounts of one customer against those of one person.
 *
 * <p>Accounts share no identifier, so that matching alone ties them.
 */
public final class MatchBench implements Callable<Integer> {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 1);

  private static final String PORTRAIT =
      """
      deployment: match_bench
      warehouse: unused
      time_zone: Asia/Taipei
      currency: {code: TWD, decimals: 2}
      country: TW
      privacy: {key: "${PORTRAIT_KEY}"}
      """;

  private static final String SOURCES =
      """
      sources:
        - name: register
          format: csv
          path: unused
          maps: [{entity: customer, realm: register, columns: {account_id: id}}]
      """;

  @Option(names = "--accounts", required = true)
  private long accounts;

  @Option(names = "--seed", required = true)
  private long seed;

  /** An empty folder, for the warehouse. */
  @Option(names = "--scratch", required = true)
  private Path scratch;

  private SparkSession spark;
  private Catalogue catalogue;
  private Tables tables;

  /** Runs it and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new MatchBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path conf = Files.createDirectories(scratch.resolve("conf"));
    Files.writeString(conf.resolve("portrait.yaml"), PORTRAIT);
    Files.writeString(conf.resolve("sources.yaml"), SOURCES);
    Files.writeString(conf.resolve("matching.yaml"), "threshold: 0.95\n");
    catalogue = new CatalogueLoader(new Configuration(), System::getenv).load(conf.toString());
    try (Sessions session = Sessions.open("match-bench")) {
      spark = session.spark();
      tables = new Tables(spark, scratch.resolve("warehouse").toString());
      Dataset<Row> truth = generate();
      double match = Timing.seconds(() -> run(new MatchJob()));
      double identify = Timing.seconds(() -> run(new IdentifyJob()));
      report(truth, match, identify);
    }
    return 0;
  }

  /** Writes the accounts as conform would; gives {@code account_key, person}. */
  private Dataset<Row> generate() {
    KeyedHash hash = new KeyedHash(catalogue.deployment().privacy().key());
    String register = scratch.resolve("register").toString();
    new Register(seed, hash).accounts(spark, accounts).write().parquet(register);
    Dataset<Row> rows =
        spark
            .read()
            .parquet(register)
            .withColumn("source", lit("register"))
            .withColumn("row_version", lit(1L))
            .withColumn("batch_id", lit(1L))
            .withColumn("row_hash", col("account_key"))
            .withColumn("entity", lit("customer"))
            .withColumn("realm", lit("register"))
            .withColumn("identifier_type", lit("register"))
            .withColumn("identifier_key", col("account_key"));
    tables.append(Entities.CUSTOMER.silver(), Entities.CUSTOMER.silver().conform(rows));
    tables.append(SilverTables.ACCOUNT_IDENTIFIER, SilverTables.ACCOUNT_IDENTIFIER.conform(rows));
    TableSchema vault = Entities.CUSTOMER.vault().orElseThrow();
    tables.append(vault, Vault.of(catalogue).encrypt(vault, vault.conform(rows)));
    return rows.select("account_key", "person");
  }

  private void run(Job job) {
    QueryMode.interpret(spark);
    job.run(
        new JobContext(
            spark,
            catalogue,
            tables,
            "match-bench",
            Optional.of(AS_OF),
            new RowCounts(),
            new Console(System.err)));
  }

  private void report(Dataset<Row> truth, double match, double identify) {
    Dataset<Row> found =
        tables.readAsOf(SilverTables.CUSTOMER_MAP, AS_OF).join(truth, "account_key");
    double tied = pairs(found, "customer_id");
    double right = pairs(found, "customer_id", "person");
    double all = pairs(truth, "person");
    double precision = right / tied;
    double recall = right / all;
    long compared =
        tables
            .readAsOf(MatchTables.MATCH_MODEL, AS_OF)
            .filter("level_number = 0")
            .head()
            .<Long>getAs("pairs");
    System.out.printf(
        Locale.ROOT,
        "| accounts | pairs compared | match, seconds | identify, seconds | true pairs | precision"
            + " | recall | F1 |%n|--:|--:|--:|--:|--:|--:|--:|--:|%n"
            + "| %,d | %,d | %.1f | %.1f | %,.0f | %.4f | %.4f | %.4f |%n",
        accounts,
        compared,
        match,
        identify,
        all,
        precision,
        recall,
        2 * precision * recall / (precision + recall));
  }

  /** Pairs of accounts that agree in these columns. */
  private static double pairs(Dataset<Row> accounts, String first, String... others) {
    return accounts
        .groupBy(first, others)
        .agg(count(lit(1)).as("n"))
        .agg(sum(col("n").multiply(col("n").minus(1)).divide(2)))
        .head()
        .getDouble(0);
  }
}

package io.portrait.common.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Purpose;
import io.portrait.common.config.Purpose.Basis;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.ConsentTables;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which customers may be used for which purpose at an as-of date: by their decision, and where they
 * have taken none, or none counts, by the purpose's legal basis.
 *
 * <p>A step passes every set of customers that it evaluates through here. Where a deployment has no
 * decisions, this costs nothing.
 */
public final class Consents {

  private static final String CUSTOMER_ID = "customer_id";
  private static final String PURPOSE = "purpose";
  private static final String IS_GRANTED = "is_granted";

  /** Not the name of any declared column, which have no slash. */
  private static final String FLAG = "/allowed/";

  private final List<Purpose> register;

  /** Decisions that hold at the as-of date; absent where there are none. */
  private final Optional<Dataset<Row>> decisions;

  private Consents(List<Purpose> register, Optional<Dataset<Row>> decisions) {
    this.register = register;
    this.decisions = decisions;
  }

  /** What holds at the job's as-of date. */
  public static Consents of(JobContext context) {
    return of(context, context.asOf());
  }

  /**
   * What held at an as-of date.
   *
   * @throws JobException if there are decisions, and the step consent has not run for that date:
   *     without them those who refuse would be used
   */
  public static Consents of(JobContext context, LocalDate asOf) {
    Tables tables = context.tables();
    List<Purpose> register = context.catalogue().purposes();
    if (!tables.exists(ConsentTables.CONSENT_LEDGER)) {
      // Notes for the run log that there was none.
      tables.readOrEmpty(ConsentTables.CONSENT_LEDGER);
      return new Consents(register, Optional.empty());
    }
    if (tables.readAsOf(ConsentTables.PURPOSE, asOf).isEmpty()) {
      throw JobException.invalidConfig(
          "What customers have refused is not known as of %s. Run the step consent for this date"
              + " first, as portrait consent --as-of %s.",
          asOf, asOf);
    }
    return new Consents(
        register,
        Optional.of(
            tables.readAsOf(ConsentTables.CONSENT_LEDGER, asOf).filter(col("valid_to").isNull())));
  }

  /**
   * Keeps the rows of customers who may be used for a purpose.
   *
   * @param rows with {@code customer_id}
   */
  public Dataset<Row> allowed(Dataset<Row> rows, String purpose) {
    Basis basis = basis(purpose);
    if (!basis.canBeRefused() || decisions.isEmpty()) {
      return basis.isAllowedUndecided() ? rows : rows.filter(lit(false));
    }
    Dataset<Row> decided = decisions.get().filter(col(PURPOSE).equalTo(purpose));
    return basis.isAllowedUndecided()
        ? join(rows, decided.filter(not(col(IS_GRANTED))), "left_anti")
        : join(rows, decided.filter(col(IS_GRANTED)), "left_semi");
  }

  /**
   * Adds a flag per purpose, which {@link #isAllowed} names.
   *
   * @param rows one row per {@code customer_id}
   */
  public Dataset<Row> withAllowed(Dataset<Row> rows, Collection<String> purposes) {
    List<String> asked = new ArrayList<>();
    List<Column> aggregates = new ArrayList<>();
    Dataset<Row> flagged = rows;
    for (String purpose : new TreeSet<>(purposes)) {
      Basis basis = basis(purpose);
      if (!basis.canBeRefused() || decisions.isEmpty()) {
        flagged = flagged.withColumn(flag(purpose), lit(basis.isAllowedUndecided()));
      } else {
        asked.add(purpose);
        aggregates.add(max(when(col(PURPOSE).equalTo(purpose), col(IS_GRANTED))).as(flag(purpose)));
      }
    }
    if (asked.isEmpty()) {
      return flagged;
    }
    Dataset<Row> decided =
        decisions
            .get()
            .filter(col(PURPOSE).isInCollection(asked))
            .groupBy(CUSTOMER_ID)
            .agg(
                aggregates.get(0), aggregates.subList(1, aggregates.size()).toArray(Column[]::new));
    flagged = join(flagged, decided, "left");
    for (String purpose : asked) {
      flagged =
          flagged.withColumn(
              flag(purpose),
              coalesce(isAllowed(purpose), lit(basis(purpose).isAllowedUndecided())));
    }
    return flagged;
  }

  /** Whether a row of {@link #withAllowed} may be used for a purpose; never null. */
  public static Column isAllowed(String purpose) {
    return col("`" + flag(purpose) + "`");
  }

  /** Rows of {@link #withAllowed} without the flags. */
  public static Dataset<Row> withoutFlags(Dataset<Row> rows) {
    return rows.drop(
        Arrays.stream(rows.columns()).filter(name -> name.startsWith(FLAG)).toArray(String[]::new));
  }

  private static Dataset<Row> join(Dataset<Row> rows, Dataset<Row> decided, String type) {
    return rows.join(
        type.equals("left") ? decided : decided.select(CUSTOMER_ID),
        new String[] {CUSTOMER_ID},
        type);
  }

  private Basis basis(String purpose) {
    return register.stream()
        .filter(known -> known.code().equals(purpose))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Nobody has declared the purpose " + purpose))
        .basis();
  }

  private static String flag(String purpose) {
    return FLAG + purpose;
  }
}

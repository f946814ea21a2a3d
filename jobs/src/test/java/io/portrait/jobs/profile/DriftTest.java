package io.portrait.jobs.profile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.portrait.common.table.TableColumn;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.profile.Drift.Bin;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of 1,000 customers, half share a value; the others have all from 0 to 499 once. */
@ExtendWith(SparkExtension.class)
class DriftTest {

  private static final double LIMIT = 0.5;
  private static final Column ROW = col("id");

  private static SparkSession spark;

  @BeforeAll
  static void start(SparkSession session) {
    spark = session;
  }

  @Test
  void letsAValueOfManyMoveByALittle() {
    assertThat(index("", shared(100), shared(102), 7)).isLessThan(0.05);
    assertThat(index("", shared(100), shared(98), 7)).isLessThan(0.05);
  }

  @Test
  void stopsAValueOfManyThatMovesFar() {
    assertThat(index("", shared(100), shared(200), 7)).isGreaterThan(LIMIT);
    assertThat(index("", shared(200), shared(50), 7)).isGreaterThan(LIMIT);
  }

  @Test
  void stopsWhenAllHaveMoved() {
    assertThat(index("", ROW, ROW.plus(lit(500)), 7)).isGreaterThan(LIMIT);
    assertThat(index("", ROW, ROW.multiply(lit(100)), 7)).isGreaterThan(LIMIT);
  }

  @Test
  void letsDaysSinceGrowByTheDaysThatHavePassed() {
    Column campaign = shared(100);

    assertThat(index("days", campaign, campaign.plus(lit(30)), 30)).isZero();
    assertThat(index("days", campaign, campaign.plus(lit(30)), 7)).isGreaterThan(LIMIT);
    assertThat(index("", campaign, campaign.plus(lit(30)), 30)).isGreaterThan(LIMIT);
  }

  @Test
  void measuresAnUnmovedColumnAsZero() {
    assertThat(index("", shared(100), shared(100), 7)).isZero();
  }

  @Test
  void hasNoOtherCutsForAColumnOfOneValueOrOfNone() {
    assertThat(index("", lit(1.0), lit(2.0), 7)).isGreaterThan(LIMIT);
    Column none = lit(null);
    assertThat(index("", none, none, 7)).isZero();
    assertThat(index("", none, lit(1.0), 7)).isGreaterThan(LIMIT);
  }

  @Test
  void measuresTextsAloneToo() {
    TableColumn city = new TableColumn("city", StringType, true, "", "City", "城市", "City.");
    Dataset<Row> before = customers(lit("Taipei"), "city");

    assertThat(new Drift(before, before, LIMIT, 7).measure(1000, List.of(city)))
        .containsExactly(entry(city, List.of(new Bin(false, 1000, 1000))));
  }

  private static Column shared(double value) {
    return when(ROW.lt(lit(500)), ROW).otherwise(lit(value));
  }

  private static double index(String unit, Column before, Column now, long days) {
    TableColumn column = new TableColumn("value", DoubleType, true, unit, "V", "值", "Value.");
    Drift drift =
        new Drift(
            customers(before.cast(DoubleType), "value"),
            customers(now.cast(DoubleType), "value"),
            LIMIT,
            days);
    return Drift.stabilityIndex(drift.measure(1000, List.of(column)).get(column));
  }

  private static Dataset<Row> customers(Column value, String name) {
    return spark.range(1000).select(ROW.cast(StringType).as("customer_id"), value.as(name));
  }
}

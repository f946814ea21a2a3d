package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.error.Fault;
import io.portrait.common.testing.SparkExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SparkExtension.class)
class ExpressionCheckTest {

  private static final StructType COLUMNS =
      new StructType().add("orders", "bigint").add("amount_minor", "bigint").add("city", "string");

  private final List<Fault> faults = new ArrayList<>();

  @Test
  void givesTheTypeOfAValidExpression(SparkSession spark) {
    assertThat(type(spark, "nullif(ORDERS, 0) + amount_minor")).contains(DataTypes.LongType);
    assertThat(faults).isEmpty();
  }

  @Test
  void namesFileLineKeyAndTheNearestColumn(SparkSession spark) {
    assertThat(type(spark, "ordes + 1")).isEmpty();

    assertThat(faults)
        .extracting(Fault::toString)
        .containsExactly(
            "features.yaml:7: features[0].value: unknown column 'ordes'. Did you mean 'orders'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sum(orders)|an aggregate, a window or a generator is not allowed here",
        "row_number() over (order by orders)|an aggregate, a window or a generator",
        "explode(array(orders))|an aggregate, a window or a generator is not allowed here",
        "rand()|a clock or a random value would make runs differ; use as_of",
        "current_date()|a clock or a random value would make runs differ; use as_of",
        "(SELECT 1)|a subquery is not allowed here",
        "orders +|not a valid expression:",
        "nosuch(orders)|not a valid expression:",
        "substring(city)|not a valid expression:"
      })
  void refusesWhatIsNoValueOfOneRow(String sql, String problem, SparkSession spark) {
    assertThat(type(spark, sql)).isEmpty();
    assertThat(faults).singleElement().extracting(Fault::problem).asString().contains(problem);
    assertThat(faults.get(0).problem()).doesNotContain("\n").doesNotContain("'Project");
  }

  @Test
  void listsTheColumnsThatAnExpressionNames() {
    assertThat(ExpressionCheck.namedColumns("CASE WHEN a > 1 THEN upper(b) ELSE c.d END"))
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(ExpressionCheck.namedColumns("a +")).isEmpty();
  }

  private Optional<DataType> type(SparkSession spark, String sql) {
    return new ExpressionCheck(COLUMNS, faults)
        .type(
            new Expression(sql, new Place("features.yaml", 7, "features[0].value")),
            spark.createDataFrame(List.of(), COLUMNS));
  }
}

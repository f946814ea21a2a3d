package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.ColumnKind;
import io.portrait.common.testing.SparkExtension;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ValueTransformsTest {

  private static final ValueTransforms VALUES =
      new ValueTransforms(ZoneId.of("Asia/Taipei"), List.of(), List.of(), "TW", 2);

  @Test
  void readsIsoTimesInTheZoneOfTheSourceUnlessTheyNameOne(SparkSession spark) {
    assertThat(
            values(
                spark,
                ColumnKind.TIMESTAMP,
                "2026-01-05",
                "2026-01-05 10:00",
                "2026-01-05T10:00:00.5",
                "2026-01-05T10:00:00Z",
                "2026-01-05T10:00:00+02:00",
                "2026-01-05 10:00:00 -0500",
                "2026-01-05 10:00:00 Europe/Berlin",
                "2026",
                "2026-01-05 10",
                "05/01/2026 10:00"))
        .containsExactly(
            "2026-01-04 16:00:00",
            "2026-01-05 02:00:00",
            "2026-01-05 02:00:00.5",
            "2026-01-05 10:00:00",
            "2026-01-05 08:00:00",
            "2026-01-05 15:00:00",
            "2026-01-05 09:00:00",
            null,
            null,
            null);
  }

  @Test
  void readsIsoDatesAndNothingThatOnlyBeginsAsOne(SparkSession spark) {
    assertThat(
            values(
                spark,
                ColumnKind.DATE,
                "2026-01-05",
                "2026-01-05 10:00:00",
                "2026-01-05x",
                "2026-02-30",
                "2026",
                "20260105"))
        .containsExactly("2026-01-05", "2026-01-05", null, null, null, null);
  }

  @Test
  void readsAmountsWithSignsAndThousands(SparkSession spark) {
    assertThat(
            values(
                spark,
                ColumnKind.MONEY,
                "12.345",
                "-3",
                "$1,234.50",
                "1,234,567",
                "1,23",
                "12.3.4",
                "twelve",
                "n/a"))
        .containsExactly("1235", "-300", "123450", "123456700", null, null, null, null);
  }

  /** The values of some texts as Spark prints them, in their order. */
  private static List<String> values(SparkSession spark, ColumnKind kind, String... texts) {
    Map<String, String> byText = new LinkedHashMap<>();
    for (Row row :
        spark
            .createDataset(List.of(texts), Encoders.STRING())
            .select(
                col("value"), VALUES.value(col("value"), StringType, kind, lit(1)).cast(StringType))
            .collectAsList()) {
      byText.put(row.getString(0), row.getString(1));
    }
    return Arrays.stream(texts).map(byText::get).toList();
  }
}

package io.portrait.common.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class CustomerSampleTest {

  @Test
  void takesTheSameCustomersInEveryOrder(SparkSession spark) {
    Dataset<Row> customers =
        spark.range(10_000).selectExpr("concat('c', id) AS customer_id").repartition(3);

    List<Row> sample = sorted(CustomerSample.of(customers, 1_000, 10_000));

    assertThat(sample).hasSizeBetween(900, 1_100);
    assertThat(sorted(CustomerSample.of(customers.repartition(7), 1_000, 10_000)))
        .isEqualTo(sample);
    assertThat(CustomerSample.of(customers, 10_000, 10_000)).isSameAs(customers);
  }

  @Test
  void takesTheSameCustomersByNumberAndByShare(SparkSession spark) {
    Dataset<Row> customers = spark.range(1_000).selectExpr("concat('c', id) AS customer_id");

    assertThat(sorted(customers.filter(CustomerSample.contains(0.25))))
        .isEqualTo(sorted(CustomerSample.of(customers, 250, 1_000)));
    assertThat(customers.filter(CustomerSample.contains(0)).count()).isZero();
    assertThat(customers.filter(CustomerSample.contains(1)).count()).isEqualTo(1_000);
    assertThat(customers.filter(CustomerSample.contains(5, 5)).count()).isEqualTo(1_000);
  }

  private static List<Row> sorted(Dataset<Row> customers) {
    return customers.orderBy("customer_id").collectAsList();
  }
}

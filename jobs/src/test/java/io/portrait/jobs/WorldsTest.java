package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import io.portrait.common.testing.SparkExtension;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The deployments that are shipped load, and fit the entities. */
@ExtendWith(SparkExtension.class)
class WorldsTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PORTRAIT_KEY", "0123456789abcdef",
          "FOODMART_FILES", "files",
          "SHOP_FILES", "files",
          "ONLINE_RETAIL_DATA", "data",
          "COMPLETE_JOURNEY_DATA", "data",
          "CDNOW_DATA", "data",
          "FEBRL_DATA", "data");

  @ParameterizedTest
  @ValueSource(
      strings = {"foodmart", "shop", "online-retail", "complete-journey", "cdnow", "febrl"})
  void everyWorldLoadsAndMapsAllThatItsEntitiesRequire(String world, SparkSession spark) {
    Catalogue catalogue = load(world);

    assertThat(catalogue.deployment().deployment()).isEqualTo(world);
    if (!world.equals("febrl")) {
      // Which has no events.
      assertThat(catalogue.deployment().asOf()).contains(Deployment.AsOf.LATEST_EVENT);
    }
    for (Source source : catalogue.sources()) {
      for (EntityMap map : source.maps()) {
        Entity entity = Entities.named(map.entity()).orElseThrow();
        assertThat(entity.columnNames())
            .as(map.place().toString())
            .containsAll(map.columns().keySet());
        assertThat(map.columns().keySet())
            .as(map.place().toString())
            .containsAll(
                entity.columns().stream()
                    .filter(EntityColumn::required)
                    .map(EntityColumn::name)
                    .toList());
        expressions(map).forEach(WorldsTest::assertParses);
      }
    }
    assertThat(spark).isNotNull();
  }

  private static Catalogue load(String world) {
    return new CatalogueLoader(new Configuration(), ENVIRONMENT::get).load("../conf/" + world);
  }

  private static Stream<Expression> expressions(EntityMap map) {
    return Stream.of(
            map.where().stream(),
            map.orderBy().stream(),
            map.columns().values().stream(),
            map.identifiers().values().stream(),
            map.rejectWhen().values().stream())
        .flatMap(all -> all);
  }

  /** Parses; needs a session. */
  private static void assertParses(Expression expression) {
    assertThat(functions.expr(expression.sql())).as(expression.place().toString()).isNotNull();
  }
}

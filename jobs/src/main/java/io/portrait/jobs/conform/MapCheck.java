package io.portrait.jobs.conform;

import io.portrait.common.config.Expression;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.error.Fault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Entity.EntityColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** Checks the maps of a source against the entities' contracts and the source's columns. */
public final class MapCheck {

  private MapCheck() {}

  /** Faults that can be told without looking at the source: entities, their columns and keys. */
  public static List<Fault> againstEntities(Source source) {
    List<Fault> faults = new ArrayList<>();
    for (EntityMap map : source.maps()) {
      Optional<Entity> entity = Entities.named(map.entity());
      if (entity.isEmpty()) {
        List<String> names = Entities.ALL.stream().map(Entity::name).toList();
        faults.add(
            map.place()
                .fault(
                    String.format(
                        "there is no entity '%s'. %s",
                        map.entity(), NearestName.hint(map.entity(), names))));
        continue;
      }
      for (String column : map.columns().keySet()) {
        List<String> valid = new ArrayList<>(entity.get().columnNames());
        valid.add(MapTransforms.CURRENCY);
        if (!valid.contains(column)) {
          faults.add(
              map.columns()
                  .get(column)
                  .place()
                  .fault(
                      String.format(
                          "the entity %s has no column '%s'. %s",
                          map.entity(), column, NearestName.hint(column, valid))));
        }
      }
      for (EntityColumn column : entity.get().columns()) {
        if (column.required() && !map.columns().containsKey(column.name())) {
          faults.add(
              map.place()
                  .fault(
                      String.format(
                          "columns lacks %s, which the entity %s requires: %s",
                          column.name(), map.entity(), column.comment())));
        }
      }
      if (map.maxRejectedShare().filter(s -> s < 0 || s > 1).isPresent()) {
        faults.add(map.place().fault("max_rejected_share must be 0 to 1"));
      }
    }
    return faults;
  }

  /**
   * Faults of expressions: each is analysed against the raw columns.
   *
   * @param columns raw columns of the source
   */
  public static List<Fault> againstColumns(
      SparkSession spark, Source source, List<String> columns) {
    Dataset<Row> empty = spark.createDataFrame(List.of(), MapTransforms.expressionSchema(columns));
    List<Fault> faults = new ArrayList<>();
    ExpressionCheck check = new ExpressionCheck(empty.schema(), faults);
    for (EntityMap map : source.maps()) {
      List<Expression> values = new ArrayList<>(map.columns().values());
      values.addAll(map.identifiers().values());
      map.orderBy().ifPresent(values::add);
      values.forEach(e -> check.type(e, empty));
      List<Expression> conditions = new ArrayList<>(map.rejectWhen().values());
      map.where().ifPresent(conditions::add);
      conditions.forEach(
          e ->
              check
                  .type(e, empty)
                  .filter(type -> !type.equals(DataTypes.BooleanType))
                  .ifPresent(
                      type ->
                          faults.add(
                              e.place()
                                  .fault(
                                      "gives "
                                          + type.catalogString()
                                          + ", but must be true or false"))));
    }
    return faults;
  }
}

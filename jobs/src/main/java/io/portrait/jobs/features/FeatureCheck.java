package io.portrait.jobs.features;

import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.ValueType;
import io.portrait.common.error.Fault;
import io.portrait.common.table.Entity;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with declared features, without touching data. */
public final class FeatureCheck {

  private FeatureCheck() {}

  /** Every fault of the catalogue's features: names, expressions, types, circles. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    checkNames(catalogue, faults);
    StructType features = inner(catalogue.features());
    for (Feature feature : catalogue.features()) {
      StructType columns =
          switch (feature.from()) {
            case ACCOUNT_DAY -> SilverTables.ACCOUNT_DAY.structType();
            case ACCOUNT_CATEGORY_DAY -> SilverTables.ACCOUNT_CATEGORY_DAY.structType();
            case ATTRIBUTE, CREDIT_REPORT -> facts(spark, feature.from().entity(), catalogue);
            case CUSTOMER -> SilverTables.CUSTOMER.structType();
            case FEATURE -> features;
          };
      new ExpressionCheck(columns, faults)
          .type(feature.value(), spark.createDataFrame(List.of(), columns))
          .ifPresent(type -> checkType(feature, type, faults));
    }
    for (Feature feature : FeatureOrder.of(catalogue.features()).circular()) {
      faults.add(
          feature
              .value()
              .place()
              .fault("'" + feature.name() + "' needs itself, directly or through other features"));
    }
    return faults;
  }

  /** The columns that a feature over an entity sees. */
  private static StructType facts(SparkSession spark, Entity entity, Catalogue catalogue) {
    Dataset<Row> empty = spark.createDataFrame(List.of(), entity.silver().structType());
    return FactTransforms.withReadings(empty, entity, catalogue.deployment().currency().decimals())
        .schema();
  }

  /** Two features must not give one column, nor a column that the profile has anyway. */
  private static void checkNames(Catalogue catalogue, List<Fault> faults) {
    Map<String, String> owners = new HashMap<>();
    Stream.of(FeatureTable.AS_OF, FeatureTable.CUSTOMER_ID, FeatureTable.RUN_ID)
        .forEach(name -> owners.put(name, "the key of every gold table"));
    for (TableColumn column :
        ProfileTables.scoreColumns(catalogue.deployment().currency().decimals())) {
      owners.put(column.name(), "the scores of the profile");
    }
    for (Feature feature : catalogue.features()) {
      for (String column : feature.columnNames()) {
        String owner = owners.putIfAbsent(column, "the feature '" + feature.name() + "'");
        if (owner != null) {
          faults.add(
              feature
                  .place()
                  .fault("the column '" + column + "' belongs to " + owner + " already"));
        }
        if (column.startsWith(ProfileTables.TAG_PREFIX)) {
          faults.add(
              feature
                  .place()
                  .fault("names that start with " + ProfileTables.TAG_PREFIX + " are for tags"));
        }
      }
    }
  }

  /** The columns that a computed feature sees: money and quantities not yet scaled. */
  private static StructType inner(List<Feature> features) {
    StructType columns = new StructType();
    for (Feature feature : features) {
      for (String column : feature.columnNames()) {
        if (!List.of(columns.fieldNames()).contains(column)) {
          columns = columns.add(new StructField(column, innerType(feature), true, metadata()));
        }
      }
    }
    return columns;
  }

  private static Metadata metadata() {
    return Metadata.empty();
  }

  private static DataType innerType(Feature feature) {
    if (feature.from().isRollup()) {
      return feature.aggregate().orElseThrow() == Feature.Aggregate.TOP_CATEGORY
          ? DataTypes.StringType
          : LongType;
    }
    return switch (feature.type().orElseThrow()) {
      case LONG, MONEY -> LongType;
      case STRING -> DataTypes.StringType;
      case DOUBLE -> DataTypes.DoubleType;
      case BOOLEAN -> DataTypes.BooleanType;
      case DATE -> DataTypes.DateType;
    };
  }

  private static void checkType(Feature feature, DataType found, List<Fault> faults) {
    if (found instanceof NullType) {
      return;
    }
    if (feature.from().isRollup()) {
      if (!isWhole(found)) {
        faults.add(
            feature
                .value()
                .place()
                .fault(
                    String.format(
                        "the value of an aggregate is a whole number; this is %s",
                        found.catalogString())));
      }
    } else if (!fits(feature.type().orElseThrow(), found)) {
      faults.add(
          feature
              .value()
              .place()
              .fault(
                  String.format(
                      "the value is %s, which is not type: %s",
                      found.catalogString(),
                      feature.type().orElseThrow().name().toLowerCase(Locale.ROOT))));
    }
  }

  private static boolean fits(ValueType type, DataType found) {
    return switch (type) {
      case STRING -> found instanceof StringType;
      case LONG -> isWhole(found);
      case DOUBLE, MONEY -> found instanceof NumericType;
      case BOOLEAN -> found instanceof BooleanType;
      case DATE -> found instanceof DateType;
    };
  }

  private static boolean isWhole(DataType type) {
    return type instanceof IntegralType || (type instanceof DecimalType d && d.scale() == 0);
  }
}

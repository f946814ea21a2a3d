package io.portrait.jobs.profile;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Tag;
import io.portrait.common.error.Fault;
import io.portrait.common.table.DataClass;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with declared tags, without touching data. */
public final class TagCheck {

  private TagCheck() {}

  /** Every fault of the catalogue's tags: the tree and the rules. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    TagTree tree = new TagTree(catalogue.tags());
    List<String> codes = catalogue.tags().stream().map(Tag::code).toList();
    List<TableColumn> readable =
        ProfileTables.ruleColumns(
            CatalogueColumns.profile(catalogue), catalogue.deployment().currency().decimals());
    StructType columns = new StructType();
    for (TableColumn column : readable) {
      if (!List.of(columns.fieldNames()).contains(column.name())) {
        columns = columns.add(column.name(), column.type());
      }
    }
    Dataset<Row> empty = spark.createDataFrame(List.of(), columns);
    ExpressionCheck rules = new ExpressionCheck(columns, faults);
    for (Tag tag : catalogue.tags()) {
      checkPlace(tag, tree, codes, faults);
      checkSensitivity(tag, readable, faults);
      tag.rule()
          .ifPresent(
              rule ->
                  rules
                      .type(rule, empty)
                      .filter(type -> !(type instanceof BooleanType || type instanceof NullType))
                      .ifPresent(
                          type ->
                              faults.add(
                                  rule.place()
                                      .fault(
                                          "a rule is a condition; this is "
                                              + type.catalogString()))));
    }
    return faults;
  }

  /** A tag would tell everybody what its rule reads. */
  private static void checkSensitivity(Tag tag, List<TableColumn> columns, List<Fault> faults) {
    if (tag.rule().isPresent() && tag.sensitivity() != DataClass.SENSITIVE) {
      for (String name : ExpressionCheck.namedSensitive(tag.rule().get(), columns)) {
        faults.add(
            tag.rule()
                .get()
                .place()
                .fault("the rule reads '" + name + "', which is sensitive; so must the tag be"));
      }
    }
  }

  private static void checkPlace(Tag tag, TagTree tree, List<String> codes, List<Fault> faults) {
    if (tag.parent().isPresent() && tree.parent(tag).isEmpty()) {
      String parent = tag.parent().get();
      faults.add(
          tag.place().fault("unknown parent '" + parent + "'. " + NearestName.hint(parent, codes)));
    }
    if (tree.isCircular(tag)) {
      faults.add(tag.place().fault("the tag '" + tag.code() + "' is above itself"));
    }
    if (tag.rule().isPresent() && tree.hasChildren(tag)) {
      faults.add(
          tag.rule()
              .get()
              .place()
              .fault(
                  "the tag '"
                      + tag.code()
                      + "' has tags below it and must not have a rule; add a tag for the rule"));
    }
    if (tag.rule().isEmpty() && !tree.hasChildren(tag)) {
      faults.add(
          tag.place().fault("the tag '" + tag.code() + "' has neither a rule nor a tag below it"));
    }
  }
}

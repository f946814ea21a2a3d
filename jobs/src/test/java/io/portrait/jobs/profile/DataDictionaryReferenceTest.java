package io.portrait.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.Layer;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.SummarizeStateTable;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.Reference;
import io.portrait.jobs.testing.TestCatalogue;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * Makes conf/reference/data-dictionary.md: each table with its columns, from the contracts and the
 * shipped catalogue, and each view of conf/bi with its own, from its comments.
 */
class DataDictionaryReferenceTest {

  private static final Catalogue CATALOGUE = TestCatalogue.shipped();
  private static final List<TableSchema> TABLES = tables();

  /** Tables of which no date goes by age, and why. */
  private static final Map<String, String> KEPT_FOR_EVER =
      Map.of(
          "silver/customer_map_event",
          "a date has what changed since the one before: all of them lead from an old id to"
              + " today's");

  private static final Pattern VIEW =
      Pattern.compile("CREATE VIEW (\\w+) \\(\n(.+?)\n\\) COMMENT '(.+?)' AS", Pattern.DOTALL);

  private static final Pattern VIEW_COLUMN = Pattern.compile("  (\\w+) COMMENT '(.+)'");

  @Test
  void everyTableIsListedAsTheCodeHasIt() throws IOException {
    Reference.assertCurrent("data-dictionary.md", page() + views());
  }

  @Test
  void noViewIsForgottenOrWithoutComments() throws IOException {
    String star = star();
    long comments = star.split(" COMMENT '", -1).length - 1;
    long views = star.split("CREATE VIEW", -1).length - 1;

    assertThat(VIEW.matcher(star).results()).hasSize((int) views);
    assertThat(VIEW_COLUMN.matcher(star).results()).hasSize((int) (comments - views));
  }

  @Test
  void noContractIsForgotten() throws IOException, ReflectiveOperationException {
    Set<String> listed = TABLES.stream().map(TableSchema::path).collect(Collectors.toSet());
    Path contracts = Path.of("../common/src/main/java/io/portrait/common/table");
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(contracts)) {
      for (Path file : files.filter(path -> path.toString().endsWith("s.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        Class<?> holder = Class.forName("io.portrait.common.table." + name);
        for (var field : holder.getFields()) {
          if (field.get(null) instanceof TableSchema table) {
            found.add(table.path());
          }
        }
        for (Method method : holder.getDeclaredMethods()) {
          if (method.getReturnType() == TableSchema.class
              && Modifier.isPublic(method.getModifiers())
              && List.of(method.getParameterTypes()).equals(List.of(int.class))) {
            found.add(((TableSchema) method.invoke(null, 2)).path());
          }
        }
      }
    }

    assertThat(found).hasSizeGreaterThan(30);
    assertThat(listed).containsAll(found);
  }

  /** The shipped retention, which a deployment has unless it declares its own. */
  @Test
  void everyTableByDateHasARuleOfAgeOrAReasonToStay() {
    Set<String> forEver =
        TABLES.stream()
            .filter(table -> table.columnNames().contains("as_of"))
            .filter(table -> table.layer() != Layer.OPS && table.layer() != Layer.BRONZE)
            .map(TableSchema::path)
            .filter(path -> CATALOGUE.retention().of(path).isEmpty())
            .collect(Collectors.toSet());

    assertThat(forEver).isEqualTo(KEPT_FOR_EVER.keySet());
  }

  /** Those of a deployment's data dictionary, and those that analysts do not see. */
  private static List<TableSchema> tables() {
    List<TableSchema> tables = new ArrayList<>(DataDictionary.of(CATALOGUE).tables());
    tables.add(RawTables.bronze("source"));
    tables.add(RawTables.REJECTED);
    tables.add(RawTables.CORRECTION);
    Entities.ALL.stream().map(Entity::vault).flatMap(Optional::stream).forEach(tables::add);
    tables.add(RunLogTable.SCHEMA);
    tables.add(RawTables.INGEST_FILE);
    tables.add(RawTables.DISCARDED_BATCH);
    tables.add(RawTables.CONFORM_RESULT);
    tables.add(RawTables.REJECT_REASON);
    tables.add(SummarizeStateTable.SCHEMA);
    tables.add(ProfileTables.QUALITY_RESULT);
    tables.add(PrivacyTables.ERASURE);
    tables.add(PrivacyTables.SUPPRESSION);
    tables.add(PrivacyTables.RETENTION);
    return tables.stream().sorted(Comparator.comparing(TableSchema::layer)).toList();
  }

  /** A table that has all columns of a wide one, and a few more. */
  private static Optional<TableSchema> wider(TableSchema table) {
    return TABLES.stream()
        .filter(other -> table.columns().size() > 100)
        .filter(other -> other.columns().size() > table.columns().size())
        .filter(other -> other.columns().size() < 1.2 * table.columns().size())
        .filter(other -> other.columnNames().containsAll(table.columnNames()))
        .findFirst();
  }

  private static String page() {
    Map<String, List<Row>> rows =
        DataDictionary.rows(CATALOGUE).stream()
            .collect(Collectors.groupingBy(row -> row.getString(0)));
    StringBuilder page =
        new StringBuilder(
            """
# Data dictionary

Every table with its columns, generated from the contracts in the code and the shipped catalogue. A deployment's
own features, scores and tags stand in `gold/data_dictionary` of its warehouse. Decimals are those of a
currency with two. `bronze/source` stands for the table of each source. Columns in **bold** are never null.

| Table | One row is | Key | Partitioned by |
| --- | --- | --- | --- |
""");
    for (TableSchema table : TABLES) {
      page.append(
          String.format(
              "| [%s](#%s) | %s | %s | %s |\n",
              table.path(),
              table.path().replace("/", ""),
              Reference.cell(table.comment()),
              String.join(", ", table.key()),
              String.join(", ", table.partitionBy())));
    }
    for (TableSchema table : TABLES) {
      page.append("\n## ").append(table.path()).append("\n\n").append(table.comment());
      Optional<TableSchema> wider = wider(table);
      if (wider.isPresent()) {
        page.append("\n\nColumns as in ").append(wider.get().path()).append(", without ");
        page.append(
            wider.get().columnNames().stream()
                .filter(name -> !table.has(name))
                .collect(Collectors.joining(", ", "", ".\n")));
        continue;
      }
      page.append("\n\n| Column | Type | Unit | Class | Title | 名稱 | Meaning | From |\n");
      page.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
      for (TableColumn column : table.columns()) {
        String name = column.nullable() ? column.name() : "**" + column.name() + "**";
        String from =
            rows.getOrDefault(table.path(), List.of()).stream()
                .filter(row -> row.getString(1).equals(column.name()))
                .map(row -> row.getString(7))
                .findFirst()
                .orElse("");
        page.append(
            String.format(
                "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
                name,
                Reference.cell(column.type().sql()),
                column.unit(),
                table.dataClass(column).name().toLowerCase(Locale.ROOT),
                Reference.cell(column.titleEn()),
                Reference.cell(column.titleZh()),
                Reference.cell(column.comment()),
                Reference.cell(from)));
      }
    }
    return page.toString();
  }

  private static String views() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """

# Views

A star on top of the tables, for pivot tables and dashboards: the SQL server makes it of `conf/bi/star.sql`, and
shows these texts as comments. A view's columns begin with their titles in Chinese and English.
""");
    VIEW.matcher(star())
        .results()
        .forEach(
            view -> {
              page.append("\n## ").append(view.group(1)).append("\n\n").append(view.group(3));
              page.append("\n\n| Column | Meaning |\n| --- | --- |\n");
              VIEW_COLUMN
                  .matcher(view.group(2))
                  .results()
                  .forEach(
                      column ->
                          page.append(
                              String.format(
                                  "| %s | %s |\n",
                                  column.group(1), Reference.cell(column.group(2)))));
            });
    return page.toString();
  }

  private static String star() throws IOException {
    return Files.readString(Path.of("../conf/bi/star.sql"));
  }
}

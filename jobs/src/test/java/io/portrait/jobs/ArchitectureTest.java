package io.portrait.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.delta.tables.DeltaTable;
import io.portrait.common.job.Job;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.SparkSession;

/** Holds the house to its plan: who may know whom. */
@AnalyzeClasses(
    packages = "io.portrait",
    importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJar.class})
class ArchitectureTest {

  /** Leaves out common's test helpers, which reach this module in a jar or a folder of classes. */
  static final class DoNotIncludeTestJar implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule COMMON_KNOWS_NO_STEP =
      noClasses()
          .that()
          .resideInAPackage("..common..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..jobs..");

  @ArchTest
  static final ArchRule STEPS_MEET_ONLY_IN_TABLES =
      slices().matching("io.portrait.jobs.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule STEPS_DO_NOT_KNOW_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideInAPackage("io.portrait.jobs.(*)..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.portrait.jobs");

  @ArchTest
  static final ArchRule TABLES_STAND_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..common.table..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..common.io..", "..common.job..", "..common.config..");

  @ArchTest
  static final ArchRule ONLY_IO_READS_AND_WRITES_TABLES =
      noClasses()
          .that()
          .resideOutsideOfPackages("..common.io..", "..jobs.ingest..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(DataFrameReader.class, DataFrameWriter.class, DeltaTable.class);

  @ArchTest
  static final ArchRule TRANSFORMS_DO_NO_IO =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Transforms")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(SparkSession.class, DataFrameReader.class, DataFrameWriter.class)
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("..common.io..");

  @ArchTest
  static final ArchRule TRANSFORMS_ARE_STATIC_OR_A_RECORD =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .haveSimpleNameEndingWith("Transforms")
          .and()
          .areDeclaredInClassesThat()
          .areNotRecords()
          .should()
          .beStatic();

  @ArchTest
  static final ArchRule JOBS_ARE_NAMED_JOB =
      classes()
          .that()
          .areAssignableTo(Job.class)
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should()
          .haveSimpleNameEndingWith("Job");
}

package io.portrait.jobs.generate.shop;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Generates the shop: raw files of all systems of a company that does not exist, and the truth
 * about its customers.
 *
 * <p>Each task draws some of the people, one after the other, and writes their rows as it goes, so
 * memory does not depend on how many they are. A person's rows follow from the seed and the
 * person's number alone, so the rows do not depend on how the work is divided.
 */
public final class Shop {

  private static final long FEWEST_OF_A_PART = 1_000;
  private static final long MOST_OF_A_PART = 25_000;

  private Shop() {}

  /**
   * Writes all files and a {@code README.txt} that says what they are.
   *
   * @param out folder on any Hadoop file system
   * @param console told the rows of each kind of file
   * @throws JobException if the folder is not empty or cannot be written
   */
  public static void generate(SparkSession spark, ShopPlan plan, String out, PrintStream console) {
    long parts =
        Math.max(
            Math.min(2, plan.customers() / FEWEST_OF_A_PART),
            (plan.customers() + MOST_OF_A_PART - 1) / MOST_OF_A_PART);
    Map<String, Long> rows = generate(spark, plan, out, Math.toIntExact(Math.max(1, parts)));
    rows.forEach(
        (folder, count) -> console.printf(Locale.ROOT, "%-16s %,14d rows%n", folder, count));
    console.flush();
  }

  /**
   * Writes the files of so many parts of the people.
   *
   * @return rows by folder
   */
  static Map<String, Long> generate(SparkSession spark, ShopPlan plan, String out, int parts) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    checkEmpty(hadoop, out);
    Map<String, Long> rows = new TreeMap<>(writeShared(hadoop, out));
    SerializableConfiguration configuration = new SerializableConfiguration(hadoop);
    JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(IntStream.range(0, parts).boxed().toList(), parts)
        .map(part -> writePart(configuration.value(), plan, out, part, parts))
        .collect()
        .forEach(counts -> counts.forEach((folder, count) -> rows.merge(folder, count, Long::sum)));
    writeReadme(hadoop, plan, out, rows);
    return rows;
  }

  /** Files of another shop among this one's would be read as one. */
  private static void checkEmpty(Configuration hadoop, String out) {
    Path root = new Path(out);
    try {
      var files = root.getFileSystem(hadoop);
      if (files.exists(root) && files.listStatus(root).length > 0) {
        throw JobException.invalidConfig(
            "The folder %s is not empty. Name another one, or empty it.", out);
      }
    } catch (IOException e) {
      throw cannotWrite(out, e);
    }
  }

  private static Map<String, Long> writePart(
      Configuration hadoop, ShopPlan plan, String out, int part, int parts) throws IOException {
    Person.Draw draw = new Person.Draw(plan);
    try (ShopFiles files = new ShopFiles(hadoop, out, part, plan.firstNewestDay())) {
      for (Output output : Output.values()) {
        if (output.isOfPersons()) {
          files.open(output);
        }
      }
      long end = plan.customers() * (part + 1) / parts;
      for (long number = plan.customers() * part / parts; number < end; number++) {
        Person person = draw.person(number);
        write(plan, person, draw.clock(), draw.futureDays(person.traits().region()), files);
      }
      files.finish();
      return files.rows();
    }
  }

  private static void write(
      ShopPlan plan, Person person, ShopClock clock, double futureDays, ShopFiles files)
      throws IOException {
    long number = person.number();
    MasterRows.write(person, clock, plan.dice("shop master", number), files);
    OrderRows.write(person, clock, plan.dice("shop order rows", number), files);
    OrderRows.writePayments(person, clock, plan.dice("shop payments", number), files);
    Map<String, Boolean> cookies =
        WebRows.write(person, clock, plan.dice("shop web", number), files);
    ServiceRows.write(person, clock, plan.dice("shop service", number), files);
    FinanceRows.writeCredit(person, clock, plan.dice("shop credit", number), files);
    FinanceRows.writeAttributes(person, clock, plan.dice("shop attributes", number), files);
    CampaignRows.write(person, clock, plan.dice("shop touches", number), files);
    ConsentRows.write(person, clock, plan.dice("shop consents", number), files);
    Truth.write(person, cookies, clock, futureDays, files);
  }

  /** Writes what is no person's: products and the model. */
  private static Map<String, Long> writeShared(Configuration hadoop, String out) {
    try (ShopFiles files = new ShopFiles(hadoop, out, 0, Integer.MAX_VALUE)) {
      for (int category = 0; category < Products.CATEGORIES.size(); category++) {
        for (int step = 0; step < Products.STEPS; step++) {
          files.line(Output.PRODUCT, Products.row(category, step));
        }
      }
      Truth.writeModel(files);
      files.finish();
      return files.rows();
    } catch (IOException e) {
      throw cannotWrite(out, e);
    }
  }

  private static void writeReadme(
      Configuration hadoop, ShopPlan plan, String out, Map<String, Long> rows) {
    StringBuilder text =
        new StringBuilder(
            """
            GENERATED DATA. Nothing in this folder is real: no person, account, address, order or company.

            A shop in Taiwan that does not exist, as the raw files of its systems, messy on purpose: people with
            several accounts, spellings and formats of all kinds, missing fields, rows that are broken, repeated or
            delivered late, test accounts, bots. Addresses of computers are from the blocks reserved for
            documentation, mail addresses from the domain .example; telephone numbers are counted through, and one of
            them may by chance be somebody's.

            The folder truth is no source of anything: it says what the files were drawn from.
              truth/customer   a person: segment, rates, interests, death, and what happens in the year AFTER the data
              truth/identity   an account or cookie and its person; is_linkable: files show that it is theirs
              truth/campaign   a person whom a campaign selected, held out or not, and purchases in 7 days
              truth/model      a parameter of the distributions, and the season by region and month

            """);
    text.append("Customers: ").append(plan.customers()).append('\n');
    text.append("Days: ").append(plan.days()).append(", the last one is ");
    text.append(ShopClock.LAST_DAY).append('\n');
    if (plan.newestDays() > 0) {
      text.append("Newest days, in files of their own: ").append(plan.newestDays()).append('\n');
    }
    text.append("Seed: ").append(plan.seed()).append("\n\nRows:\n");
    rows.forEach(
        (folder, count) ->
            text.append(String.format(Locale.ROOT, "  %-16s %,14d%n", folder, count)));
    Path readme = new Path(out, "README.txt");
    try (FSDataOutputStream file = readme.getFileSystem(hadoop).create(readme, true);
        TextFile writer = TextFile.over(file, readme.getName())) {
      writer.line(text.toString().replace(System.lineSeparator(), "\n").strip());
    } catch (IOException e) {
      throw cannotWrite(out, e);
    }
  }

  private static JobException cannotWrite(String out, IOException e) {
    return JobException.infrastructure(
        e, "The folder %s cannot be written: %s. Name another one.", out, e.getMessage());
  }
}

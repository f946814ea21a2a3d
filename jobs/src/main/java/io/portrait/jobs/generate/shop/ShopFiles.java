package io.portrait.jobs.generate.shop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of one part of the people: of each output a first delivery, a late one if anything is
 * late, and one of the newest days if the plan has any. A file has a hidden name until it is whole,
 * so that a task that is run again does no harm.
 */
final class ShopFiles implements AutoCloseable {

  private static final String FIRST = "first";
  private static final String LATE = "late";
  private static final String NEWEST = "newest";

  private final FileSystem fileSystem;
  private final Configuration hadoop;
  private final Path root;
  private final int part;
  private final int firstNewestDay;
  private boolean isNewest;
  private final Map<String, TextFile> texts = new LinkedHashMap<>();
  private final Map<String, ParquetFile> parquets = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Long> rows = new TreeMap<>();

  /**
   * Makes files.
   *
   * @param root folder of the shop
   * @param part number of the part, which is in the files' names
   * @param firstNewestDay first day whose rows stand in files of their own
   */
  ShopFiles(Configuration hadoop, String root, int part, int firstNewestDay) throws IOException {
    this.hadoop = hadoop;
    this.root = new Path(root);
    this.part = part;
    this.firstNewestDay = firstNewestDay;
    this.fileSystem = this.root.getFileSystem(hadoop);
  }

  /** Opens the first delivery of an output, so that it is there even without a row. */
  void open(Output output) throws IOException {
    if (output.isParquet()) {
      parquet(output, FIRST);
    } else {
      text(output, FIRST);
    }
  }

  /** Says of which day the rows are that follow, until another day is said. */
  ShopFiles on(int day) {
    isNewest = day >= firstNewestDay;
    return this;
  }

  /** Writes a line of a text file. */
  void line(Output output, String line) throws IOException {
    text(output, delivery(FIRST)).line(line);
    rows.merge(output.folder(), 1L, Long::sum);
  }

  /** Writes a line of the late delivery. */
  void lateLine(Output output, String line) throws IOException {
    text(output, delivery(LATE)).line(line);
    rows.merge(output.folder(), 1L, Long::sum);
  }

  /** Writes a row of a Parquet file. */
  void row(Output output, Object... values) throws IOException {
    parquet(output, delivery(FIRST)).row(values);
    rows.merge(output.folder(), 1L, Long::sum);
  }

  /** Writes a row of the late delivery. */
  void lateRow(Output output, Object... values) throws IOException {
    parquet(output, delivery(LATE)).row(values);
    rows.merge(output.folder(), 1L, Long::sum);
  }

  /** Rows written, by folder. */
  Map<String, Long> rows() {
    return rows;
  }

  /** Closes all files, which are whole now, and gives them their names. */
  void finish() throws IOException {
    close();
    for (String name : names) {
      Path path = new Path(root, name);
      fileSystem.delete(path, false);
      if (!fileSystem.rename(hidden(name), path)) {
        throw new IOException("The file " + path + " cannot be made");
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (TextFile file : texts.values()) {
      file.close();
    }
    for (ParquetFile file : parquets.values()) {
      file.close();
    }
    texts.clear();
    parquets.clear();
  }

  /** What happened in the newest days comes with them, and is not late. */
  private String delivery(String usual) {
    return isNewest ? NEWEST : usual;
  }

  private TextFile text(Output output, String delivery) throws IOException {
    String name = name(output, delivery);
    TextFile open = texts.get(name);
    if (open == null) {
      open = TextFile.over(fileSystem.create(hidden(name), true), name);
      texts.put(name, open);
      names.add(name);
      if (!output.head().isEmpty()) {
        open.line(output.head());
      }
    }
    return open;
  }

  private ParquetFile parquet(Output output, String delivery) throws IOException {
    String name = name(output, delivery);
    ParquetFile open = parquets.get(name);
    if (open == null) {
      open = ParquetFile.create(hidden(name), output.head(), hadoop);
      parquets.put(name, open);
      names.add(name);
    }
    return open;
  }

  private String name(Output output, String delivery) {
    String number = Integer.toString(100_000 + part).substring(1);
    return output.folder() + "/" + delivery + "-" + number + output.ending();
  }

  private Path hidden(String name) {
    Path path = new Path(root, name);
    return new Path(path.getParent(), "." + path.getName());
  }
}

package io.portrait.common.io;

import io.portrait.common.privacy.TextSearch;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Serializable;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Looks for texts in every file below a folder: Parquet files decoded, all others as UTF-8 text,
 * whatever they are. Hidden files, checksums, names of files and folders, and files that no table
 * knows are looked at too. A row group or a part of a text is in memory at a time.
 */
public final class FileSearch {

  private static final int PART = 1 << 18;
  private static final int TASKS_A_CORE = 8;

  private FileSearch() {}

  /**
   * What was looked at and found.
   *
   * @param files files looked at
   * @param bytes their length
   * @param findings what was found where, once a file and meaning, by file
   */
  public record Result(long files, long bytes, List<Finding> findings) {}

  /**
   * A text that was found.
   *
   * @param file path below the folder
   * @param meaning what the text stands for; never the text
   */
  public record Finding(String file, String meaning) implements Serializable {}

  /** A file to look at. */
  private record Candidate(String location, String name, long bytes) implements Serializable {}

  /**
   * Looks at all files below a folder but one.
   *
   * @param leftOut path below the folder that is not looked at
   */
  public static Result search(SparkSession spark, String root, TextSearch texts, String leftOut) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<Candidate> files = new ArrayList<>();
    try {
      Path folder = new Path(root);
      FileSystem fs = raw(folder.getFileSystem(hadoop));
      list(fs, fs.makeQualified(folder), "", files);
    } catch (IOException e) {
      throw new IllegalStateException("The files of the warehouse cannot be listed", e);
    }
    String checksum = leftOut.replaceFirst("([^/]*)$", ".$1.crc");
    files.removeIf(file -> file.name().equals(leftOut) || file.name().equals(checksum));
    // The longest first, dealt out in turn, so that no task is left with all of them.
    files.sort(Comparator.comparingLong(Candidate::bytes).reversed());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> settings =
        context.broadcast(new SerializableConfiguration(hadoop));
    Broadcast<TextSearch> sought = context.broadcast(texts);
    int tasks = Math.max(1, Math.min(files.size(), context.defaultParallelism() * TASKS_A_CORE));
    try {
      List<Finding> findings =
          new ArrayList<>(
              context
                  .parallelize(dealt(files, tasks), tasks)
                  .mapPartitions(some -> searchAll(some, sought.value(), settings.value().value()))
                  .collect());
      findings.sort(Comparator.comparing(Finding::file).thenComparing(Finding::meaning));
      return new Result(
          files.size(), files.stream().mapToLong(Candidate::bytes).sum(), List.copyOf(findings));
    } finally {
      sought.destroy();
      settings.destroy();
    }
  }

  private static List<Candidate> dealt(List<Candidate> files, int tasks) {
    List<Candidate> dealt = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      for (int i = task; i < files.size(); i += tasks) {
        dealt.add(files.get(i));
      }
    }
    return dealt;
  }

  private static Iterator<Finding> searchAll(
      Iterator<Candidate> files, TextSearch texts, Configuration hadoop) throws IOException {
    List<Finding> findings = new ArrayList<>();
    while (files.hasNext()) {
      Candidate file = files.next();
      Set<String> found = new TreeSet<>();
      texts.scan(file.name(), true, true, found::add);
      if (file.name().endsWith(".parquet")) {
        searchParquet(new Path(file.location()), texts, hadoop, found::add);
      } else {
        searchText(new Path(file.location()), texts, hadoop, found::add);
      }
      found.forEach(meaning -> findings.add(new Finding(file.name(), meaning)));
    }
    return findings.iterator();
  }

  private static void searchText(
      Path path, TextSearch texts, Configuration hadoop, Consumer<String> found)
      throws IOException {
    FileSystem fs = raw(path.getFileSystem(hadoop));
    char[] part = new char[PART + texts.overlap()];
    try (Reader reader = new InputStreamReader(fs.open(path), StandardCharsets.UTF_8)) {
      int filled = 0;
      boolean isBeginning = true;
      boolean isEnd = false;
      while (!isEnd) {
        int read = reader.read(part, filled, part.length - filled);
        isEnd = read < 0;
        filled += Math.max(read, 0);
        if (isEnd || filled == part.length) {
          texts.scan(CharBuffer.wrap(part, 0, filled), isBeginning, isEnd, found);
          int kept = Math.min(filled, texts.overlap());
          System.arraycopy(part, filled - kept, part, 0, kept);
          filled = kept;
          isBeginning = false;
        }
      }
    }
  }

  private static void searchParquet(
      Path path, TextSearch texts, Configuration hadoop, Consumer<String> found)
      throws IOException {
    ParquetFileReader opened;
    try {
      opened = ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop));
    } catch (RuntimeException e) {
      // What a killed run left half written is no Parquet file; no reader knows it.
      searchText(path, texts, hadoop, found);
      return;
    }
    try (ParquetFileReader reader = opened) {
      reader
          .getFileMetaData()
          .getKeyValueMetaData()
          .values()
          .forEach(value -> texts.scan(value, true, true, found));
      MessageType schema = reader.getFileMetaData().getSchema();
      List<Type> withText = schema.getFields().stream().filter(FileSearch::holdsText).toList();
      if (withText.isEmpty()) {
        return;
      }
      MessageType requested = new MessageType(schema.getName(), withText);
      reader.setRequestedSchema(requested);
      String createdBy = reader.getFileMetaData().getCreatedBy();
      for (BlockMetaData block : reader.getRowGroups()) {
        try (PageReadStore pages = reader.readNextRowGroup()) {
          if (pages != null) {
            searchGroup(pages, block, requested, createdBy, texts, found);
          }
        }
      }
    }
  }

  private static void searchGroup(
      PageReadStore pages,
      BlockMetaData block,
      MessageType schema,
      String createdBy,
      TextSearch texts,
      Consumer<String> found)
      throws IOException {
    ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new NoGroup(), schema, createdBy);
    for (ColumnDescriptor column : schema.getColumns()) {
      if (!isText(column.getPrimitiveType().getPrimitiveTypeName())) {
        continue;
      }
      ColumnChunkMetaData chunk = chunk(block, column);
      if (isAllInDictionary(chunk)) {
        // Each distinct value once.
        DictionaryPage page = pages.getPageReader(column).readDictionaryPage();
        Dictionary dictionary = page.getEncoding().initDictionary(column, page);
        for (int id = 0; id <= dictionary.getMaxId(); id++) {
          texts.scan(dictionary.decodeToBinary(id).toStringUsingUTF8(), true, true, found);
        }
      } else {
        ColumnReader values = store.getColumnReader(column);
        for (long i = 0; i < chunk.getValueCount(); i++) {
          if (values.getCurrentDefinitionLevel() == column.getMaxDefinitionLevel()) {
            texts.scan(values.getBinary().toStringUsingUTF8(), true, true, found);
          }
          values.consume();
        }
      }
    }
  }

  private static ColumnChunkMetaData chunk(BlockMetaData block, ColumnDescriptor column) {
    return block.getColumns().stream()
        .filter(chunk -> Arrays.equals(chunk.getPath().toArray(), column.getPath()))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isAllInDictionary(ColumnChunkMetaData chunk) {
    return chunk.getEncodingStats() != null
        && chunk.getEncodingStats().hasDictionaryPages()
        && chunk.getEncodingStats().hasDictionaryEncodedPages()
        && !chunk.getEncodingStats().hasNonDictionaryEncodedPages();
  }

  private static boolean holdsText(Type type) {
    return type.isPrimitive()
        ? isText(type.asPrimitiveType().getPrimitiveTypeName())
        : type.asGroupType().getFields().stream().anyMatch(FileSearch::holdsText);
  }

  private static boolean isText(PrimitiveTypeName type) {
    return type == PrimitiveTypeName.BINARY;
  }

  private static void list(FileSystem fs, Path folder, String prefix, List<Candidate> files)
      throws IOException {
    FileStatus[] children;
    try {
      children = fs.listStatus(folder);
    } catch (FileNotFoundException e) {
      return;
    }
    for (FileStatus child : children) {
      String name = prefix + child.getPath().getName();
      if (child.isDirectory()) {
        list(fs, child.getPath(), name + "/", files);
      } else {
        files.add(new Candidate(child.getPath().toString(), name, child.getLen()));
      }
    }
  }

  /** The file system that also shows its own checksum files. */
  private static FileSystem raw(FileSystem fs) {
    return fs instanceof ChecksumFileSystem checksums ? checksums.getRawFileSystem() : fs;
  }

  /** Takes no record: values are read by column. */
  private static final class NoGroup extends GroupConverter {
    @Override
    public Converter getConverter(int field) {
      return new NoValue();
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  private static final class NoValue extends PrimitiveConverter {
    @Override
    public GroupConverter asGroupConverter() {
      return new NoGroup();
    }
  }
}

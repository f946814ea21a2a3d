package io.portrait.jobs.generate.shop;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** A Parquet file being written, a row at a time: rows are never all in memory. */
final class ParquetFile implements AutoCloseable {

  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final ParquetWriter<Object[]> writer;

  private ParquetFile(ParquetWriter<Object[]> writer) {
    this.writer = writer;
  }

  /**
   * Opens a file, which replaces one of the same name.
   *
   * @param schema Parquet's own text form
   */
  static ParquetFile create(Path path, String schema, Configuration hadoop) throws IOException {
    MessageType type = MessageTypeParser.parseMessageType(schema);
    return new ParquetFile(
        new Builder(HadoopOutputFile.fromPath(path, hadoop), type)
            .withConf(hadoop)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .build());
  }

  /** Writes a row: values in the order of the columns, null where a value is missing. */
  void row(Object... values) throws IOException {
    writer.write(values);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<Object[], Builder> {
    private final MessageType type;

    Builder(OutputFile file, MessageType type) {
      super(file);
      this.type = type;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // It is abstract; its successor calls it.
    protected WriteSupport<Object[]> getWriteSupport(Configuration conf) {
      return new Rows(type);
    }
  }

  private static final class Rows extends WriteSupport<Object[]> {
    private final MessageType type;
    private RecordConsumer consumer;

    Rows(MessageType type) {
      this.type = type;
    }

    @Override
    @SuppressWarnings("deprecation") // As above.
    public WriteContext init(Configuration configuration) {
      return new WriteContext(type, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Object[] values) {
      consumer.startMessage();
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null) {
          String name = type.getFieldName(i);
          consumer.startField(name, i);
          add(values[i]);
          consumer.endField(name, i);
        }
      }
      consumer.endMessage();
    }

    private void add(Object value) {
      if (value instanceof String text) {
        consumer.addBinary(Binary.fromString(text));
      } else if (value instanceof Long number) {
        consumer.addLong(number);
      } else if (value instanceof Integer number) {
        consumer.addInteger(number);
      } else if (value instanceof Double number) {
        consumer.addDouble(number);
      } else if (value instanceof Boolean flag) {
        consumer.addBoolean(flag);
      } else {
        throw new IllegalArgumentException("no Parquet value: " + value.getClass());
      }
    }
  }
}

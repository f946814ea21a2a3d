package io.portrait.jobs.generate;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** A text file being written, compressed if its name ends in {@code .gz}. */
final class RawFile implements AutoCloseable {

  private final String name;
  private final Tally tally;
  private final Writer writer;

  private RawFile(String name, Tally tally, Writer writer) {
    this.name = name;
    this.tally = tally;
    this.writer = writer;
  }

  /** Creates the file, and its folder; a file of the same name is replaced. */
  static RawFile create(Path out, String name, Charset charset, Tally tally) {
    try {
      Path file = out.resolve(name);
      Files.createDirectories(file.getParent());
      OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
      if (name.endsWith(".gz")) {
        stream = new GZIPOutputStream(stream, 1 << 16);
      }
      return new RawFile(name, tally, new BufferedWriter(new OutputStreamWriter(stream, charset)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes text that is no row: a header, a byte order mark. */
  RawFile head(String text) {
    write(text);
    return this;
  }

  /** Writes a row and counts it. */
  void row(String text) {
    write(text);
    write("\n");
    tally.row(name);
  }

  private void write(String text) {
    try {
      writer.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

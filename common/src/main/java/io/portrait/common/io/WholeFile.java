package io.portrait.common.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Small files that a reader sees whole: the old one, or the new one, whenever a run is killed. */
public final class WholeFile {

  private WholeFile() {}

  /** Writes a file in place of the one that may be there. */
  public static void write(Configuration hadoop, Path path, byte[] bytes) throws IOException {
    FileSystem fs = path.getFileSystem(hadoop);
    Path file = fs.makeQualified(path);
    Path part = new Path(file.getParent(), "." + file.getName() + ".part");
    switch (fs.getUri().getScheme()) {
      case "file" -> {
        fs.mkdirs(file.getParent());
        java.nio.file.Path local = java.nio.file.Path.of(part.toUri().getPath());
        Files.write(local, bytes);
        // Hadoop's checksum of the old file would not fit the new one.
        Files.deleteIfExists(local.resolveSibling("." + file.getName() + ".crc"));
        Files.move(
            local,
            local.resolveSibling(file.getName()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      case "hdfs", "viewfs" -> {
        create(fs, part, bytes);
        FileContext.getFileContext(file.toUri(), hadoop)
            .rename(part, file, Options.Rename.OVERWRITE);
      }
        // An object store shows what was written when it is complete.
      default -> create(fs, file, bytes);
    }
  }

  private static void create(FileSystem fs, Path path, byte[] bytes) throws IOException {
    try (OutputStream out = fs.create(path, true)) {
      out.write(bytes);
    }
  }
}

package io.portrait.common.io;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Tries out a warehouse's storage without touching a table. */
public final class WarehouseProbe {

  private final FileSystem fs;
  private final Path root;

  /**
   * Makes a probe of a location, which need not be there yet.
   *
   * @throws IOException if there is no such storage
   */
  public WarehouseProbe(Configuration hadoop, String location) throws IOException {
    Path path = new Path(location);
    this.fs = path.getFileSystem(hadoop);
    this.root = fs.makeQualified(path);
  }

  /** The location. */
  public Path root() {
    return root;
  }

  /**
   * Writes a small file, renames and deletes it; folders made on the way are removed again.
   *
   * @throws IOException if any of that fails
   */
  public void write() throws IOException {
    List<Path> made = new ArrayList<>();
    for (Path folder = root; folder != null && !fs.exists(folder); folder = folder.getParent()) {
      made.add(folder);
    }
    String name = ".probe-" + UUID.randomUUID();
    Path file = new Path(root, name);
    Path renamed = new Path(root, name + "-renamed");
    try {
      try (OutputStream out = fs.create(file, false)) {
        out.write(0);
      }
      if (!fs.rename(file, renamed)) {
        throw new IOException("a file cannot be renamed");
      }
      if (!fs.delete(renamed, false)) {
        throw new IOException("a file cannot be deleted");
      }
    } finally {
      fs.delete(file, false);
      fs.delete(renamed, false);
      for (Path folder : made) {
        if (fs.exists(folder) && fs.listStatus(folder).length == 0) {
          fs.delete(folder, false);
        }
      }
    }
  }

  /** The nearest folder that is there, if it is on a disk of this machine. */
  public Optional<File> local() {
    if (!fs.getUri().getScheme().equals("file")) {
      return Optional.empty();
    }
    File folder = new File(root.toUri().getPath());
    while (!folder.exists() && folder.getParentFile() != null) {
      folder = folder.getParentFile();
    }
    return Optional.of(folder);
  }

  /** When the latest commit to any table was made, by the storage's clock; none without tables. */
  public Optional<Instant> newestCommit() throws IOException {
    try {
      FileStatus[] commits = fs.globStatus(new Path(root, "*/*/_delta_log/*.json"));
      return Stream.of(commits == null ? new FileStatus[0] : commits)
          .map(commit -> Instant.ofEpochMilli(commit.getModificationTime()))
          .max(Instant::compareTo);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}

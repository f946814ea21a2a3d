package io.portrait.common.job;

import java.util.concurrent.atomic.LongAdder;

/** Rows that a job took in, gave out, rejected and removed as duplicates. Safe for many threads. */
public final class RowCounts {

  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder duplicate = new LongAdder();

  /** Adds rows taken in. */
  public void addIn(long rows) {
    in.add(rows);
  }

  /** Adds rows given out. */
  public void addOut(long rows) {
    out.add(rows);
  }

  /** Adds rows rejected. */
  public void addRejected(long rows) {
    rejected.add(rows);
  }

  /** Adds rows removed as duplicates. */
  public void addDuplicate(long rows) {
    duplicate.add(rows);
  }

  public long in() {
    return in.sum();
  }

  public long out() {
    return out.sum();
  }

  public long rejected() {
    return rejected.sum();
  }

  public long duplicate() {
    return duplicate.sum();
  }
}

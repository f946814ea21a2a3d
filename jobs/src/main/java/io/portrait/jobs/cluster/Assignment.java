package io.portrait.jobs.cluster;

import java.util.Arrays;

/** Pairs two sets one to one at the least total cost: the Hungarian method. */
final class Assignment {

  private Assignment() {}

  /**
   * The column of each row; -1 for the rows that stay single because there are fewer columns.
   *
   * <p>Shortest augmenting paths with potentials, O(n³): Jonker and Volgenant, Computing 38 (1987).
   *
   * @param cost finite costs, all rows of one length
   */
  static int[] minimize(double[][] cost) {
    int rows = cost.length;
    int columns = rows == 0 ? 0 : cost[0].length;
    int size = Math.max(rows, columns);
    // Index 0 stands for "none"; missing rows and columns cost nothing.
    double[] rowPotential = new double[size + 1];
    double[] columnPotential = new double[size + 1];
    int[] rowOf = new int[size + 1];
    for (int row = 1; row <= size; row++) {
      rowOf[0] = row;
      int column = 0;
      double[] slack = new double[size + 1];
      Arrays.fill(slack, Double.POSITIVE_INFINITY);
      int[] before = new int[size + 1];
      boolean[] reached = new boolean[size + 1];
      while (rowOf[column] != 0) {
        reached[column] = true;
        double step = Double.POSITIVE_INFINITY;
        int next = 0;
        for (int j = 1; j <= size; j++) {
          if (reached[j]) {
            continue;
          }
          double reduced =
              at(cost, rowOf[column], j) - rowPotential[rowOf[column]] - columnPotential[j];
          if (reduced < slack[j]) {
            slack[j] = reduced;
            before[j] = column;
          }
          if (slack[j] < step) {
            step = slack[j];
            next = j;
          }
        }
        for (int j = 0; j <= size; j++) {
          if (reached[j]) {
            rowPotential[rowOf[j]] += step;
            columnPotential[j] -= step;
          } else {
            slack[j] -= step;
          }
        }
        column = next;
      }
      while (column != 0) {
        rowOf[column] = rowOf[before[column]];
        column = before[column];
      }
    }
    int[] columnOf = new int[rows];
    Arrays.fill(columnOf, -1);
    for (int j = 1; j <= columns; j++) {
      if (rowOf[j] <= rows) {
        columnOf[rowOf[j] - 1] = j - 1;
      }
    }
    return columnOf;
  }

  private static double at(double[][] cost, int row, int column) {
    return row <= cost.length && column <= cost[0].length ? cost[row - 1][column - 1] : 0;
  }
}

package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  /** By hand: 1 + 2 + 2 = 5 beats the greedy choice of the smallest number, 0 + 3 + 4 = 7. */
  @Test
  void findsTheLeastTotalCost() {
    double[][] cost = {{4, 1, 3}, {2, 0, 5}, {3, 2, 2}};

    assertThat(Assignment.minimize(cost)).containsExactly(1, 0, 2);
  }

  @Test
  void leavesSurplusRowsAndColumnsSingle() {
    assertThat(Assignment.minimize(new double[][] {{9, 1, 5}})).containsExactly(1);
    assertThat(Assignment.minimize(new double[][] {{9}, {1}, {5}})).containsExactly(-1, 0, -1);
    assertThat(Assignment.minimize(new double[0][])).isEmpty();
  }

  @Test
  void isAsCheapAsTheBestOfAllPermutations() {
    Random random = new Random(1);
    for (int run = 0; run < 200; run++) {
      int rows = 1 + random.nextInt(5);
      int columns = rows + random.nextInt(3);
      double[][] cost = new double[rows][columns];
      for (double[] row : cost) {
        for (int j = 0; j < columns; j++) {
          row[j] = random.nextInt(4) == 0 ? 0 : random.nextDouble() * 100;
        }
      }
      int[] columnOf = Assignment.minimize(cost);
      double total = 0;
      for (int i = 0; i < rows; i++) {
        total += cost[i][columnOf[i]];
      }
      assertThat(columnOf).doesNotHaveDuplicates();
      assertThat(total).isCloseTo(cheapest(cost, 0, 0), within(1e-9));
    }
  }

  private static double cheapest(double[][] cost, int row, int used) {
    if (row == cost.length) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int j = 0; j < cost[row].length; j++) {
      if ((used & (1 << j)) == 0) {
        best = Math.min(best, cost[row][j] + cheapest(cost, row + 1, used | (1 << j)));
      }
    }
    return best;
  }
}

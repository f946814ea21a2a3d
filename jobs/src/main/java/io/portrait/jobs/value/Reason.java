package io.portrait.jobs.value;

import java.util.Locale;

/** Why a customer, or all customers, have no value. */
enum Reason {
  /** The customer has bought on no day. */
  NO_PURCHASE,
  /** Refunds left nothing of what was spent, or repeat purchases cost nothing. */
  NO_NET_SPEND,
  /** Too few days lie before and after any day that the models could be measured from. */
  SHORT_HISTORY,
  /** Nobody has bought on a second day. */
  NO_REPEATS,
  /** Too few have bought on a second day. */
  TOO_FEW_REPEATERS,
  /** No parameters were found under which the data are most likely. */
  NOT_CONVERGED,
  /** So few customers spend so much that the mean of all cannot be told. */
  NO_MEAN_SPEND;

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}

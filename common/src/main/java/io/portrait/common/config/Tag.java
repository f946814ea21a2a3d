package io.portrait.common.config;

import io.portrait.common.table.DataClass;
import java.util.Optional;

/**
 * A tag of the tag tree; an element of {@code tags.yaml}.
 *
 * @param code snake_case name, unique
 * @param parent code of the tag above it; absent for a root
 * @param rule SQL condition over a customer's features, scores and clusters; absent for a branch,
 *     which only groups
 * @param title titles
 * @param owner who answers for the rule
 * @param purpose what it is used for
 * @param sensitivity who may see it
 * @param place where it stands
 */
public record Tag(
    String code,
    Optional<String> parent,
    Optional<Expression> rule,
    Title title,
    String owner,
    String purpose,
    DataClass sensitivity,
    Place place) {

  /** Checks the code. */
  public Tag {
    if (!code.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("code '" + code + "' is not snake_case");
    }
  }
}

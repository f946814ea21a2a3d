package io.portrait.jobs.profile;

import io.portrait.common.config.Tag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who is above whom among tags. */
final class TagTree {

  private final Map<String, Tag> byCode = new LinkedHashMap<>();

  TagTree(List<Tag> tags) {
    tags.forEach(tag -> byCode.put(tag.code(), tag));
  }

  /** The tags with a rule, in declared order. */
  List<Tag> leaves() {
    return byCode.values().stream().filter(tag -> tag.rule().isPresent()).toList();
  }

  /** The tags with a rule that are this tag or below it. */
  List<Tag> leavesBelow(Tag tag) {
    return leaves().stream()
        .filter(leaf -> leaf.code().equals(tag.code()) || isAbove(tag, leaf))
        .toList();
  }

  /** The tag above, if one is named and exists. */
  Optional<Tag> parent(Tag tag) {
    return tag.parent().map(byCode::get);
  }

  boolean hasChildren(Tag tag) {
    return byCode.values().stream()
        .anyMatch(other -> other.parent().filter(tag.code()::equals).isPresent());
  }

  /** Whether a tag is above itself. */
  boolean isCircular(Tag tag) {
    return isAbove(tag, tag);
  }

  private boolean isAbove(Tag upper, Tag lower) {
    Set<String> seen = new HashSet<>();
    List<Tag> path = new ArrayList<>();
    parent(lower).ifPresent(path::add);
    while (!path.isEmpty()) {
      Tag tag = path.remove(0);
      if (tag.code().equals(upper.code())) {
        return true;
      }
      if (seen.add(tag.code())) {
        parent(tag).ifPresent(path::add);
      }
    }
    return false;
  }
}

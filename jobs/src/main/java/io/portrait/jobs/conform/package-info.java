/** Maps raw rows onto the entities: typed, keyed, deduplicated, without direct identifiers. */
package io.portrait.jobs.conform;

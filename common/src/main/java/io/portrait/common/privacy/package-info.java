/** Pseudonyms, the vault, and the one form of the identifiers that they are made from. */
package io.portrait.common.privacy;

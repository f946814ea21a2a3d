/** Failures that a person can act on, and the process exit codes they map to. */
package io.portrait.common.error;

/** Keeps a warehouse tidy: rows over age, small files, files that nobody needs. */
package io.portrait.jobs.maintain;

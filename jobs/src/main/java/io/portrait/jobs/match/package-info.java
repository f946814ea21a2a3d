/** Finds accounts that are likely one person although they share no identifier. */
package io.portrait.jobs.match;

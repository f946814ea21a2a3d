/** Gives one person what the warehouse holds of them. */
package io.portrait.jobs.export;

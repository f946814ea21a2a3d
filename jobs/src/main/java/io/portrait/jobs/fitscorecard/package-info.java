/** The command fit-scorecard: fits a credit scorecard to a table of past customers. */
package io.portrait.jobs.fitscorecard;

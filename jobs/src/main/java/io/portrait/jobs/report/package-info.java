/** The report: one self-contained HTML page of what a run found. */
package io.portrait.jobs.report;

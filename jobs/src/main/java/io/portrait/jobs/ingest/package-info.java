/** Reads what is new in each source and keeps it in bronze as received. */
package io.portrait.jobs.ingest;

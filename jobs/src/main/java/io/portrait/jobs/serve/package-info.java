/** Serves published tables to JDBC and ODBC clients, to read and nothing else. */
package io.portrait.jobs.serve;

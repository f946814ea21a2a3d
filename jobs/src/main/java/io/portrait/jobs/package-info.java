/** The line: one package a step, and the command line that runs them. */
package io.portrait.jobs;

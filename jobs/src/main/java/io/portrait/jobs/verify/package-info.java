/** Holds silver tables against what is expected of them. */
package io.portrait.jobs.verify;

/** What every step shares: its session, its context, its line in the run log and on the console. */
package io.portrait.common.job;

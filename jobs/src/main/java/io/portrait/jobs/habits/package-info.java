/** The step habits: interests, and how customers shop, pay and are best reached. */
package io.portrait.jobs.habits;

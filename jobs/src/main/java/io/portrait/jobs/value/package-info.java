/** The step value: who still buys, how often they will, and what they are worth. */
package io.portrait.jobs.value;

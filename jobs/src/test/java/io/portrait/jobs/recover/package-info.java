/**
 * What scripts/recover runs: how well the line finds again what was planted in the synthetic shop.
 */
package io.portrait.jobs.recover;

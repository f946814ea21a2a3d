/** The step consent: what customers have decided about each purpose. */
package io.portrait.jobs.consent;

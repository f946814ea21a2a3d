/** The step features: windows over rollups as of a date, by the declared catalogue. */
package io.portrait.jobs.features;

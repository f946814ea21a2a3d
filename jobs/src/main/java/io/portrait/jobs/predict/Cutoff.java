package io.portrait.jobs.predict;

import java.time.LocalDate;

/**
 * A day that divides what is known from what is asked.
 *
 * @param day first day that is not known
 * @param horizonDays days from it on that are asked; also the unit that all inputs measure time in
 */
record Cutoff(LocalDate day, int horizonDays) {}

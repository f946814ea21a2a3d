/** Helpers of the tests of all steps. */
package io.portrait.jobs.testing;

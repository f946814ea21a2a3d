/** The step segment: who is in which named segment, who came and who went. */
package io.portrait.jobs.segment;

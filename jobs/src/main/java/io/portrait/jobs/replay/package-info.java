/** Replays refused rows: corrects them, and discards batches that nobody wants. */
package io.portrait.jobs.replay;

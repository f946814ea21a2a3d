/** What each account did on each day: visits and rollups, rebuilt month by month. */
package io.portrait.jobs.summarize;

/** Which accounts are one person: the customer map, its changes and the golden record. */
package io.portrait.jobs.identify;

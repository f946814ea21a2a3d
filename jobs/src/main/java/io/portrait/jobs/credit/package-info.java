/** The step credit: grades of customers, what to offer them, and whether they have moved. */
package io.portrait.jobs.credit;

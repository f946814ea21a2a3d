/** The step cluster: groups of customers alike, found by KMeans, that keep their ids and names. */
package io.portrait.jobs.cluster;

/** A synthetic company of any size, as raw files of its systems, with the truth beside them. */
package io.portrait.jobs.generate.shop;

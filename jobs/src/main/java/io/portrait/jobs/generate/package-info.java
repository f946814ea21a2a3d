/** Raw files for the demo: what FoodMart lacks, made up for its customers from a seed. */
package io.portrait.jobs.generate;

/** Removes persons from everything below the warehouse, proves it, and keeps them out. */
package io.portrait.jobs.erase;

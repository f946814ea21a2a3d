/** The contracts of all tables: the one vocabulary of grain, keys, columns, types and units. */
package io.portrait.common.table;

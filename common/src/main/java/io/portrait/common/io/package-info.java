/** The only code that reads and writes Delta tables, and the warehouse that holds them. */
package io.portrait.common.io;

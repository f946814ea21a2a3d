/** A deployment's own code, as an example. */
package com.example;

/** A deployment's folder of YAML, read strictly: every fault is named with its file and line. */
package io.portrait.common.config;

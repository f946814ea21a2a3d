/** What tables must be like: measured, told and kept. */
package io.portrait.common.quality;

/** What a deployment's own scores implement. */
package io.portrait.common.score;

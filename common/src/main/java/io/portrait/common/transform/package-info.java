/** Column functions that two or more steps share. */
package io.portrait.common.transform;

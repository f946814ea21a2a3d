/** The step profile: tags, the wide profile and the dictionary, checked and then published. */
package io.portrait.jobs.profile;

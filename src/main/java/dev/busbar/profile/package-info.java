/**
 * The configuration that comes with the jar, chosen by Spring profile, below everything
 * that a user configures.
 */
@NullMarked
package dev.busbar.profile;

import org.jspecify.annotations.NullMarked;

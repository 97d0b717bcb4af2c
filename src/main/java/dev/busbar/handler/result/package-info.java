/**
 * What comes of a handling: results that are published after the commit, and dead
 * letters.
 */
@NullMarked
package dev.busbar.handler.result;

import org.jspecify.annotations.NullMarked;

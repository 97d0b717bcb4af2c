/**
 * The inbox: which events a group has handled, so that one that comes again has no second
 * effect, and how long its handlers took.
 */
@NullMarked
package dev.busbar.store.inbox;

import org.jspecify.annotations.NullMarked;

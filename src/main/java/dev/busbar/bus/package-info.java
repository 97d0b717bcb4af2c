/**
 * Publishes events on streams and returns when the broker has stored them.
 */
@NullMarked
package dev.busbar.bus;

import org.jspecify.annotations.NullMarked;

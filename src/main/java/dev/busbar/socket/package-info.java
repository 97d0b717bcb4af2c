/**
 * The WebSocket edge, {@code /ws}: publish, follow the feed, handle events.
 */
@NullMarked
package dev.busbar.socket;

import org.jspecify.annotations.NullMarked;

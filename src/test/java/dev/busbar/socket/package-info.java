/**
 * The WebSocket edge as a client sees it.
 */
@NullMarked
package dev.busbar.socket;

import org.jspecify.annotations.NullMarked;

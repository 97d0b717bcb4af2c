/**
 * Following the feed over a WebSocket.
 */
@NullMarked
package dev.busbar.socket.follow;

import org.jspecify.annotations.NullMarked;

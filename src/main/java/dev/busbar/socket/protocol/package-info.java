/**
 * The messages of the WebSocket protocol as JSON.
 */
@NullMarked
package dev.busbar.socket.protocol;

import org.jspecify.annotations.NullMarked;

/**
 * Publishing over a WebSocket.
 */
@NullMarked
package dev.busbar.socket.publish;

import org.jspecify.annotations.NullMarked;

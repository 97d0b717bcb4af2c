/**
 * Open WebSockets: what comes in is read, what goes out is bounded, and nobody holds a
 * thread.
 */
@NullMarked
package dev.busbar.socket.connection;

import org.jspecify.annotations.NullMarked;

/**
 * What bounds a connection.
 */
@NullMarked
package dev.busbar.socket.connection;

import org.jspecify.annotations.NullMarked;

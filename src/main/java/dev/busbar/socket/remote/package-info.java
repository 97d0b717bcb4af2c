/**
 * Remote handlers: events for clients, and their answers.
 */
@NullMarked
package dev.busbar.socket.remote;

import org.jspecify.annotations.NullMarked;

/**
 * Receives what a broker delivers: binds the channels, understands the messages, and
 * waits in place while the database is away.
 */
@NullMarked
package dev.busbar.bus.inbound;

import org.jspecify.annotations.NullMarked;

/**
 * The events that wait in the database to be published, and the relay that publishes
 * them.
 */
@NullMarked
package dev.busbar.outbox.outgoing;

import org.jspecify.annotations.NullMarked;

/**
 * What waits in the database for remote handlers.
 */
@NullMarked
package dev.busbar.outbox.remote;

import org.jspecify.annotations.NullMarked;

/**
 * What waits in the outbox, seen from outside: scheduled events, and numbers.
 */
@NullMarked
package dev.busbar.outbox.schedule;

import org.jspecify.annotations.NullMarked;

/**
 * Events that are committed with business data and published afterwards; in packages of
 * their own the results of handlers, and events that are to be handled once more.
 */
@NullMarked
package dev.busbar.outbox;

import org.jspecify.annotations.NullMarked;

/**
 * Events that wait to be handled once more, at their time and behind those of the same
 * key.
 */
@NullMarked
package dev.busbar.outbox.redelivery;

import org.jspecify.annotations.NullMarked;

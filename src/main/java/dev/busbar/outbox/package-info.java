/**
 * Events that are committed with business data and published afterwards.
 */
@NullMarked
package dev.busbar.outbox;

import org.jspecify.annotations.NullMarked;

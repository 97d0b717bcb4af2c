/**
 * The results of handlers, committed with what the handler did and published afterwards.
 */
@NullMarked
package dev.busbar.outbox.result;

import org.jspecify.annotations.NullMarked;

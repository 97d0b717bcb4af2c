/**
 * Attempts the deliveries that are due.
 */
@NullMarked
package dev.busbar.egress.dispatch;

import org.jspecify.annotations.NullMarked;

/**
 * Deliveries: an event on its way to the receiver of a subscription, attempt by attempt.
 */
@NullMarked
package dev.busbar.egress.delivery;

import org.jspecify.annotations.NullMarked;

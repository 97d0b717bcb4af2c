package dev.busbar.egress.delivery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An event on its way to the receiver of a subscription.
 *
 * @param number its own number, which is its id
 * @param subscription the subscription's name
 * @param message the id of the webhook, the same on every attempt
 * @param source the event's source
 * @param eventId the event's id
 * @param type the event's type
 * @param state what became of it
 * @param attempts how many attempts were made
 * @param created when the event became part of the feed
 * @param due when the next attempt is due, null if there is none
 * @param ended when it ended, null if it has not
 */
public record Delivery(long number, String subscription, String message, String source, String eventId, String type,
		State state, int attempts, Instant created, @Nullable Instant due, @Nullable Instant ended) {

	/**
	 * The states of a delivery.
	 */
	public enum State {

		/** It waits for an attempt, or one runs. */
		PENDING,

		/** The receiver has taken it. */
		DELIVERED,

		/** It is a dead letter: all attempts failed, or its endpoint was disabled. */
		DEAD,

		/** Its subscription was removed. */
		CANCELLED

	}

}

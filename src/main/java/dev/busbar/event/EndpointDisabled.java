package dev.busbar.event;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a subscription gets no webhooks any more. Write a handler for it to be
 * told.
 *
 * @param subscription the name of the subscription
 * @param group the application that sends the webhooks
 * @param reason {@code gone} if it has answered 410, {@code failing} if it has failed for
 * too long
 * @param failingSince when the first attempt failed since its last success
 * @param deadLetters how many deliveries became dead letters with it
 * @param time when it was disabled
 */
@EventType(EndpointDisabled.TYPE)
public record EndpointDisabled(String subscription, String group, String reason, @Nullable Instant failingSince,
		int deadLetters, Instant time) {

	/** The name of the event type. */
	public static final String TYPE = "busbar.endpoint-disabled";

}

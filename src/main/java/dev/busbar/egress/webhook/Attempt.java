package dev.busbar.egress.webhook;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An attempt to deliver a webhook.
 *
 * @param started when it began
 * @param millis how long it took, in milliseconds
 * @param status the status of the answer, null if none came
 * @param failure why no answer came, null if one did
 * @param answer the first 4,096 characters of the answer's body
 * @param notBefore when the receiver wants to be asked again, null if it did not say
 */
public record Attempt(Instant started, int millis, @Nullable Integer status, @Nullable String failure,
		@Nullable String answer, @Nullable Instant notBefore) {

	/** Whether the receiver has taken the webhook. */
	public boolean success() {
		return this.status != null && this.status / 100 == 2;
	}

	/** Whether the receiver wants no webhooks any more. */
	public boolean gone() {
		return this.status != null && this.status == 410;
	}

	/** What is wrong, in a few words. */
	public String problem() {
		return (this.status != null) ? "status " + this.status : String.valueOf(this.failure);
	}

}

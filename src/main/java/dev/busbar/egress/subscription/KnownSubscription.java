package dev.busbar.egress.subscription;

import dev.busbar.egress.feed.TypePatterns;
import dev.busbar.egress.filter.DataFilter;
import dev.busbar.egress.filter.FilterInput;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that is ready to be used.
 */
public final class KnownSubscription {

	private final Subscription subscription;

	private final @Nullable SigningSecrets secrets;

	private final TypePatterns types;

	private final @Nullable DataFilter filter;

	KnownSubscription(Subscription subscription, @Nullable SigningSecrets secrets) {
		this.subscription = subscription;
		this.secrets = secrets;
		this.types = TypePatterns.of(subscription.types());
		this.filter = (subscription.filter() != null) ? new DataFilter(subscription.filter()) : null;
	}

	/** What a person has written. */
	public Subscription subscription() {
		return this.subscription;
	}

	/** Its secrets, null if they cannot be read: the key that closed them is missing. */
	public @Nullable SigningSecrets secrets() {
		return this.secrets;
	}

	/**
	 * Whether it wants an event.
	 * @param type the event's type
	 * @param input the event, for its filter
	 */
	boolean wants(String type, FilterInput input) {
		return this.types.contain(type) && (this.filter == null || this.filter.test(input));
	}

}

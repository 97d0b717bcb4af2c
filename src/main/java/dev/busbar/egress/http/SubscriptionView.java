package dev.busbar.egress.http;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.subscription.Definition;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.SigningSecrets;
import dev.busbar.egress.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as it is shown: without its secrets and without the values of its
 * headers.
 *
 * @param name its name
 * @param url where webhooks are sent
 * @param types patterns of event types
 * @param filter a condition on the event
 * @param format how an event is written
 * @param headers further headers, each with {@code ***} in place of its value
 * @param rate how many attempts per second at most
 * @param maxInFlight how many attempts at the same time at most
 * @param enabled whether it gets deliveries
 * @param declared whether it stands in the configuration
 * @param disabledReason why it gets none: person, gone or failing
 * @param disabledAt since when
 * @param failingSince when the first attempt failed since its last success
 * @param failures how many failed since
 * @param retryAt when it is probed next, if its circuit is open
 * @param previousSecretUntil until when the secret before is used too
 * @param created when it was created
 * @param changed when it was changed last
 * @param secret its new secret; told only once
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SubscriptionView(String name, String url, List<String> types, @Nullable String filter, String format,
		Map<String, String> headers, @Nullable Integer rate, int maxInFlight, boolean enabled, boolean declared,
		@Nullable String disabledReason, @Nullable Instant disabledAt, @Nullable Instant failingSince, int failures,
		@Nullable Instant retryAt, @Nullable Instant previousSecretUntil, @Nullable Instant created,
		@Nullable Instant changed, @Nullable String secret) {

	static SubscriptionView of(KnownSubscription known, @Nullable Endpoint endpoint, @Nullable String secret) {
		Subscription subscription = known.subscription();
		SigningSecrets secrets = known.secrets();
		Endpoint state = (endpoint != null) ? endpoint : Endpoint.healthy(subscription.name());
		Map<String, String> headers = new TreeMap<>();
		subscription.headers().keySet().forEach((name) -> headers.put(name, Definition.HIDDEN));
		return new SubscriptionView(subscription.name(), subscription.url().toString(), subscription.types(),
				subscription.filter(), subscription.format().text(), headers, subscription.rate(),
				subscription.maxInFlight(), subscription.enabled() && state.disabled() == null, subscription.declared(),
				(state.disabled() != null) ? state.disabled().name().toLowerCase(Locale.ROOT) : null,
				state.disabledAt(), state.failingSince(), state.failures(), state.retryAt(),
				(secrets != null) ? secrets.previousUntil() : null, subscription.created(), subscription.changed(),
				secret);
	}

	@Override
	public String toString() {
		return "SubscriptionView[" + this.name + "]";
	}

}

package dev.busbar.egress.subscription;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Subscriptions that stand in the configuration.
 *
 * @param subscriptions Subscriptions by their names.
 */
@ConfigurationProperties("busbar")
public record SubscriptionProperties(@DefaultValue Map<String, Declared> subscriptions) {

	/**
	 * A subscription in the configuration. Its text shows no secret.
	 *
	 * @param url where webhooks are sent
	 * @param types patterns of event types: a type, order.*, or *
	 * @param filter a condition on the event in the Common Expression Language
	 * @param format cloudevents-json or cloudevents-binary
	 * @param secret what its webhooks are signed with: whsec_ and 24 to 64 random bytes
	 * in Base64
	 * @param previousSecret the secret before, with which they are signed too
	 * @param headers further headers of each request
	 * @param rate how many attempts per second at most
	 * @param maxInFlight how many attempts at the same time at most, per instance
	 * @param enabled whether it gets deliveries
	 */
	public record Declared(@Nullable String url, @DefaultValue List<String> types, @Nullable String filter,
			@Nullable String format, @Nullable String secret, @Nullable String previousSecret,
			@DefaultValue Map<String, String> headers, @Nullable Integer rate, @Nullable Integer maxInFlight,
			@DefaultValue("true") boolean enabled) {

		Definition definition() {
			return new Definition(this.url, this.types, this.filter, this.format, this.headers, this.rate,
					this.maxInFlight);
		}

		SigningSecrets secrets() {
			if (this.secret == null) {
				throw new IllegalArgumentException(
						"'secret' is missing. Make one with: echo whsec_$(openssl rand -base64 32)");
			}
			return new SigningSecrets(this.secret, this.previousSecret, null);
		}

		@Override
		public String toString() {
			return "Declared[" + this.types + "]";
		}

	}

}

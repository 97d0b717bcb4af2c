package dev.busbar.egress.subscription;

import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as a person writes it, in JSON or in the configuration.
 *
 * @param url where webhooks are sent
 * @param types patterns of event types
 * @param filter a condition on the event, null for none
 * @param format how an event is written, null for the default
 * @param headers further headers of each request, null for none
 * @param rate how many attempts per second at most, null for no limit
 * @param maxInFlight how many attempts at the same time at most, null for the default
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Definition(@Nullable String url, @Nullable List<String> types, @Nullable String filter,
		@Nullable String format, @Nullable Map<String, String> headers, @Nullable Integer rate,
		@Nullable Integer maxInFlight) {

	/** The names of the members. */
	public static final Set<String> MEMBERS = Set.of("url", "types", "filter", "format", "headers", "rate",
			"maxInFlight");

	/** What is shown in place of a header's value. */
	public static final String HIDDEN = "***";

	/** A subscription as it would be written. */
	public static Definition of(Subscription subscription) {
		return new Definition(subscription.url().toString(), subscription.types(), subscription.filter(),
				subscription.format().text(), subscription.headers(), subscription.rate(), subscription.maxInFlight());
	}

	@Override
	public String toString() {
		return "Definition[...]";
	}

}

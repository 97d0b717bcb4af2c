package dev.busbar.egress.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.TargetUrl;
import dev.busbar.egress.filter.DataFilter;
import dev.busbar.egress.subscription.Subscription.Format;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription may be. All that is refused is told with an
 * {@link IllegalArgumentException} that says what is allowed.
 */
final class DefinitionRules {

	/** How many attempts at the same time at most, unless said otherwise. */
	static final int MAX_IN_FLIGHT = 32;

	private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

	private static final Pattern TYPE = Pattern.compile("(?=.{1,255}$)[^\\s*\\p{Cntrl}]*(\\*[^\\s*\\p{Cntrl}]*){0,3}");

	private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

	private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]{0,2046}[!-~])?");

	// What frames the request, is for one connection only, or is Busbar's own.
	private static final Set<String> FORBIDDEN = Set.of("host", "transfer-encoding", "connection", "keep-alive", "te",
			"trailer", "upgrade", "expect", "cookie", "accept-encoding", "http2-settings", "date", "user-agent", "via",
			"forwarded");

	private static final List<String> FORBIDDEN_PREFIXES = List.of("content-", "webhook-", "ce-", "proxy-", "sec-",
			"x-forwarded-");

	private static final int MAX_TYPES = 100;

	private static final int MAX_HEADERS = 20;

	private static final int MAX_RATE = 10_000;

	private static final int MOST_IN_FLIGHT = 256;

	private final AddressRules addresses;

	DefinitionRules(AddressRules addresses) {
		this.addresses = addresses;
	}

	/** Checks a name. */
	static String name(@Nullable String name) {
		if (name == null || !NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"A subscription's name must have 1 to 63 lower-case letters, digits and hyphens, such as billing.");
		}
		return name;
	}

	/** Makes a subscription of a definition. */
	Subscription check(String name, Definition definition, boolean enabled, boolean declared, @Nullable Instant created,
			@Nullable Instant changed) {
		if (definition.url() == null) {
			throw new IllegalArgumentException("'url' is missing. Say where webhooks are to be sent.");
		}
		URI url = TargetUrl.parse(definition.url(), this.addresses);
		List<String> types = definition.types();
		if (types == null || types.isEmpty() || types.size() > MAX_TYPES) {
			throw new IllegalArgumentException("'types' must have 1 to " + MAX_TYPES
					+ " event types such as order.placed, or patterns such as order.* and *.");
		}
		if (!types.stream().allMatch((type) -> type != null && TYPE.matcher(type).matches())) {
			throw new IllegalArgumentException(
					"'types' must be event types such as order.placed, or patterns such as order.*, with at most three *.");
		}
		String filter = (definition.filter() != null && !definition.filter().isBlank()) ? definition.filter() : null;
		if (filter != null) {
			new DataFilter(filter);
		}
		Integer rate = definition.rate();
		if (rate != null && (rate < 1 || rate > MAX_RATE)) {
			throw new IllegalArgumentException(
					"'rate' must be a number of attempts per second from 1 to " + MAX_RATE + ".");
		}
		int inFlight = (definition.maxInFlight() != null) ? definition.maxInFlight() : MAX_IN_FLIGHT;
		if (inFlight < 1 || inFlight > MOST_IN_FLIGHT) {
			throw new IllegalArgumentException("'maxInFlight' must be a number from 1 to " + MOST_IN_FLIGHT + ".");
		}
		Format format = (definition.format() != null) ? Format.of(definition.format()) : Format.CLOUDEVENTS_JSON;
		return new Subscription(name, url, types, filter, format, headers(definition.headers()), rate, inFlight,
				enabled, declared, created, changed);
	}

	private static Map<String, String> headers(@Nullable Map<String, String> given) {
		if (given == null) {
			return Map.of();
		}
		if (given.size() > MAX_HEADERS) {
			throw new IllegalArgumentException("'headers' may have at most " + MAX_HEADERS + " entries.");
		}
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		given.forEach((name, value) -> {
			if (!HEADER.matcher(name).matches()) {
				throw new IllegalArgumentException("A name in 'headers' is none that HTTP allows.");
			}
			String lower = name.toLowerCase(Locale.ROOT);
			if (FORBIDDEN.contains(lower) || FORBIDDEN_PREFIXES.stream().anyMatch(lower::startsWith)) {
				throw new IllegalArgumentException("The header '" + name
						+ "' cannot be set: it frames the request, or Busbar sets it. Leave it out of 'headers'.");
			}
			if (value == null || !HEADER_VALUE.matcher(value).matches()) {
				throw new IllegalArgumentException("The value of the header '" + name
						+ "' must have 1 to 2048 printable ASCII characters, without a space at either end.");
			}
			if (value.equals(Definition.HIDDEN)) {
				throw new IllegalArgumentException("The value of the header '" + name + "' is " + Definition.HIDDEN
						+ ", which stands for one that is not shown. Leave 'headers' out, or send all their values.");
			}
			if (headers.put(name, value) != null) {
				throw new IllegalArgumentException("The header '" + name + "' is there twice. Send it once.");
			}
		});
		return headers;
	}

}

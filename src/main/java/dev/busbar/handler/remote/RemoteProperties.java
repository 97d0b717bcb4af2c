package dev.busbar.handler.remote;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.busbar.handler.InvalidHandlerException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Handlers that are clients of {@code /ws}, by name.
 *
 * @param remote the handlers
 */
@ConfigurationProperties("busbar")
public record RemoteProperties(@DefaultValue Map<String, RemoteHandler> remote) {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

	private static final Duration LONGEST = Duration.ofDays(1);

	public RemoteProperties {
		remote.forEach((name, handler) -> {
			String prefix = "busbar.remote." + name;
			if (!NAME.matcher(name).matches()) {
				throw new InvalidHandlerException("'busbar.remote' has a handler with the name '%s'.".formatted(name),
						"Use letters, digits, '-' and '_', at most 64.");
			}
			check(handler.type() != null && !handler.type().isBlank(), prefix + ".type", handler.type(),
					"the event type that it handles");
			Duration lease = handler.lease();
			check(lease.toSeconds() >= 1 && lease.compareTo(LONGEST) <= 0, prefix + ".lease", lease,
					"a duration from 1s to 24h");
		});
	}

	private static void check(boolean valid, String property, @Nullable Object value, String allowed) {
		if (!valid) {
			throw new InvalidHandlerException("%s is %s.".formatted(property, (value != null) ? value : "missing"),
					"Set it to " + allowed + ".");
		}
	}

	/**
	 * A remote handler.
	 *
	 * @param type the event type that it handles
	 * @param results the event types that it may return
	 * @param lease how long a client may take for an event
	 * @param callers the API keys, users or subjects of tokens that may be this handler,
	 * by name; none: all with the scopes
	 */
	public record RemoteHandler(@Nullable String type, @DefaultValue Set<String> results,
			@DefaultValue("30s") Duration lease, @DefaultValue Set<String> callers) {

		/** The event type, which is there once the properties were checked. */
		public String handles() {
			return String.valueOf(this.type);
		}

	}

}

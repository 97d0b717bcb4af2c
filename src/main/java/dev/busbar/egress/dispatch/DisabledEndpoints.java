package dev.busbar.egress.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.event.EndpointDisabled;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells of endpoints that are disabled: in the log, and as an event in the transaction
 * that disables them.
 */
final class DisabledEndpoints {

	private static final Logger logger = LoggerFactory.getLogger(DisabledEndpoints.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final String application;

	private final Consumer<List<Event<byte @Nullable []>>> outgoing;

	DisabledEndpoints(String application, Consumer<List<Event<byte @Nullable []>>> outgoing) {
		this.application = application;
		this.outgoing = outgoing;
	}

	void tell(Endpoint endpoint, int dead) {
		Instant time = endpoint.disabledAt();
		if (endpoint.disabled() == null || time == null) {
			return;
		}
		String reason = endpoint.disabled().name().toLowerCase(Locale.ROOT);
		logger.warn(
				"The endpoint of subscription {} is disabled ({}), failing since {}; {} deliveries are dead letters. "
						+ "Enable it with POST /subscriptions/{}/enable",
				endpoint.subscription(), reason, endpoint.failingSince(), dead, endpoint.subscription());
		EndpointDisabled data = new EndpointDisabled(endpoint.subscription(), this.application, reason,
				endpoint.failingSince(), dead, time);
		this.outgoing.accept(List.of(new Event<>(UUID.randomUUID().toString(), "/" + this.application,
				EndpointDisabled.TYPE, null, time, endpoint.subscription(), null, null, "application/json", null,
				Map.of(), JSON.writeValueAsBytes(data))));
	}

}

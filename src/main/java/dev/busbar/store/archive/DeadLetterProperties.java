package dev.busbar.store.archive;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The dead letters.
 *
 * @param retention How long dead letters are kept after they were replayed or discarded,
 * and replays of many after they ended. Open dead letters are kept without end.
 * @param headers Names of message headers whose values dead letters keep, besides the
 * event's attributes and what the broker says; of all others the names alone are kept. An
 * asterisk at the end stands for any ending.
 */
@ConfigurationProperties("busbar.dead-letters")
public record DeadLetterProperties(@DefaultValue("30d") Duration retention, @DefaultValue List<String> headers) {

	public DeadLetterProperties {
		headers = List.copyOf(headers);
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"busbar.dead-letters.retention is " + retention + ": set a positive duration such as 30d");
		}
	}

}

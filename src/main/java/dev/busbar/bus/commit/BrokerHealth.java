package dev.busbar.bus.commit;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerWatch;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN while the broker cannot be reached, or its bindings are not made, and no event can
 * be stored until it is back.
 */
final class BrokerHealth implements HealthIndicator {

	private final BrokerWatch watch;

	private final @Nullable Backlog backlog;

	BrokerHealth(BrokerWatch watch, @Nullable Backlog backlog) {
		this.watch = watch;
		this.backlog = backlog;
	}

	@Override
	public Health health() {
		String reason = this.watch.reason();
		if (reason == null) {
			return Health.up().withDetail("address", this.watch.address()).build();
		}
		String refusal = (this.backlog != null) ? this.backlog.refusal() : "There is no outbox";
		Health.Builder health = (refusal == null)
				? Health.up().withDetail("events", "are stored until the broker is back")
				: Health.down().withDetail("events", refusal);
		return health.withDetail("reason", reason).withDetail("address", this.watch.address()).build();
	}

}

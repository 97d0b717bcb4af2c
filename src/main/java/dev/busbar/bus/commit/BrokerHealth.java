package dev.busbar.bus.commit;

import dev.busbar.bus.BrokerWatch;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN while the broker cannot be reached or its bindings are not made.
 */
final class BrokerHealth implements HealthIndicator {

	private final BrokerWatch watch;

	BrokerHealth(BrokerWatch watch) {
		this.watch = watch;
	}

	@Override
	public Health health() {
		String reason = this.watch.reason();
		Health.Builder health = (reason == null) ? Health.up() : Health.down().withDetail("reason", reason);
		return health.withDetail("address", this.watch.address()).build();
	}

}

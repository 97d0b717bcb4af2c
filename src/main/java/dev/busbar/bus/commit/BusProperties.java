package dev.busbar.bus.commit;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * How the bus sends and watches.
 *
 * @param maxBatchEvents how many events are sent and confirmed together at most
 * @param maxBatchSize how many bytes of events are sent and confirmed together at most
 * @param confirmTimeout how long a publisher waits until its events are confirmed; as
 * long again, if they are just being sent then
 * @param probeInterval how long to wait between two tries to reach a broker that is away
 */
@ConfigurationProperties("busbar.bus")
public record BusProperties(@DefaultValue("1000") int maxBatchEvents, @DefaultValue("8MB") DataSize maxBatchSize,
		@DefaultValue("10s") Duration confirmTimeout, @DefaultValue("1s") Duration probeInterval) {

	public BusProperties {
		Assert.isTrue(maxBatchEvents >= 1, "busbar.bus.max-batch-events must be 1 or more, not " + maxBatchEvents);
		Assert.isTrue(maxBatchSize.toBytes() >= 1, "busbar.bus.max-batch-size must be positive, not " + maxBatchSize);
		Assert.isTrue(confirmTimeout.toMillis() >= 1,
				"busbar.bus.confirm-timeout must be positive, not " + confirmTimeout);
		Assert.isTrue(probeInterval.toMillis() >= 1,
				"busbar.bus.probe-interval must be positive, not " + probeInterval);
	}

}

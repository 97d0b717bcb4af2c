package dev.busbar.bus.kafka;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * What Busbar adds to the settings of Kafka.
 *
 * @param probeTimeout how long a try to reach the broker waits, once for the connection
 * and once for the answer. An answer that comes later counts at the next try.
 */
@ConfigurationProperties("busbar.kafka")
public record KafkaBusProperties(@DefaultValue("1s") Duration probeTimeout) {

	public KafkaBusProperties {
		Assert.isTrue(probeTimeout.toMillis() >= 1 && probeTimeout.toMinutes() <= 10,
				"busbar.kafka.probe-timeout must lie between 1 ms and 10 minutes, not " + probeTimeout);
	}

}

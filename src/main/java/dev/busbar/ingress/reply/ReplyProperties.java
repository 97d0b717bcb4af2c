package dev.busbar.ingress.reply;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * How requests wait for the results of their event.
 *
 * @param max The longest that a request may wait, whatever it asks for, up to 10m; 0 is
 * not at all.
 * @param maxWaiting How many requests may wait on one instance at the same time.
 * @param pollInterval How often the database is asked for what other instances have
 * handled, while a request waits here.
 */
@ConfigurationProperties("busbar.ingress.wait")
record ReplyProperties(@DefaultValue("30s") Duration max, @DefaultValue("1500") int maxWaiting,
		@DefaultValue("250ms") Duration pollInterval) {

	private static final Duration LONGEST = Duration.ofMinutes(10);

	ReplyProperties {
		Assert.isTrue(!max.isNegative() && max.compareTo(LONGEST) <= 0,
				"'busbar.ingress.wait.max' must be from 0s (no request waits) to 10m");
		Assert.isTrue(maxWaiting > 0, "'busbar.ingress.wait.max-waiting' must be at least 1");
		Assert.isTrue(pollInterval.toMillis() >= 10, "'busbar.ingress.wait.poll-interval' must be at least 10ms");
	}

}

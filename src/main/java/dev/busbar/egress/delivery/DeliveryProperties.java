package dev.busbar.egress.delivery;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * The delivery of webhooks. Its text shows no key.
 *
 * @param enabled Whether this instance sends webhooks. They need the feed
 * (busbar.feed.enabled).
 * @param schedule The pauses before each attempt. Their number is the number of attempts.
 * @param jitter By which part a pause is longer or shorter, by chance.
 * @param deadline How long an attempt may take, from the lookup of the name to the end of
 * the answer.
 * @param maxInFlight How many attempts this instance makes at the same time.
 * @param maxRetryAfter The longest Retry-After that is honoured.
 * @param disableAfter After which time without any success an endpoint is disabled.
 * @param allowedNetworks Networks that webhooks may be sent to though they are not
 * public, such as 10.0.0.0/8.
 * @param allowedHosts Host names that webhooks may be sent to whatever their addresses
 * are.
 * @param encryptionKey Encrypts the secrets of subscriptions in the database: 32 random
 * bytes in Base64. Without it they are kept as they are.
 * @param sslBundle The SSL bundle that says which certificates are trusted. Without it,
 * those that Java trusts.
 * @param retention How long deliveries and their attempts are kept after they succeeded.
 * @param deadRetention How long deliveries are kept that are dead letters.
 * @param circuit When an endpoint that fails is left alone.
 */
@ConfigurationProperties("busbar.deliveries")
public record DeliveryProperties(@DefaultValue("true") boolean enabled, @DefaultValue( {
		"0s", "5s", "5m", "30m", "2h", "5h", "10h", "10h" }) List<Duration> schedule,
		@DefaultValue("0.2") double jitter, @DefaultValue("15s") Duration deadline,
		@DefaultValue("256") int maxInFlight, @DefaultValue("1h") Duration maxRetryAfter,
		@DefaultValue("5d") Duration disableAfter, @DefaultValue List<String> allowedNetworks,
		@DefaultValue List<String> allowedHosts, @Nullable String encryptionKey, @Nullable String sslBundle,
		@DefaultValue("7d") Duration retention, @DefaultValue("30d") Duration deadRetention,
		@DefaultValue Circuit circuit){

	public DeliveryProperties {
		schedule = List.copyOf(schedule);
		allowedNetworks = List.copyOf(allowedNetworks);
		allowedHosts = List.copyOf(allowedHosts);
		Assert.isTrue(
				!schedule.isEmpty() && schedule.size() <= 100 && schedule.stream().noneMatch(Duration::isNegative),
				"'busbar.deliveries.schedule' must have 1 to 100 durations, such as 0s,5s,5m");
		Assert.isTrue(jitter >= 0 && jitter <= 0.5, "'busbar.deliveries.jitter' must be from 0 to 0.5");
		Assert.isTrue(deadline.toMillis() >= 100 && deadline.compareTo(Duration.ofMinutes(1)) <= 0,
				"'busbar.deliveries.deadline' must be from 100ms to 1m");
		Assert.isTrue(maxInFlight >= 1 && maxInFlight <= 10_000,
				"'busbar.deliveries.max-in-flight' must be from 1 to 10000");
		positive("max-retry-after", maxRetryAfter);
		positive("disable-after", disableAfter);
		positive("retention", retention);
		positive("dead-retention", deadRetention);
	}

	private static void positive(String name, Duration duration) {
		Assert.isTrue(duration.toMillis() > 0,
				() -> "'busbar.deliveries." + name + "' must be a positive duration such as 1d");
	}

	@Override
	public String toString() {
		return "DeliveryProperties[...]";
	}

	/**
	 * When an endpoint that fails is left alone.
	 *
	 * @param failures how many failures in a row open the circuit
	 * @param firstPause how long it stays open at first; each failed probe doubles it
	 * @param maxPause how long it stays open at most
	 */
	public record Circuit(@DefaultValue("5") int failures, @DefaultValue("5s") Duration firstPause,
			@DefaultValue("5m") Duration maxPause) {

		public Circuit {
			Assert.isTrue(failures >= 1, "'busbar.deliveries.circuit.failures' must be at least 1");
			Assert.isTrue(firstPause.toMillis() > 0 && maxPause.compareTo(firstPause) >= 0,
					"'busbar.deliveries.circuit.first-pause' must be positive, and 'max-pause' at least as long");
		}

	}

}

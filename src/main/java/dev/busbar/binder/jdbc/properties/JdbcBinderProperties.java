package dev.busbar.binder.jdbc.properties;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the embedded broker.
 *
 * @param sync when published messages are forced to disk on H2. PostgreSQL does it by
 * itself.
 * @param pollInterval how often the log is asked for messages of other processes.
 * Messages of this process are handed on at once.
 * @param heartbeat how often an instance says that it lives, and shares partitions with
 * others.
 * @param leaseTime how long an instance is believed to live after its last heartbeat; its
 * partitions are taken over thereafter. At least three heartbeats.
 * @param workers how many threads handle messages. 0 means two fewer than the connection
 * pool has connections, since a handler holds one.
 * @param shutdownTimeout how long a binding that stops waits for the batch in flight.
 * @param retention how long messages are kept at least. Those that a durable group has
 * not read are kept longer.
 * @param retentionInterval how often old messages are deleted.
 * @param lagAlarm how old the next message of a durable group may be before a warning.
 */
@ConfigurationProperties("spring.cloud.stream.jdbc.binder")
public record JdbcBinderProperties(@DefaultValue("commit") Sync sync, @DefaultValue("200ms") Duration pollInterval,
		@DefaultValue("1500ms") Duration heartbeat, @DefaultValue("6s") Duration leaseTime,
		@DefaultValue("0") int workers, @DefaultValue("10s") Duration shutdownTimeout,
		@DefaultValue("24h") Duration retention, @DefaultValue("1m") Duration retentionInterval,
		@DefaultValue("1h") Duration lagAlarm) {

	public JdbcBinderProperties {
		positive("poll-interval", pollInterval);
		positive("heartbeat", heartbeat);
		positive("retention-interval", retentionInterval);
		if (leaseTime.compareTo(heartbeat.multipliedBy(3)) < 0) {
			throw new IllegalArgumentException("spring.cloud.stream.jdbc.binder.lease-time is " + leaseTime
					+ "; it must be at least three times the heartbeat of " + heartbeat + ".");
		}
		if (workers < 0) {
			throw new IllegalArgumentException(
					"spring.cloud.stream.jdbc.binder.workers is " + workers + "; it must be 0 (derived) or more.");
		}
	}

	private static void positive(String name, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException(
					"spring.cloud.stream.jdbc.binder." + name + " is " + value + "; it must be positive.");
		}
	}

	/** When published messages are forced to disk. */
	public enum Sync {

		/** After each commit that published, before the publisher goes on. */
		COMMIT,

		/** When the operating system does: a crash of the machine may lose messages. */
		NONE

	}

}

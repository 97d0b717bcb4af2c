package dev.busbar.bus.kafka;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;

/**
 * Lets the consumers of Busbar's own streams go on while their offsets are committed,
 * five times a second in place of once for each poll, which under single events is once
 * for each of them; and within a second of the last one. A commit that fails is made up
 * for by the next one of its partition; what is delivered again until then, the inbox or
 * the feed recognises. An acknowledgment mode or a poll timeout that a binding sets
 * stays, and so do containers of other bindings and of other brokers.
 */
final class KafkaContainers implements ListenerContainerCustomizer<Object> {

	private static final Logger logger = LoggerFactory.getLogger(KafkaContainers.class);

	private static final Duration COMMITS = Duration.ofMillis(200);

	/** An idle consumer commits what it owes once this has passed. */
	private static final Duration POLL = Duration.ofSeconds(1);

	private final BiPredicate<String, String> ours;

	/**
	 * Creates a customizer.
	 * @param ours tells by destination and group whether a binding is Busbar's own
	 */
	KafkaContainers(BiPredicate<String, String> ours) {
		this.ours = ours;
	}

	@Override
	public void configure(Object container, String destination, String group) {
		if (!(container instanceof AbstractMessageListenerContainer<?, ?> kafka)
				|| !this.ours.test(destination, group)) {
			return;
		}
		ContainerProperties properties = kafka.getContainerProperties();
		properties.setSyncCommits(false);
		if (properties.getAckMode() == AckMode.BATCH) {
			properties.setAckMode(AckMode.TIME);
			properties.setAckTime(COMMITS.toMillis());
			if (properties.getPollTimeout() == ContainerProperties.DEFAULT_POLL_TIMEOUT) {
				properties.setPollTimeout(POLL.toMillis());
			}
		}
		AtomicBoolean failing = new AtomicBoolean();
		properties.setCommitCallback((offsets, failure) -> committed(group, failing, failure));
	}

	private static void committed(String group, AtomicBoolean failing, @Nullable Exception failure) {
		if (failure == null) {
			if (failing.compareAndSet(true, false)) {
				logger.info("The offsets of the group '{}' are committed again", group);
			}
		}
		else if (failure instanceof CommitFailedException || failure instanceof RebalanceInProgressException) {
			logger.debug("The group '{}' was divided anew before its offsets were committed", group, failure);
		}
		else if (failing.compareAndSet(false, true)) {
			logger.warn("The offsets of the group '{}' could not be committed; what was handled since is delivered "
					+ "again after a restart, and recognised: {}", group, failure.toString());
		}
	}

}

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
import org.springframework.scheduling.TaskScheduler;

/**
 * Lets the consumers of Busbar's own streams go on while their offsets are committed. A
 * commit that fails is made up for by the next one of its partition; what is delivered
 * again until then, the inbox or the feed recognises. With the acknowledgment mode
 * {@code COUNT_TIME}, which Busbar's bindings have, offsets are committed after fifty
 * polls (fewer, if a poll brings events of several partitions), after 200 ms, or with the
 * first poll that brings nothing, whichever comes first: after each poll it would be once
 * for nearly each single event. Containers of other bindings, and of other brokers, stay
 * as they are.
 */
final class KafkaContainers implements ListenerContainerCustomizer<Object> {

	private static final Logger logger = LoggerFactory.getLogger(KafkaContainers.class);

	private static final Duration COMMITS = Duration.ofMillis(200);

	private static final int POLLS = 50;

	/**
	 * After which time without a poll Spring Kafka tells of it, as with its own polls.
	 */
	private static final Duration UNRESPONSIVE = Duration.ofSeconds(15);

	private final BiPredicate<String, String> ours;

	private final TaskScheduler scheduler;

	/**
	 * Creates a customizer.
	 * @param ours tells by destination and group whether a binding is Busbar's own
	 * @param scheduler sees whether consumers still poll
	 */
	KafkaContainers(BiPredicate<String, String> ours, TaskScheduler scheduler) {
		this.ours = ours;
		this.scheduler = scheduler;
	}

	@Override
	public void configure(Object container, String destination, String group) {
		if (!(container instanceof AbstractMessageListenerContainer<?, ?> kafka)
				|| !this.ours.test(destination, group)) {
			return;
		}
		ContainerProperties properties = kafka.getContainerProperties();
		properties.setSyncCommits(false);
		properties.setScheduler(this.scheduler);
		if (properties.getAckMode() == AckMode.COUNT_TIME) {
			properties.setAckTime(COMMITS.toMillis());
			properties.setAckCount(POLLS);
		}
		properties.setNoPollThreshold(Math.max(ContainerProperties.DEFAULT_NO_POLL_THRESHOLD,
				(float) UNRESPONSIVE.toMillis() / properties.getPollTimeout()));
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

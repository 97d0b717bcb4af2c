package dev.busbar.bus.kafka;

import java.util.function.BiPredicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.stream.config.ListenerContainerCustomizer;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Lets the consumers of Busbar's own streams go on while their offsets are committed. A
 * commit that fails is made up for by the next one; what is delivered again until then,
 * the inbox recognises. Containers of other bindings stay as they are.
 */
final class KafkaContainers implements ListenerContainerCustomizer<AbstractMessageListenerContainer<?, ?>> {

	private static final Logger logger = LoggerFactory.getLogger(KafkaContainers.class);

	private final BiPredicate<String, String> ours;

	/**
	 * Creates a customizer.
	 * @param ours tells by destination and group whether a binding is Busbar's own
	 */
	KafkaContainers(BiPredicate<String, String> ours) {
		this.ours = ours;
	}

	@Override
	public void configure(AbstractMessageListenerContainer<?, ?> container, String destination, String group) {
		if (!this.ours.test(destination, group)) {
			return;
		}
		ContainerProperties properties = container.getContainerProperties();
		properties.setSyncCommits(false);
		properties.setCommitCallback((offsets, failure) -> {
			if (failure != null) {
				logger.debug("The group '{}' has not committed {}", group, offsets, failure);
			}
		});
	}

}

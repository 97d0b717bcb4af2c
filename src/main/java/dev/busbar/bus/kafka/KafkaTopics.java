package dev.busbar.bus.kafka;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.kafka.properties.KafkaTopicProperties;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.core.Ordered;

/**
 * Creates the missing topics of all streams in one go, each with its number of
 * partitions, before anything is bound. The binder's own way needs several clients per
 * topic, refuses a topic with fewer partitions, and may add partitions, which breaks the
 * order of keys. An existing topic is left as it is.
 */
final class KafkaTopics implements Bindable, Ordered {

	private static final long PATIENCE = 10;

	private final EventStreams streams;

	private final KafkaSettings settings;

	KafkaTopics(EventStreams streams, KafkaSettings settings) {
		this.streams = streams;
		this.settings = settings;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public Collection<Binding<Object>> createAndBindOutputs(BindingService service) {
		if (this.settings.binder().isAutoCreateTopics() && !this.streams.all().isEmpty()) {
			try (Admin admin = Admin.create(this.settings.admin())) {
				create(admin, service);
			}
			catch (ExecutionException ex) {
				throw new ProvisioningException("Kafka did not create the topics: " + ex.getMessage(), ex);
			}
			catch (TimeoutException ex) {
				throw new BrokerUnavailableException("Kafka did not answer within " + PATIENCE + " s", ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new BrokerUnavailableException("Interrupted while creating topics", ex);
			}
		}
		return List.of();
	}

	private void create(Admin admin, BindingService service)
			throws ExecutionException, TimeoutException, InterruptedException {
		Set<String> existing = admin.listTopics().names().get(PATIENCE, TimeUnit.SECONDS);
		Map<String, NewTopic> missing = new LinkedHashMap<>();
		for (EventStream stream : this.streams.all()) {
			add(missing, service, stream, stream.output(),
					this.settings.binding(stream.output()).getProducer().getTopic());
			if (stream.handled()) {
				add(missing, service, stream, stream.input(),
						this.settings.binding(stream.input()).getConsumer().getTopic());
			}
		}
		missing.keySet().removeAll(existing);
		for (var created : admin.createTopics(missing.values()).values().values()) {
			try {
				created.get(PATIENCE, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				if (!(ex.getCause() instanceof TopicExistsException)) {
					throw ex;
				}
			}
		}
	}

	private void add(Map<String, NewTopic> topics, BindingService service, EventStream stream, String binding,
			KafkaTopicProperties own) {
		Short replicas = own.getReplicationFactor();
		short factor = (replicas != null) ? replicas : this.settings.binder().getReplicationFactor();
		String destination = service.getBindingServiceProperties().getBindingDestination(binding);
		Arrays.stream(destination.split(","))
			.map(String::strip)
			.forEach((name) -> topics.computeIfAbsent(name,
					(topic) -> new NewTopic(topic, Optional.of(stream.partitions()), Optional.of(factor))
						.configs(own.getProperties())));
	}

}

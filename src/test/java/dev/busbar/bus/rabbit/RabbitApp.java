package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.rabbit.publish.RabbitEventSender;
import dev.busbar.event.Event;
import dev.busbar.testing.RabbitServer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.Bindable;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;

/**
 * A small application whose streams are bound with the derived properties, and a plain
 * client beside it.
 */
class RabbitApp {

	static final String GROUP = "app";

	private static final RabbitServer SERVER = RabbitServer.shared();

	private final String host = SERVER.createVirtualHost("busbar-" + UUID.randomUUID());

	final String prefix = "busbar.it." + Long.toString(System.nanoTime(), 36) + ".";

	final Connection raw;

	final Channel client;

	final Bound bound;

	final ConfigurableApplicationContext context;

	/** Starts the application at the broker that all tests share. */
	RabbitApp(Streams streams, boolean receives, Map<String, String> settings) throws Exception {
		this(SERVER.port(), streams, receives, settings);
	}

	/**
	 * Starts the application.
	 * @param port of what stands before the broker
	 * @param streams makes the streams of a prefix for their names
	 * @param receives whether handled streams are bound for receiving
	 * @param settings outrank the derived properties; a null value takes one away
	 */
	RabbitApp(int port, Streams streams, boolean receives, Map<String, String> settings) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost("127.0.0.1");
		factory.setPort(SERVER.port());
		factory.setVirtualHost(this.host);
		this.raw = factory.newConnection("busbar-it");
		this.client = this.raw.createChannel();
		EventStreams all = new EventStreams(streams.of(this.prefix));
		this.bound = new Bound(all, receives);
		Map<String, Object> derived = new LinkedHashMap<>();
		// The machine may be busy.
		derived.put("busbar.rabbit.publish-timeout", "30s");
		RabbitBindings bindings = new RabbitBindings();
		for (EventStream stream : all.all()) {
			derived.putAll(bindings.input(stream, GROUP, 1));
			derived.putAll(bindings.output(stream, GROUP));
		}
		settings.forEach((name, value) -> {
			if (value != null) {
				derived.put(name.replace("PREFIX.", this.prefix), value.replace("PREFIX.", this.prefix));
			}
			else {
				derived.remove(name);
			}
		});
		this.context = new SpringApplicationBuilder(Config.class).web(WebApplicationType.NONE)
			.properties(Map.of("spring.cloud.stream.default-binder", "rabbit", "spring.rabbitmq.addresses",
					"amqp://guest:guest@127.0.0.1:" + port, "spring.rabbitmq.virtual-host", this.host,
					"spring.rabbitmq.connection-timeout", "1s", "spring.config.name", "none", "logging.level.root",
					"error", "spring.rabbitmq.requested-heartbeat", "5s", "spring.main.banner-mode", "off"))
			.initializers((context) -> {
				context.getEnvironment().getPropertySources().addLast(new MapPropertySource("derived", derived));
				context.getBeanFactory().registerSingleton("eventStreams", all);
				context.getBeanFactory().registerSingleton("bound", this.bound);
			})
			.run();
	}

	EventStream stream(int index) {
		return this.bound.streams.all().get(index);
	}

	String queue(int stream, int partition) {
		return stream(stream).name() + "." + GROUP + "-" + partition;
	}

	OutgoingEvent event(int stream, int partition, String id) {
		return event(stream, partition, id, Map.of());
	}

	OutgoingEvent event(int stream, int partition, String id, Map<String, String> extensions) {
		EventStream to = stream(stream);
		Event<byte[]> event = new Event<>(id, "/test", to.types().iterator().next(), null, null, null, null, null, null,
				null, Map.of(),
				("{\"id\":\"" + id.substring(0, Math.min(id.length(), 50)) + "\"}").getBytes(StandardCharsets.UTF_8));
		return new OutgoingEvent(to, partition, event, new CompletableFuture<>());
	}

	List<OutgoingEvent> send(OutgoingEvent... events) {
		List<OutgoingEvent> batch = Arrays.asList(events);
		this.context.getBean(RabbitEventSender.class).send(batch);
		return batch;
	}

	void publish(String exchange, String routingKey, String body, @Nullable Map<String, Object> headers,
			@Nullable String encoding) throws IOException {
		this.client.basicPublish(exchange, routingKey,
				new BasicProperties.Builder().headers(headers).contentEncoding(encoding).build(),
				body.getBytes(StandardCharsets.UTF_8));
	}

	void close() throws Exception {
		this.context.close();
		for (EventStream stream : this.bound.streams.all()) {
			String group = stream.name() + "." + GROUP;
			for (String exchange : List.of(stream.name(), group, group + ".other")) {
				this.raw.createChannel().exchangeDelete(exchange);
			}
			for (int i = 0; i < 4; i++) {
				this.raw.createChannel().queueDelete(group + "-" + i);
			}
		}
		this.raw.close();
		SERVER.deleteVirtualHost(this.host);
	}

	/** Names streams. */
	interface Streams {

		List<EventStream> of(String prefix);

	}

	/** Binds the streams, and keeps what they receive. */
	static class Bound implements Bindable {

		final EventStreams streams;

		final BlockingQueue<Message<?>> received = new LinkedBlockingQueue<>();

		volatile Consumer<Message<?>> handler = this.received::add;

		private final boolean receives;

		Bound(EventStreams streams, boolean receives) {
			this.streams = streams;
			this.receives = receives;
		}

		@Override
		public Collection<Binding<Object>> createAndBindInputs(BindingService service) {
			List<Binding<Object>> bindings = new ArrayList<>();
			for (EventStream stream : this.streams.all()) {
				if (stream.handled() && this.receives) {
					DirectChannel channel = new DirectChannel();
					channel.subscribe((message) -> this.handler.accept(message));
					bindings.addAll(service.bindConsumer((Object) channel, stream.input()));
				}
			}
			return bindings;
		}

		@Override
		public Collection<Binding<Object>> createAndBindOutputs(BindingService service) {
			return this.streams.all()
				.stream()
				.map((stream) -> service.bindProducer((Object) new DirectChannel(), stream.output()))
				.toList();
		}

		@Override
		public void unbindInputs(BindingService service) {
			this.streams.all().forEach((stream) -> service.unbindConsumers(stream.input()));
		}

		@Override
		public void unbindOutputs(BindingService service) {
			this.streams.all().forEach((stream) -> service.unbindProducers(stream.output()));
		}

	}

	@Import(Needed.class)
	static class Config {

	}

	/** Spring Cloud Stream and this broker, without the rest of the application. */
	static class Needed implements DeferredImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata metadata) {
			return new String[] { "org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration",
					"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
					"org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration",
					"org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration",
					"org.springframework.cloud.function.context.config.ContextFunctionCatalogAutoConfiguration",
					"org.springframework.cloud.function.cloudevent.CloudEventsFunctionExtensionConfiguration",
					"org.springframework.cloud.stream.function.FunctionConfiguration",
					"org.springframework.cloud.stream.config.BindingServiceConfiguration",
					"org.springframework.cloud.stream.binder.rabbit.config.ExtendedBindingHandlerMappingsProviderConfiguration",
					RabbitBusConfiguration.class.getName() };
		}

	}

}

package dev.busbar.bus.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.kafka.properties.KafkaBinderConfigurationProperties;
import org.springframework.cloud.stream.binder.kafka.properties.KafkaBindingProperties;
import org.springframework.cloud.stream.binder.kafka.properties.KafkaProducerProperties;
import org.springframework.cloud.stream.binder.kafka.provisioning.KafkaTopicProvisioner;
import org.springframework.cloud.stream.binder.kafka.utils.BindingUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The settings of the clients that Busbar opens itself: what the binder reads
 * ({@code spring.cloud.stream.kafka.binder.*} over {@code spring.kafka.*}), over Busbar's
 * defaults.
 */
final class KafkaSettings {

	/** Confirmed by all replicas or not at all: this is what "stored" means. */
	private static final Map<String, String> PROMISED = Map.of(ProducerConfig.ACKS_CONFIG, "all",
			ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");

	private static final String PREFIX = "spring.cloud.stream.kafka.bindings";

	private static final Bindable<Map<String, KafkaBindingProperties>> BINDINGS = Bindable.mapOf(String.class,
			KafkaBindingProperties.class);

	private static final int BATCH = 256 * 1024;

	/** Longer than it takes to hand over a batch, which is flushed anyhow. */
	private static final int LINGER = 5;

	private static final int REQUEST = 2_000;

	private static final long DELIVERY = 5_000;

	private final Binder binder;

	private final Iterable<ConfigurationPropertySource> sources;

	private final KafkaProperties boot;

	private final KafkaBinderConfigurationProperties settings;

	private final ObjectProvider<KafkaConnectionDetails> connection;

	private volatile @Nullable Map<String, KafkaBindingProperties> bindings;

	KafkaSettings(Environment environment, KafkaProperties boot, ObjectProvider<KafkaConnectionDetails> connection) {
		this.sources = ConfigurationPropertySources.get(environment);
		this.binder = Binder.get(environment);
		this.boot = boot;
		this.connection = connection;
		this.settings = new KafkaBinderConfigurationProperties(boot, connection);
		this.binder.bind("spring.cloud.stream.kafka.binder", Bindable.ofInstance(this.settings));
	}

	KafkaBinderConfigurationProperties binder() {
		return this.settings;
	}

	/**
	 * The settings of one binding. Its name is the key of a map, as it is for the binder:
	 * inside a property's name it would have to be in lower case.
	 */
	KafkaBindingProperties binding(String name) {
		Map<String, KafkaBindingProperties> all = this.bindings;
		if (all == null) {
			all = bindings(this.binder);
			this.bindings = all;
		}
		return all.getOrDefault(name, new KafkaBindingProperties());
	}

	/**
	 * The settings of all bindings, at once: with hundreds of bindings, binding the map
	 * for each of them takes minutes.
	 */
	static Map<String, KafkaBindingProperties> bindings(Binder binder) {
		return binder.bind(PREFIX, BINDINGS).orElseGet(Map::of);
	}

	/**
	 * The producer's settings of single outputs, by their full names. Those of the topic
	 * are read; nothing reads the others, since events travel through one producer. By
	 * their names, since with hundreds of bindings binding them takes long.
	 */
	List<String> unread(EventStreams streams) {
		Set<String> outputs = streams.all().stream().map(EventStream::output).collect(Collectors.toSet());
		ConfigurationPropertyName prefix = ConfigurationPropertyName.of(PREFIX);
		int output = prefix.getNumberOfElements();
		int setting = output + 2;
		return StreamSupport.stream(this.sources.spliterator(), false)
			.flatMap((source) -> (source instanceof IterableConfigurationPropertySource names) ? names.stream()
					: Stream.empty())
			.filter((name) -> name.getNumberOfElements() > setting && prefix.isAncestorOf(name)
					&& outputs.contains(name.getElement(output, Form.ORIGINAL))
					&& name.getElement(output + 1, Form.UNIFORM).equals("producer")
					&& !name.getElement(setting, Form.UNIFORM).equals("topic"))
			.map((name) -> PREFIX + "." + name.getElement(output, Form.ORIGINAL) + ".producer."
					+ name.getElement(setting, Form.ORIGINAL))
			.distinct()
			.toList();
	}

	Map<String, Object> producer() {
		KafkaProducerProperties defaults = new KafkaProducerProperties();
		defaults.setBufferSize(BATCH);
		defaults.setBatchTimeout(LINGER);
		this.binder.bind("spring.cloud.stream.kafka.default.producer", Bindable.ofInstance(defaults));
		Map<String, Object> config = BindingUtils.createProducerConfigs(new ExtendedProducerProperties<>(defaults),
				this.settings);
		config.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "busbar-producer");
		config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) REQUEST);
		config.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST);
		long request = number(config, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
		long linger = number(config, ProducerConfig.LINGER_MS_CONFIG);
		config.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) Math.max(DELIVERY, request + linger));
		config.putAll(PROMISED);
		return config;
	}

	Map<String, Object> admin() {
		Map<String, Object> config = new HashMap<>(this.boot.buildAdminProperties());
		KafkaConnectionDetails details = this.connection.getIfAvailable();
		if (details != null) {
			config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, details.getAdmin().getBootstrapServers());
		}
		KafkaTopicProvisioner.normalalizeBootPropsWithBinder(config, this.boot, this.settings);
		return config;
	}

	/** Where the broker is, as {@code host:port}. */
	List<String> addresses() {
		Object servers = admin().get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
		return (servers instanceof Collection<?> list) ? list.stream().map(String::valueOf).toList()
				: List.of(StringUtils.tokenizeToStringArray(String.valueOf(servers), ","));
	}

	private static long number(Map<String, Object> config, String name) {
		return Long.parseLong(String.valueOf(config.get(name)));
	}

}

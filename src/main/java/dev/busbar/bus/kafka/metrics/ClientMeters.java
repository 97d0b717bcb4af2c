package dev.busbar.bus.kafka.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one client. Micrometer compares each metric of a client with all meters
 * of that name in its registry, which are as many as there are clients; here it is given
 * a registry that passes on the meters of this client and has no others.
 */
final class ClientMeters implements MeterBinder, AutoCloseable {

	/**
	 * What Kafka tells of a consumer as a whole and of each of its topics or partitions,
	 * in one group and under one name. Micrometer takes the first only as long as no
	 * consumer of a registry has partitions, and some registries want the same tags of
	 * all meters of a name.
	 */
	private static final Set<String> DETAILED = Stream
		.of("bytes.consumed.rate", "bytes.consumed.total", "records.consumed.rate", "records.consumed.total",
				"records.per.request.avg", "fetch.size.avg", "fetch.size.max", "records.lag.max", "records.lead.min")
		.map((name) -> "kafka.consumer.fetch.manager." + name)
		.collect(Collectors.toUnmodifiableSet());

	private final ClientUpkeep upkeep;

	private final KafkaClientMetrics metrics;

	private @Nullable ScheduledFuture<?> refresh;

	private Runnable leave = () -> {
	};

	/**
	 * Creates the meters, which are not bound yet.
	 * @param upkeep looks for new metrics
	 * @param metrics creates Micrometer's own binder, which is to look for new metrics
	 * with what it is given
	 */
	ClientMeters(ClientUpkeep upkeep, Function<ScheduledExecutorService, KafkaClientMetrics> metrics) {
		this.upkeep = upkeep;
		this.metrics = metrics.apply(upkeep.executor());
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		CompositeMeterRegistry own = new CompositeMeterRegistry(registry.config().clock(), List.of(registry));
		own.config()
			.meterFilter(MeterFilter.deny((id) -> DETAILED.contains(id.getName()) && id.getTag("topic") == null));
		this.leave = () -> own.remove(registry);
		this.refresh = this.upkeep.scheduledBy(() -> this.metrics.bindTo(own));
	}

	/** With a scheduler from outside, Micrometer would go on looking for new metrics. */
	@Override
	public void close() {
		if (this.refresh != null) {
			this.refresh.cancel(false);
		}
		this.metrics.close();
		this.leave.run();
	}

}

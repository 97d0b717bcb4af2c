package dev.busbar.handler.producer;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.Event;
import dev.busbar.event.EventTypes;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.event.format.Uris;
import dev.busbar.handler.ProducerProperties.OneProducer;
import dev.busbar.handler.ProducerProperties;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import dev.busbar.handler.scan.HandlerScan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.CronTrigger;

/**
 * Asks each producer on its schedule and publishes what it returns, confirmed. While the
 * broker is away, a producer's events wait and it is not asked again.
 */
public final class Producers implements SmartLifecycle {

	private static final Duration RETRY = Duration.ofSeconds(1);

	private static final int THREADS = 8;

	private static final int STOP_SECONDS = 10;

	private static final Logger logger = LoggerFactory.getLogger(Producers.class);

	private final HandlerScan scan;

	private final ProducerProperties properties;

	private final EventTypes types;

	private final OutgoingEvents outgoing;

	private final BeanFactory beans;

	private final Clock clock;

	private final Patience patience = new Patience();

	private @Nullable ThreadPoolTaskScheduler scheduler;

	/**
	 * Prepares the producers.
	 * @param scan what was found among the beans
	 * @param properties when producers are asked
	 * @param types encodes events
	 * @param outgoing publishes events
	 * @param beans gives the producers' beans
	 * @param clock tells the time
	 */
	public Producers(HandlerScan scan, ProducerProperties properties, EventTypes types, OutgoingEvents outgoing,
			BeanFactory beans, Clock clock) {
		this.scan = scan;
		this.properties = properties;
		this.types = types;
		this.outgoing = outgoing;
		this.beans = beans;
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		List<FunctionBean> producers = this.scan.functions()
			.stream()
			.filter((function) -> function.kind() == FunctionKind.SUPPLIER)
			.toList();
		if (producers.isEmpty()) {
			return;
		}
		this.patience.resume();
		ThreadPoolTaskScheduler started = new ThreadPoolTaskScheduler();
		started.setPoolSize(Math.min(producers.size(), THREADS));
		started.setThreadNamePrefix("busbar-producer-");
		started.setDaemon(true);
		// An interrupt inside H2 closes the database for all.
		started.setWaitForTasksToCompleteOnShutdown(true);
		started.setAwaitTerminationSeconds(STOP_SECONDS);
		started.initialize();
		for (FunctionBean producer : producers) {
			OneProducer settings = this.properties.producer(producer.name());
			Runnable ask = new Asking(producer);
			Future<?> unused = (settings.cron() != null) ? started.schedule(ask, new CronTrigger(settings.cron()))
					: started.scheduleWithFixedDelay(ask, settings.pause());
		}
		this.scheduler = started;
	}

	@Override
	public synchronized void stop() {
		this.patience.stop();
		if (this.scheduler != null) {
			this.scheduler.shutdown();
			this.scheduler = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.scheduler != null;
	}

	private List<Event<byte @Nullable []>> ask(FunctionBean producer) {
		Object returned = ((Supplier<?>) this.beans.getBean(producer.name())).get();
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		for (Object value : HandlerFunction.flatten(returned)) {
			events.add(event(producer, value));
		}
		return events;
	}

	private Event<byte @Nullable []> event(FunctionBean producer, Object value) {
		Event<?> envelope = (value instanceof Event<?> given) ? given : null;
		Object data = (envelope != null) ? envelope.data() : value;
		if (data == null || !producer.output().dataClasses().contains(data.getClass())) {
			throw new IllegalStateException("it returned %s; its signature declares %s"
				.formatted((data != null) ? data.getClass() : null, producer.output().dataClasses()));
		}
		if (envelope != null) {
			String key = (envelope.key() != null) ? envelope.key() : this.types.keyOf(data);
			return envelope.withKey(key).withData(this.types.encode(data));
		}
		return this.types.event(data, UUID.randomUUID().toString(), Uris.path(this.scan.group()), this.clock.instant());
	}

	/**
	 * Asks one producer, and keeps what is not yet stored.
	 */
	private final class Asking implements Runnable {

		private final FunctionBean producer;

		private Asking(FunctionBean producer) {
			this.producer = producer;
		}

		@Override
		public void run() {
			try {
				List<Event<byte @Nullable []>> events = ask(this.producer);
				if (!events.isEmpty()) {
					publish(events);
				}
			}
			catch (HandlingStoppedException ex) {
				logger
					.warn("producer={} stopped while what it returned could neither be published nor be stored: it is "
							+ "not published", this.producer.name());
			}
			catch (RuntimeException ex) {
				logger.warn("producer={} failed and is asked again on its schedule", this.producer.name(), ex);
			}
		}

		private void publish(List<Event<byte @Nullable []>> events) {
			while (true) {
				try {
					publishOrStore(events);
					return;
				}
				catch (BrokerUnavailableException ex) {
					// Also when the outbox is full.
					logger.debug("producer={} waits for the database or the broker", this.producer.name(), ex);
					Producers.this.patience.pause(RETRY);
				}
			}
		}

		private void publishOrStore(List<Event<byte @Nullable []>> events) {
			try {
				Producers.this.outgoing.publish(events, BrokerAway.STORE);
			}
			catch (EventRejectedException ex) {
				// The relay publishes those that the broker takes, under the same ids,
				// and
				// makes the others dead letters.
				Producers.this.outgoing.store(events, null);
			}
		}

	}

}

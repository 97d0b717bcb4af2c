package dev.busbar.handler.producer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.ProducerProperties;
import dev.busbar.handler.ProducerProperties.OneProducer;
import dev.busbar.handler.scan.HandlerScan;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.OutgoingEvents;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class ProducersTests {

	private static final Duration DEADLINE = Duration.ofMinutes(1);

	@EventType("market.opened")
	record MarketOpened(@EventKey String market) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		static final AtomicInteger asked = new AtomicInteger();

		@Bean
		static HandlerScan scan() {
			return new HandlerScan();
		}

		@Bean
		Supplier<MarketOpened> one() {
			return () -> new MarketOpened("one-" + asked.incrementAndGet());
		}

		@Bean
		Supplier<List<MarketOpened>> many() {
			return () -> List.of(new MarketOpened("many"), new MarketOpened("more"));
		}

		@Bean
		Supplier<Optional<MarketOpened>> none() {
			return Optional::empty;
		}

		@Bean
		Supplier<Event<MarketOpened>> envelope() {
			return () -> new Event<>("own-id", "/own", "market.opened", null, null, null, null, null, null, null,
					Map.of(), new MarketOpened("enveloped"));
		}

		@Bean
		Supplier<MarketOpened> failing() {
			AtomicInteger calls = new AtomicInteger();
			return () -> {
				if (calls.incrementAndGet() == 1) {
					throw new IllegalStateException("the exchange does not answer");
				}
				return new MarketOpened("recovered");
			};
		}

	}

	@Test
	void asksEachProducerOnItsScheduleAndPublishesWhatItReturns() {
		TestBus bus = new TestBus();
		run(bus, () -> Awaitility.await()
			.atMost(DEADLINE)
			.until(() -> bus.keys().containsAll(List.of("one-1", "one-2", "many", "more", "enveloped", "recovered"))));
		assertThat(bus.published).allSatisfy((event) -> assertThat(event.type()).isEqualTo("market.opened"));
		assertThat(bus.published).filteredOn((event) -> "enveloped".equals(event.key()))
			.extracting(Event::id)
			.containsOnly("own-id");
		assertThat(bus.published).filteredOn((event) -> "many".equals(event.key()))
			.extracting(Event::id)
			.doesNotHaveDuplicates();
	}

	@Test
	void keepsAnEventUntilTheBrokerTakesIt() {
		TestBus bus = new TestBus();
		bus.failures.set(5);
		run(bus, () -> Awaitility.await()
			.atMost(DEADLINE)
			.until(() -> bus.keys().stream().filter((key) -> key.startsWith("one-")).count() >= 2));
		List<String> ones = bus.keys().stream().filter((key) -> key.startsWith("one-")).toList();
		int first = Integer.parseInt(ones.get(0).substring(4));
		for (int i = 0; i < ones.size(); i++) {
			assertThat(ones.get(i)).isEqualTo("one-" + (first + i));
		}
	}

	@Test
	void storesWhatTheBrokerRefusesSoThatItBecomesADeadLetter() {
		TestBus bus = new TestBus();
		bus.refuses = true;
		run(bus, () -> Awaitility.await().atMost(DEADLINE).until(() -> bus.stored.size() >= 2));
		assertThat(bus.stored.subList(0, 2)).extracting(Event::key).containsExactly("many", "more");
		assertThat(bus.keys()).doesNotContain("many", "more");
	}

	@Test
	void isAskedByTheCronExpressionOfTheConfiguration() {
		TestBus bus = new TestBus();
		Application.asked.set(0);
		new ApplicationContextRunner().withUserConfiguration(Application.class, Settings.class)
			.withPropertyValues("busbar.producers.one.cron=* * * * * *", "busbar.producers.many.cron=0 0 0 1 1 *",
					"busbar.producers.envelope.every=1d")
			.run((context) -> {
				Instant started = Instant.now();
				run(bus, context.getBean(ProducerProperties.class), context,
						() -> Awaitility.await().atMost(DEADLINE).until(() -> bus.keys().contains("one-2")));
				// Each second: never twice in one, which a pause would allow.
				List<String> keys = bus.keys();
				long seconds = Instant.now().getEpochSecond() - started.getEpochSecond();
				assertThat(keys).filteredOn((key) -> key.startsWith("one-"))
					.hasSizeLessThanOrEqualTo((int) seconds + 1);
				assertThat(bus.keys()).doesNotContain("many", "more");
			});
	}

	private static void run(TestBus bus, Runnable check) {
		Application.asked.set(0);
		OneProducer often = new OneProducer(Duration.ofMillis(20), null);
		ProducerProperties properties = new ProducerProperties(
				Map.of("one", often, "many", often, "none", often, "failing", often));
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Application.class)) {
			run(bus, properties, context, check);
		}
	}

	private static void run(TestBus bus, ProducerProperties properties, ApplicationContext context, Runnable check) {
		Producers producers = new Producers(context.getBean(HandlerScan.class), properties,
				new EventTypes(List.of(MarketOpened.class), JsonMapper.builder().build()), bus, context,
				Clock.systemUTC());
		producers.start();
		try {
			check.run();
		}
		finally {
			producers.stop();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(ProducerProperties.class)
	static class Settings {

	}

	/** Refuses what has the key {@code more}, and takes the rest. */
	private static final class TestBus implements OutgoingEvents {

		private final List<Event<byte @Nullable []>> published = Collections.synchronizedList(new ArrayList<>());

		private final List<Event<byte @Nullable []>> stored = Collections.synchronizedList(new ArrayList<>());

		private final AtomicInteger failures = new AtomicInteger();

		private volatile boolean refuses;

		@Override
		public void publish(List<Event<byte @Nullable []>> events, BrokerAway away) {
			assertThat(away).isEqualTo(BrokerAway.STORE);
			if (this.failures.getAndDecrement() > 0) {
				throw new BrokerUnavailableException("away", null);
			}
			if (this.refuses && events.stream().anyMatch((event) -> "more".equals(event.key()))) {
				throw new EventRejectedException("too large", null);
			}
			this.published.addAll(events);
		}

		@Override
		public void store(List<Event<byte @Nullable []>> events, @Nullable Instant due) {
			assertThat(due).isNull();
			this.stored.addAll(events);
		}

		private List<String> keys() {
			synchronized (this.published) {
				return this.published.stream().map((event) -> String.valueOf(event.key())).toList();
			}
		}

	}

}

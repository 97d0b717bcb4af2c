package dev.busbar.egress.dispatch;

import java.net.InetAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.standardwebhooks.Webhook;
import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.egress.delivery.Delivery;
import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.delivery.DeliveryArchive;
import dev.busbar.egress.delivery.DeliveryFilter;
import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.DeliveryWriter;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.EndpointHealth;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.egress.subscription.Definition;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.egress.webhook.Attempt;
import dev.busbar.egress.webhook.WebhookClient;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.EndpointDisabled;
import dev.busbar.event.Event;
import dev.busbar.event.http.HttpEvents;
import dev.busbar.store.TestDatabase;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Deliveries to real receivers, with a clock that stands still until it is moved.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DispatchTests {

	private static final Duration SOON = Duration.ofMinutes(2);

	private final TestDatabase database = TestDatabase.h2().withTables();

	private final Moved clock = new Moved();

	private final List<Event<byte @Nullable []>> told = new ArrayList<>();

	private final List<AutoCloseable> open = new ArrayList<>();

	private final DeliveryProperties properties = new DeliveryProperties(true,
			List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(5)), 0, Duration.ofSeconds(30), 64,
			Duration.ofHours(1), Duration.ofDays(5), List.of("127.0.0.0/8"), List.of(), null, null, Duration.ofDays(7),
			Duration.ofDays(30), new DeliveryProperties.Circuit(3, Duration.ofSeconds(10), Duration.ofMinutes(5)));

	private final Endpoints endpoints = new Endpoints(this.database.dataSource(), "app");

	private final DeliveryRows rows = new DeliveryRows(this.database.dataSource(), "app");

	private final DeliveryClaims claims = new DeliveryClaims(this.database.dataSource(), "app");

	private final DispatchSignal signal = new DispatchSignal();

	private final DeliveryArchive archive = new DeliveryArchive(this.database.dataSource(), "app", this.signal,
			this.database.transaction(), this.clock);

	private final RetrySchedule schedule = new RetrySchedule(this.properties.schedule(), 0, () -> 0.5);

	private Receiver receiver = new Receiver();

	private Instance one = new Instance();

	private int events;

	@BeforeEach
	void begin() {
		for (String table : List.of("busbar_delivery", "busbar_delivery_event", "busbar_delivery_attempt",
				"busbar_subscription", "busbar_endpoint")) {
			this.database.jdbc().update("delete from " + table);
		}
		this.told.clear();
		this.clock.reset();
		this.receiver = open(new Receiver());
		this.one = new Instance();
	}

	private <T extends AutoCloseable> T open(T resource) {
		this.open.add(resource);
		return resource;
	}

	@AfterEach
	void end() throws Exception {
		for (AutoCloseable resource : this.open) {
			resource.close();
		}
		this.open.clear();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anEventIsDeliveredAsCloudEventsJsonThatTheStandardsLibraryVerifies() throws Exception {
		String secret = subscribe("billing", this.receiver, null);
		Event<byte @Nullable []> event = publish(1).get(0);
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
		Receiver.Request request = this.receiver.requests().get(0);
		assertThat(request.headers()).containsEntry("content-type", "application/cloudevents+json");
		request.verify(secret);
		Event<byte @Nullable []> received = new CloudEvents(JsonMapper.shared()).decode(request.body());
		assertThat(received.withData("")).isEqualTo(event.withData(""));
		assertThat(received.data()).isEqualTo(event.data());
	}

	@Test
	void anEventIsDeliveredInTheBinaryModeToo() throws Exception {
		String secret = subscribe("billing", this.receiver, "cloudevents-binary");
		Event<byte @Nullable []> event = publish(1).get(0);
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
		Receiver.Request request = this.receiver.requests().get(0);
		request.verify(secret);
		Event<byte @Nullable []> received = CloudEvents.fromAttributes(
				HttpEvents.attributes(headers(request).entrySet()), request.headers().get("content-type"),
				request.body());
		assertThat(received.withData("")).isEqualTo(event.withData(""));
		assertThat(received.data()).isEqualTo(event.data());
	}

	private static Map<String, List<String>> headers(Receiver.Request request) {
		return HttpHeaders
			.of(request.headers()
				.entrySet()
				.stream()
				.collect(Collectors.toMap(Map.Entry::getKey, (entry) -> List.of(entry.getValue()))),
					(name, value) -> true)
			.map();
	}

	@Test
	void theSecretBeforeSignsTooForADayAndNoLonger() throws Exception {
		String first = subscribe("billing", this.receiver, null);
		String second = this.one.subscriptions.rotate("billing").orElseThrow();
		this.clock.move(Duration.ofDays(1).minusSeconds(1));
		publish(1);
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
		assertThat(signatures(0)).isEqualTo(sign(second, 0) + " " + sign(first, 0));
		this.clock.move(Duration.ofSeconds(1));
		publish(1);
		await(this.one, () -> states().equals(List.of(State.DELIVERED, State.DELIVERED)));
		assertThat(signatures(1)).isEqualTo(sign(second, 1));
	}

	private String signatures(int request) {
		return String.valueOf(this.receiver.requests().get(request).headers().get("webhook-signature"));
	}

	/**
	 * What the library of Standard Webhooks signs; it verifies no other time than now.
	 */
	private String sign(String secret, int number) throws Exception {
		Receiver.Request request = this.receiver.requests().get(number);
		return new Webhook(secret).sign(String.valueOf(request.headers().get("webhook-id")),
				Long.parseLong(String.valueOf(request.headers().get("webhook-timestamp"))), request.text());
	}

	@Test
	void aFailedDeliveryIsAttemptedBySchedule() {
		subscribe("billing", this.receiver.status("500 Oh"), null);
		publish(1);
		await(this.one, () -> attempts() == 1);
		this.clock.move(Duration.ofSeconds(4));
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(1);
		this.clock.move(Duration.ofSeconds(1));
		await(this.one, () -> attempts() == 2);
		this.receiver.status("200 OK");
		this.clock.move(Duration.ofMinutes(5));
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
		List<Receiver.Request> requests = this.receiver.requests();
		assertThat(requests).hasSize(3)
			.extracting((request) -> request.headers().get("webhook-id"))
			.containsOnly(requests.get(0).headers().get("webhook-id"));
		assertThat(requests).extracting((request) -> request.headers().get("webhook-timestamp"))
			.doesNotHaveDuplicates();
		assertThat(requests).extracting((request) -> request.headers().get("webhook-signature"))
			.doesNotHaveDuplicates();
		assertThat(this.archive.attempts(deliveries().get(0).number(), 10)).extracting(Attempt::status)
			.containsExactly(200, 500, 500);
	}

	@Test
	void anExhaustedDeliveryIsADeadLetterUntilItIsRetriedUnderItsId() {
		subscribe("billing", this.receiver.status("500 Oh"), null);
		publish(1);
		exhaust();
		assertThat(states()).containsExactly(State.DEAD);
		this.receiver.status("200 OK");
		this.clock.move(Duration.ofMinutes(10));
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(3);
		assertThat(this.archive.retry(deliveries().get(0))).isTrue();
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
		assertThat(this.receiver.requests()).extracting((request) -> request.headers().get("webhook-id"))
			.hasSize(4)
			.containsOnly(this.receiver.requests().get(0).headers().get("webhook-id"));
		assertThat(deliveries().get(0).attempts()).isEqualTo(4);
	}

	private void exhaust() {
		for (int attempt = 1; attempt <= 3; attempt++) {
			int made = attempt;
			await(this.one, () -> attempts() == made);
			this.clock.move(Duration.ofMinutes(6));
		}
	}

	@Test
	void retryAfterPutsTheDeliveryOff() {
		subscribe("billing", this.receiver.status("429 Slow down", "Retry-After: 600"), null);
		publish(1);
		await(this.one, () -> attempts() == 1);
		this.receiver.status("200 OK");
		this.clock.move(Duration.ofSeconds(599));
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(1);
		// The attempt itself took a while.
		this.clock.move(Duration.ofSeconds(60));
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
	}

	@Test
	void anEndpointThatIsGoneIsDisabledAndToldAndItsDeliveriesAreDeadLetters() {
		subscribe("billing", this.receiver.status("410 Gone"), null);
		publish(40);
		await(this.one, () -> this.endpoints.find("billing", false).orElseThrow().disabled() == Endpoint.Cause.GONE);
		await(this.one, () -> this.one.round.running() == 0);
		assertThat(states()).hasSize(40).containsOnly(State.DEAD);
		assertThat(this.receiver.requests()).as("each is kept as an attempt")
			.hasSize(attempts())
			.hasSizeGreaterThan(1)
			.hasSize(keptAttempts());
		publish(1);
		assertThat(deliveries()).hasSize(40);
		assertThat(this.told).singleElement().satisfies((event) -> {
			assertThat(event.type()).isEqualTo(EndpointDisabled.TYPE);
			EndpointDisabled data = JsonMapper.shared().readValue(event.data(), EndpointDisabled.class);
			assertThat(data.reason()).isEqualTo("gone");
			assertThat(data.subscription()).isEqualTo("billing");
		});
		int connections = this.receiver.connections();
		this.receiver.status("200 OK");
		this.one.subscriptions.enable("billing", true);
		assertThat(this.archive.retryAll(new DeliveryFilter(Set.of(), List.of(), null, null, null, null, null),
				List.of("billing"), 100))
			.isEqualTo(40);
		await(this.one, () -> states().stream().allMatch((state) -> state == State.DELIVERED));
		assertThat(this.receiver.connections()).isEqualTo(connections + 40);
	}

	@Test
	void whatAnEndpointTakesWhileItIsDisabledIsDelivered() {
		AtomicInteger arrived = new AtomicInteger();
		CountDownLatch disabled = new CountDownLatch(1);
		subscribe("billing", this.receiver.answering((request, out) -> {
			if (arrived.incrementAndGet() == 1) {
				Receiver.answer(out, "410 Gone");
			}
			else {
				disabled.await();
				Receiver.answer(out, "200 OK");
			}
		}), null);
		publish(5);
		await(this.one, () -> this.endpoints.find("billing", false).orElseThrow().disabled() == Endpoint.Cause.GONE);
		assertThat(states()).hasSize(5).containsOnly(State.DEAD);
		disabled.countDown();
		await(this.one, () -> this.one.round.running() == 0);
		assertThat(states()).containsExactlyInAnyOrder(State.DEAD, State.DELIVERED, State.DELIVERED, State.DELIVERED,
				State.DELIVERED);
		assertThat(keptAttempts()).isEqualTo(5);
		assertThat(this.endpoints.find("billing", false).orElseThrow().disabled()).isEqualTo(Endpoint.Cause.GONE);
	}

	private int keptAttempts() {
		Integer count = this.database.jdbc()
			.queryForObject("select count(*) from busbar_delivery_attempt", Integer.class);
		return (count != null) ? count : 0;
	}

	@Test
	void anEndpointThatFailsForFiveDaysIsDisabled() {
		subscribe("billing", this.receiver.status("500 Oh"), null);
		publish(1);
		await(this.one, () -> attempts() == 1);
		this.clock.move(Duration.ofDays(5));
		await(this.one, () -> this.endpoints.find("billing", false).orElseThrow().disabled() == Endpoint.Cause.FAILING);
		assertThat(states()).containsExactly(State.DEAD);
		assertThat(this.told).hasSize(1);
	}

	@Test
	void aDeadEndpointIsLeftAloneButForOneProbeAtATime() {
		subscribe("dead", this.receiver.status("500 Oh"), null);
		publish(200);
		await(this.one, () -> this.endpoints.find("dead", false).orElseThrow().retryAt() != null);
		await(this.one, () -> this.one.round.running() == 0);
		int before = this.receiver.connections();
		assertThat(before).isLessThan(100);
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(before);
		for (int probe = 1; probe <= 3; probe++) {
			this.clock.move(Duration.ofMinutes(4));
			int expected = before + probe;
			await(this.one, () -> this.receiver.connections() == expected && this.one.round.running() == 0);
			turn(this.one);
			assertThat(this.receiver.connections()).isEqualTo(expected);
		}
		this.receiver.status("200 OK");
		this.clock.move(Duration.ofMinutes(6));
		await(this.one, () -> states().stream().allMatch((state) -> state == State.DELIVERED || state == State.PENDING)
				&& states().stream().filter((state) -> state == State.DELIVERED).count() > 190);
	}

	@Test
	void anEndpointThatHangsHoldsUpNobodyElse() throws InterruptedException {
		CountDownLatch end = new CountDownLatch(1);
		subscribe("hangs", this.receiver.answering((request, out) -> end.await()), null);
		Receiver quick = open(new Receiver());
		subscribe("quick", quick, null);
		publish(100);
		await(this.one, () -> quick.requests().size() == 100);
		assertThat(this.receiver.connections()).isLessThanOrEqualTo(32);
		end.countDown();
	}

	@Test
	void aSubscriptionThatMayHaveAllPlacesHasHalfOfThem() {
		CountDownLatch end = new CountDownLatch(1);
		this.receiver.answering((request, out) -> end.await());
		define("hangs", new Definition(this.receiver.url(), List.of("*"), null, null, null, null, 256));
		publish(100);
		await(this.one, () -> this.receiver.connections() == 32);
		Receiver quick = open(new Receiver());
		subscribe("quick", quick, null);
		publish(50);
		await(this.one, () -> quick.requests().size() == 50);
		assertThat(this.receiver.connections()).isEqualTo(32);
		end.countDown();
	}

	@Test
	void largeEventsForAnEndpointThatHangsLeaveHalfOfTheMemoryToOthers() {
		CountDownLatch end = new CountDownLatch(1);
		this.receiver.answering((request, out) -> end.await());
		define("hangs", new Definition(this.receiver.url(), List.of("large.*"), null, null, null, null, null));
		String megabyte = "\"" + "x".repeat(999_998) + "\"";
		publish(34, "large.one", megabyte);
		await(this.one, () -> this.receiver.connections() == 16);
		Receiver quick = open(new Receiver());
		define("quick", new Definition(quick.url(), List.of("other.*"), null, null, null, null, null));
		publish(10, "other.one", megabyte);
		await(this.one, () -> quick.requests().size() == 10);
		assertThat(this.receiver.connections()).isEqualTo(16);
		end.countDown();
	}

	@Test
	void noMoreAttemptsRunAtATimeThanASubscriptionAllows() {
		CountDownLatch end = new CountDownLatch(1);
		this.receiver.answering((request, out) -> {
			end.await();
			Receiver.answer(out, "200 OK");
		});
		define("billing", new Definition(this.receiver.url(), List.of("*"), null, null, null, null, 3));
		publish(20);
		await(this.one, () -> this.receiver.connections() == 3);
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(3);
		this.receiver.status("200 OK");
		end.countDown();
		await(this.one, () -> this.receiver.requests().size() >= 20);
	}

	@Test
	void noMoreAttemptsAreMadePerSecondThanASubscriptionAllows() {
		define("billing", new Definition(this.receiver.url(), List.of("*"), null, null, null, 5, null));
		publish(12);
		await(this.one, () -> attempts() == 5);
		turn(this.one);
		assertThat(this.receiver.connections()).isEqualTo(5);
		this.clock.move(Duration.ofSeconds(2));
		await(this.one, () -> attempts() == 10);
		this.clock.move(Duration.ofSeconds(2));
		await(this.one, () -> attempts() == 12);
	}

	@Test
	void aProbeIsNotTakenWhileTheRateIsUsedUp() {
		define("billing", new Definition(this.receiver.url(), List.of("*"), null, null, null, 1, null));
		publish(1);
		this.database.jdbc()
			.update("update busbar_endpoint set failures = 3, opened = 1, retry_at = ?, paced_until = ?",
					this.clock.instant().atOffset(ZoneOffset.UTC),
					this.clock.instant().plusSeconds(1).atOffset(ZoneOffset.UTC));
		turn(this.one);
		assertThat(this.receiver.connections()).isZero();
		this.clock.move(Duration.ofSeconds(1));
		await(this.one, () -> states().equals(List.of(State.DELIVERED)));
	}

	@Test
	void aDeliveryThatCannotBeWrittenFailsAndHoldsNoPlace() {
		subscribe("billing", this.receiver, null);
		publish(1);
		this.database.jdbc().update("delete from busbar_delivery_event");
		DeliveryFilter any = new DeliveryFilter(Set.of(), List.of(), null, null, null, null, null);
		turn(this.one);
		await(this.one, () -> this.one.round.running() == 0);
		assertThat(this.archive.list(any, null, 10)).isEmpty();
		assertThat(this.database.jdbc().queryForObject("select attempts from busbar_delivery", Integer.class)).isOne();
		publish(1);
		await(this.one, () -> this.receiver.requests().size() == 1);
	}

	@Test
	void twoInstancesDeliverEachEventOnce() {
		subscribe("billing", this.receiver, null);
		Instance two = new Instance();
		publish(300);
		await(this.one, () -> {
			turn(two);
			return states().stream().allMatch((state) -> state == State.DELIVERED);
		});
		assertThat(this.receiver.requests()).hasSize(300)
			.extracting((request) -> request.headers().get("webhook-id"))
			.doesNotHaveDuplicates();
	}

	@Test
	void whatAnInstanceLeavesWhenItDiesIsDeliveredUnderTheSameId() {
		subscribe("billing", this.receiver, null);
		publish(1);
		// It dies between the attempt and its end.
		turn(this.one);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.requests().size() == 1);
		Instance two = new Instance();
		this.clock.move(Duration.ofSeconds(60));
		turn(two);
		assertThat(this.receiver.requests()).hasSize(1);
		this.clock.move(Duration.ofSeconds(16));
		await(two, () -> states().equals(List.of(State.DELIVERED)));
		assertThat(this.receiver.requests()).hasSize(2)
			.extracting((request) -> request.headers().get("webhook-id"))
			.containsOnly(this.receiver.requests().get(0).headers().get("webhook-id"));
		// What the dead one would have kept changes nothing.
		this.one.round.keep();
		assertThat(attempts()).isEqualTo(1);
	}

	@Test
	void aDispatcherThatStopsGivesBackWhatItHasClaimed() {
		CountDownLatch end = new CountDownLatch(1);
		subscribe("billing", this.receiver.answering((request, out) -> end.await()), null);
		publish(5);
		await(this.one, () -> this.receiver.connections() == 5);
		this.one.round.release();
		assertThat(this.claims.ready(List.of("billing"), this.clock.instant())).containsExactly("billing");
		end.countDown();
	}

	@Test
	void theDispatcherDeliversOnItsOwnThread() {
		subscribe("billing", this.receiver, null);
		Dispatcher dispatcher = new Dispatcher(this.one.round, this.signal);
		dispatcher.start();
		try {
			publish(20);
			Awaitility.await()
				.atMost(SOON)
				.until(() -> states().size() == 20 && states().stream().allMatch((state) -> state == State.DELIVERED));
		}
		finally {
			dispatcher.stop();
		}
		assertThat(dispatcher.isRunning()).isFalse();
	}

	private String subscribe(String name, Receiver to, @Nullable String format) {
		return define(name, new Definition(to.url(), List.of("*"), null, format, null, null, null));
	}

	private String define(String name, Definition definition) {
		return this.one.subscriptions.add(this.one.subscriptions.check(name, definition), true, () -> {
		}).orElseThrow();
	}

	private List<Event<byte @Nullable []>> publish(int count) {
		return publish(count, "order.placed", "{\"a\":\"ü\"}");
	}

	private List<Event<byte @Nullable []>> publish(int count, String type, String data) {
		List<Event<byte @Nullable []>> published = IntStream.range(0, count)
			.<Event<byte @Nullable []>>mapToObj(
					(i) -> new Event<>("e\u00FC" + this.events++, "/shop", type, "a b", this.clock.instant(), "k", null,
							null, "application/json", null, Map.of(), data.getBytes(StandardCharsets.UTF_8)))
			.toList();
		DeliveryWriter writer = new DeliveryWriter(this.one.subscriptions, this.rows, this.schedule, this.signal,
				this.clock);
		this.one.subscriptions.changed();
		this.database.transaction()
			.executeWithoutResult((status) -> writer
				.added(published.stream().map((event) -> new FeedEvent(1, this.clock.instant(), event)).toList()));
		return published;
	}

	private void await(Instance instance, BooleanSupplier condition) {
		Awaitility.await().pollInSameThread().pollInterval(Duration.ofMillis(20)).atMost(SOON).until(() -> {
			turn(instance);
			return condition.getAsBoolean();
		});
	}

	private void turn(Instance instance) {
		instance.subscriptions.changed();
		instance.round.run(instance.subscriptions.all().keySet());
	}

	private List<Delivery> deliveries() {
		return this.archive.list(new DeliveryFilter(Set.of(), List.of(), null, null, null, null, null), null, 1000);
	}

	private List<State> states() {
		return deliveries().stream().map(Delivery::state).toList();
	}

	private int attempts() {
		return deliveries().stream().mapToInt(Delivery::attempts).sum();
	}

	/** One of several instances of an application. */
	private final class Instance {

		private final Subscriptions subscriptions;

		private final DispatchRound round;

		Instance() {
			AddressRules rules = new AddressRules(DispatchTests.this.properties.allowedNetworks(), List.of());
			this.subscriptions = new Subscriptions(DispatchTests.this.database.dataSource(),
					new Subscriptions.Settings("app", Map.of(), rules, null), DispatchTests.this.endpoints,
					DispatchTests.this.database.transaction(), DispatchTests.this.clock);
			HostAddresses addresses = open(new HostAddresses(rules, InetAddress::getAllByName, System::nanoTime));
			WebhookClient client = open(new WebhookClient(addresses,
					new WebhookClient.Settings(Duration.ofSeconds(30), 64, Duration.ofHours(1)), null,
					DispatchTests.this.clock));
			EndpointHealth health = new EndpointHealth(3, Duration.ofSeconds(10), Duration.ofMinutes(5),
					Duration.ofDays(5));
			DisabledEndpoints disabled = new DisabledEndpoints("app", DispatchTests.this.told::addAll);
			this.round = new DispatchRound(this.subscriptions, DispatchTests.this.endpoints, DispatchTests.this.claims,
					new DeliveryOutcomes(DispatchTests.this.rows, DispatchTests.this.claims,
							DispatchTests.this.schedule, DispatchTests.this.endpoints, health, this.subscriptions,
							disabled, DispatchTests.this.database.transaction(), DispatchTests.this.clock),
					client, DispatchTests.this.signal, DispatchTests.this.database.transaction(),
					DispatchTests.this.properties, DispatchTests.this.clock);
		}

	}

	/** The real time, since the library verifies it, and what it was moved by. */
	private static final class Moved extends Clock {

		private Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

		synchronized void reset() {
			this.now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
		}

		synchronized void move(Duration by) {
			this.now = this.now.plus(by);
		}

		@Override
		public synchronized Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}

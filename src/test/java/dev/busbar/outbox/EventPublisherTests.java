package dev.busbar.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import app.shop.Shop.Returned;
import app.shop.Shop.Sold;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.outbox.schedule.WaitingEvent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Publishing as a user does it, on the embedded broker.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "spring.cloud.stream.default-binder=jdbc",
				"spring.datasource.url=jdbc:h2:mem:publisher;DB_CLOSE_DELAY=-1", "spring.application.name=shop",
				"busbar.event-packages=app.shop", "busbar.types[shop.counted].stream=shop.counted" })
class EventPublisherTests {

	@EventType("shop.noted")
	record Noted(@EventKey String text) {
	}

	record NotDeclared(String text) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final List<Event<Noted>> noted = new CopyOnWriteArrayList<>();

		@Bean
		Consumer<Event<Noted>> note() {
			return this.noted::add;
		}

	}

	@Autowired
	private EventPublisher publisher;

	@Autowired
	private TransactionTemplate transaction;

	@Autowired
	private Schedule schedule;

	@Autowired
	private Application application;

	@BeforeEach
	void forget() {
		this.application.noted.clear();
	}

	@Test
	void anEventOfACommittedTransactionIsHandled() {
		String id = this.transaction.execute((status) -> this.publisher.publish(new Noted("committed")));
		awaitNoted("committed");
		assertThat(this.application.noted.get(0)).satisfies((event) -> {
			assertThat(event.id()).isEqualTo(id);
			assertThat(event.source()).isEqualTo("/shop");
			assertThat(event.key()).isEqualTo("committed");
			assertThat(event.time()).isNotNull();
		});
	}

	@Test
	void anEventOfARolledBackTransactionIsNot() {
		this.transaction.executeWithoutResult((status) -> {
			this.publisher.publish(new Noted("rolled back"));
			this.publisher.publishAt(Instant.now().plusSeconds(1), new Noted("rolled back"));
			status.setRollbackOnly();
		});
		this.publisher.publish(new Noted("after"));
		awaitNoted("after");
		assertThat(this.schedule.list(null, 0, 10)).isEmpty();
	}

	@Test
	void anEventThatTheCommitItselfPublishesFirstIsHandled() {
		this.transaction.executeWithoutResult(
				(status) -> TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void beforeCommit(boolean readOnly) {
						EventPublisherTests.this.publisher.publish(new Noted("while it commits"));
					}

				}));
		awaitNoted("while it commits");
	}

	@Test
	void eventsOfAKeyKeepTheOrderOfTheCallsWithStoredOnesBefore() {
		this.transaction.executeWithoutResult((status) -> {
			this.publisher.publishAt(Instant.now().minusSeconds(1), event("1"));
			this.publisher.publish(event("2"));
			this.publisher.publish(List.of(event("3"), event("4")));
		});
		this.publisher.publish(event("5"));
		Awaitility.await().until(() -> this.application.noted.size() == 5);
		assertThat(this.application.noted).extracting(Event::id).containsExactly("1", "2", "3", "4", "5");
	}

	@Test
	void aScheduledEventComesWhenItsTimeHasCome() {
		Instant due = Instant.now().plusSeconds(5);
		String id = this.publisher.publishAt(due, new Noted("later"));
		assertThat(this.schedule.find(id, null, 10)).hasSize(1);
		awaitNoted("later");
		assertThat(Instant.now()).isAfter(due);
		Awaitility.await().untilAsserted(() -> assertThat(this.schedule.find(id, null, 10)).isEmpty());
	}

	@Test
	void aTimeThatNoClockShowsIsRefusedAndNothingIsStored() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.publisher.publishAt(Instant.MAX, new Noted("never")))
			.withMessageContaining("9999-12-31");
		String id = this.publisher.publishAt(Instant.parse("9999-12-31T23:59:59Z"), new Noted("late"));
		assertThat(this.schedule.list(null, 0, 10)).singleElement().extracting(WaitingEvent::id).isEqualTo(id);
		assertThat(this.schedule.cancel(id, "/shop")).isTrue();
		this.publisher.publishAt(Instant.MIN, new Noted("long ago"));
		awaitNoted("long ago");
	}

	@Test
	void anEventThatNoBeanUsesIsFoundInTheApplicationsPackages() {
		assertThat(this.publisher.publish(List.of(new Sold("a", 1), new Returned("a")))).hasSize(2);
		this.transaction.executeWithoutResult((status) -> this.publisher.publish(new Sold("b", 1)));
	}

	@Test
	void anEnvelopeStaysAsItIs() {
		this.publisher.publish(new Event<>("my-id", "/mine", "shop.noted", "sub", null, null, "c-1", null, null, null,
				Map.of("traceparent", "00-1"), new Noted("enveloped")));
		awaitNoted("enveloped");
		assertThat(this.application.noted.get(0)).satisfies((event) -> {
			assertThat(event.id()).isEqualTo("my-id");
			assertThat(event.key()).isEqualTo("enveloped");
			assertThat(event.correlationId()).isEqualTo("c-1");
			assertThat(event.extensions()).containsEntry("traceparent", "00-1");
		});
	}

	@Test
	void anEventOfATypeWithoutAClassIsJsonInAnEnvelope() {
		assertThat(this.publisher
			.publish(envelope("shop.counted", "{\"n\":1}".getBytes(StandardCharsets.UTF_8), Map.of()))).isEqualTo("id");
	}

	@Test
	void whatCannotBePublishedIsRefusedAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.publisher.publish(new NotDeclared("x")))
			.withMessageContaining("@EventType");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.publisher.publish(envelope("shop.other", new Noted("x"), Map.of())))
			.withMessageContaining("'shop.noted'");
		assertThatIllegalArgumentException().isThrownBy(
				() -> this.publisher.publish(envelope("shop.noted", new Noted("x"), Map.of("busbartoken", "forged"))))
			.withMessageContaining("busbartoken");
		assertThat(catchThrowable(() -> this.publisher
			.publish(envelope("shop.counted", "[1]".getBytes(StandardCharsets.UTF_8), Map.of()))))
			.hasMessageContaining("object");
	}

	private void awaitNoted(String text) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(this.application.noted).extracting((event) -> event.data().text())
				.containsExactly(text));
	}

	private static Event<Object> event(String id) {
		return new Event<>(id, "/shop", "shop.noted", null, null, "k", null, null, null, null, Map.of(),
				new Noted("x"));
	}

	private static Event<Object> envelope(String type, Object data, Map<String, String> extensions) {
		return new Event<>("id", "/mine", type, null, null, "k", null, null, null, null, extensions, data);
	}

}

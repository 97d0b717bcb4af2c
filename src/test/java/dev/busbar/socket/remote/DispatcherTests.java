package dev.busbar.socket.remote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.event.CloudEvents;
import dev.busbar.handler.batch.RemoteHandling;
import dev.busbar.handler.batch.RemoteHandling.Work;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.key.CallerToken;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.store.TestEvents;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of an event that a client cannot take, or whose client goes in the moment
 * in which it gets it.
 */
class DispatcherTests {

	private static final int SOON = 20_000;

	private final RemoteHandling handling = Mockito.mock(RemoteHandling.class);

	private final SocketConnection connection = Mockito.mock(SocketConnection.class);

	private final Dispatcher dispatcher = new Dispatcher(this.handling, new RemoteSignal());

	private final RemoteConversation conversation = new RemoteConversation(this.connection, this.handling,
			this.dispatcher, new CloudEvents(JsonMapper.shared()));

	private final UUID lease = UUID.randomUUID();

	/** What happens before the event is given; null: it is not there, or was given. */
	private final AtomicReference<@Nullable Runnable> first = new AtomicReference<>();

	private final AtomicInteger rounds = new AtomicInteger();

	private volatile long waiting;

	private volatile boolean open = true;

	private volatile boolean stopping;

	@BeforeEach
	void handle() {
		RemoteHandler worker = new RemoteHandler("order.placed", Set.of(), Duration.ofSeconds(30), Set.of());
		Mockito.when(this.handling.handlers()).thenReturn(Map.of("worker", worker));
		Mockito.when(this.handling.expire("worker")).then((call) -> {
			this.rounds.incrementAndGet();
			return Instant.EPOCH;
		});
		Mockito.when(this.handling.claim(Mockito.eq("worker"), Mockito.anyInt(), Mockito.anyLong()))
			.then((call) -> claim());
		Mockito.when(this.connection.waiting()).then((call) -> this.waiting);
		Mockito.when(this.connection.offer(Mockito.anyString())).then((call) -> this.waiting == 0);
		Mockito.when(this.connection.caller()).thenReturn(Caller.of(CallerToken.anonymous()));
		Mockito.when(this.connection.open()).then((call) -> this.open);
		Mockito.when(this.connection.stopping()).then((call) -> this.stopping);
		this.conversation.receive(
				ClientMessage.parse("{\"do\":\"handle\",\"handler\":\"worker\"}".getBytes(StandardCharsets.UTF_8)));
	}

	@AfterEach
	void stop() {
		this.dispatcher.destroy();
	}

	@Test
	void whatIsGivenToAConnectionThatHasJustClosedIsAFailedAttempt() {
		giveAfter(() -> {
			this.open = false;
			this.conversation.closed();
		});
		Mockito.verify(this.handling, Mockito.timeout(SOON))
			.lost(Mockito.eq("worker"), Mockito.eq(this.lease), Mockito.anyString());
		Mockito.verify(this.handling, Mockito.never()).release(Mockito.anyString(), Mockito.any());
	}

	@Test
	void whatIsGivenWhileTheApplicationStopsIsGivenBackAndNoAttempt() {
		giveAfter(() -> {
			this.stopping = true;
			this.open = false;
			this.conversation.leave();
		});
		Mockito.verify(this.handling, Mockito.timeout(SOON)).release("worker", this.lease);
		this.conversation.closed();
		Mockito.verify(this.handling, Mockito.never()).lost(Mockito.anyString(), Mockito.any(), Mockito.anyString());
	}

	@Test
	void whatAConnectionHasThatEndsWithTheApplicationIsGivenBackAndNoAttempt() {
		giveAfter(() -> {
		});
		Mockito.verify(this.connection, Mockito.timeout(SOON)).offer(Mockito.contains(this.lease.toString()));
		this.stopping = true;
		this.open = false;
		this.conversation.closed();
		Mockito.verify(this.handling, Mockito.timeout(SOON)).release("worker", this.lease);
		Mockito.verify(this.handling, Mockito.never()).lost(Mockito.anyString(), Mockito.any(), Mockito.anyString());
	}

	@Test
	void whatDoesNotFitBehindWhatWaitsIsGivenBackAndNothingMoreBeforeThatIsTaken() {
		this.waiting = 1;
		giveAfter(() -> {
		});
		Mockito.verify(this.handling, Mockito.timeout(SOON)).release("worker", this.lease);
		this.first.set(() -> {
		});
		this.dispatcher.wake();
		int before = this.rounds.get();
		Awaitility.await().atMost(Duration.ofMillis(SOON)).until(() -> this.rounds.get() >= before + 2);
		assertThat(this.first.get()).as("it is not asked for more").isNotNull();
		this.waiting = 0;
		this.conversation.drained();
		Mockito.verify(this.connection, Mockito.timeout(SOON).times(2)).offer(Mockito.contains(this.lease.toString()));
		Mockito.verify(this.handling, Mockito.never()).lost(Mockito.anyString(), Mockito.any(), Mockito.anyString());
	}

	private void giveAfter(Runnable what) {
		this.first.set(what);
		this.dispatcher.wake();
	}

	private List<Work> claim() {
		Runnable what = this.first.getAndSet(null);
		if (what == null) {
			return List.of();
		}
		what.run();
		return List.of(new Work(this.lease, TestEvents.event("1", "{}"), 1, Instant.now().plusSeconds(30)));
	}

}

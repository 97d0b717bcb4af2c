package dev.busbar.socket.connection;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.ingress.access.Caller;
import dev.busbar.problem.ProblemException;
import dev.busbar.socket.protocol.ClientMessage;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;

import org.springframework.security.core.Authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * When a connection is refused something, and when it is cut off.
 */
class SocketConnectionTests {

	private static final Instant EXPIRES = Instant.parse("2026-01-02T03:04:05Z");

	private static final SocketLimits LIMITS = new SocketLimits(2, 1024, 2, 2000, Duration.ofMinutes(5),
			Duration.ofSeconds(20));

	private final List<String> sent = new CopyOnWriteArrayList<>();

	private final List<SendHandler> unfinished = new ArrayList<>();

	private final AtomicInteger received = new AtomicInteger();

	private final AtomicInteger closed = new AtomicInteger();

	private final Session session = Mockito.mock(Session.class);

	private final AtomicLong nanos = new AtomicLong();

	private boolean takes = true;

	private final Connections connections = new Connections(LIMITS, List.of(new Counting()),
			Clock.fixed(EXPIRES.minusSeconds(60), ZoneOffset.UTC), this.nanos::get);

	private final SocketConnection connection = open();

	private SocketConnection open() {
		RemoteEndpoint.Async remote = Mockito.mock(RemoteEndpoint.Async.class);
		Mockito.when(this.session.getAsyncRemote()).thenReturn(remote);
		Mockito.doAnswer((call) -> {
			this.sent.add(call.getArgument(0));
			SendHandler handler = call.getArgument(1);
			if (this.takes) {
				handler.onResult(new SendResult(this.session));
			}
			else {
				this.unfinished.add(handler);
			}
			return null;
		}).when(remote).sendText(Mockito.anyString(), Mockito.any());
		return this.connections.opened(handshake(), this.session);
	}

	private static Handshake handshake() {
		return new Handshake(Caller.of((Authentication) null), FeedLimits.NONE, EXPIRES);
	}

	@Test
	void whoSendsTooMuchIsToldAndWhoGoesOnIsCutOff() {
		for (int i = 0; i < 4; i++) {
			this.connection.receive("{\"do\":\"count\"}");
		}
		assertThat(this.received.get()).isEqualTo(2);
		assertThat(this.sent).hasSize(2)
			.allMatch((text) -> text.contains("rate-limited") && text.endsWith("\"retryAfter\":1}"));
		assertThat(this.closed.get()).isZero();
		this.connection.receive("{\"do\":\"count\"}");
		assertThat(closing()).isEqualTo(1008);
		this.connection.receive("{\"do\":\"count\"}");
		assertThat(this.received.get()).isEqualTo(2);
	}

	@Test
	void aMinuteWithoutMessagesFillsNoMoreThanASecond() {
		MessageRate rate = new MessageRate(2, 0);
		assertThat(List.of(rate.take(0), rate.take(0), rate.take(0))).containsExactly(true, true, false);
		assertThat(rate.take(500_000_000L)).isTrue();
		assertThat(rate.take(500_000_000L)).isFalse();
		assertThat(List.of(rate.take(60_000_000_000L), rate.take(60_000_000_000L), rate.take(60_000_000_000L)))
			.containsExactly(true, true, false);
	}

	@Test
	void handshakesAtTheSameTimeGetNoMorePlacesThanThereAre() {
		Handshake second = handshake();
		this.connections.reserve(second);
		assertThatThrownBy(() -> this.connections.reserve(handshake())).isInstanceOf(ProblemException.class)
			.hasMessageContaining("busbar.socket.max-connections");
		this.connections.giveBack(second);
		Handshake third = handshake();
		this.connections.reserve(third);
		this.connections.opened(third, this.session);
		assertThat(this.connections.count()).isEqualTo(2);
		assertThatThrownBy(() -> this.connections.reserve(handshake())).isInstanceOf(ProblemException.class);
		this.connection.ended();
		this.connections.reserve(handshake());
	}

	@Test
	void aHandshakeOfWhichNothingIsHeardKeepsNoPlace() {
		this.connections.reserve(handshake());
		this.nanos.set(Duration.ofSeconds(31).toNanos());
		this.connections.reserve(handshake());
		assertThatThrownBy(() -> this.connections.reserve(handshake())).isInstanceOf(ProblemException.class);
	}

	@Test
	void messagesGoOutOneAfterTheOther() {
		this.takes = false;
		this.connection.send("a");
		this.connection.send("b");
		assertThat(this.sent).containsExactly("a");
		assertThat(this.connection.waiting()).isEqualTo(2);
		this.unfinished.get(0).onResult(new SendResult(this.session));
		assertThat(this.sent).containsExactly("a", "b");
		this.unfinished.get(1).onResult(new SendResult(this.session));
		assertThat(this.connection.waiting()).isZero();
	}

	@Test
	void manyMessagesThatAreTakenAtOnceNeedNoStack() {
		this.takes = false;
		this.connection.send("x");
		for (int i = 0; i < 1900; i++) {
			this.connection.send("y");
		}
		this.takes = true;
		this.unfinished.get(0).onResult(new SendResult(this.session));
		assertThat(this.sent).hasSize(1901);
	}

	@Test
	void whatWouldWaitBeyondTheBufferCutsTheConnectionOff() {
		this.takes = false;
		this.connection.send("x".repeat(5000));
		assertThat(this.closed.get()).as("one message may be larger").isZero();
		this.connection.send("x");
		assertThat(closing()).isEqualTo(1008);
		this.connection.send("y");
		assertThat(this.sent).hasSize(1);
	}

	@Test
	void whatIsOfferedAndDoesNotFitIsNotSentAndCutsNothingOff() {
		this.takes = false;
		assertThat(this.connection.offer("x".repeat(5000))).as("one message may be larger").isTrue();
		assertThat(this.connection.offer("x")).isFalse();
		assertThat(this.closed.get()).isZero();
		this.unfinished.get(0).onResult(new SendResult(this.session));
		assertThat(this.connection.offer("y")).isTrue();
		assertThat(this.sent).hasSize(2).endsWith("y");
	}

	@Test
	void whoTakesNothingForTooLongIsCutOff() {
		this.takes = false;
		this.connection.send("x");
		this.connection.tick(System.nanoTime(), Instant.EPOCH);
		assertThat(this.closed.get()).isZero();
		this.connection.tick(System.nanoTime() + Duration.ofSeconds(301).toNanos(), Instant.EPOCH);
		assertThat(closing()).isEqualTo(1008);
	}

	@Test
	void whoIsSentNoPingSinceSomethingAlwaysWaitsIsNotTakenForSilent() {
		this.takes = false;
		this.connection.send("x");
		long start = System.nanoTime();
		for (int second = 10; second <= 200; second += 10) {
			this.connection.tick(start + Duration.ofSeconds(second).toNanos(), Instant.EPOCH);
			this.connection.send("x");
			this.unfinished.get(this.unfinished.size() - 1).onResult(new SendResult(this.session));
		}
		assertThat(this.closed.get()).isZero();
		this.connection.tick(System.nanoTime() + Duration.ofSeconds(301).toNanos(), Instant.EPOCH);
		assertThat(closing()).as("it takes nothing any more").isEqualTo(1008);
	}

	@Test
	void whoAnswersNoPingIsClosed() {
		this.connection.tick(System.nanoTime() + Duration.ofSeconds(59).toNanos(), Instant.EPOCH);
		assertThat(this.closed.get()).isZero();
		this.connection.tick(System.nanoTime() + Duration.ofSeconds(61).toNanos(), Instant.EPOCH);
		assertThat(closing()).isEqualTo(1008);
	}

	@Test
	void aConnectionEndsWithTheTokenThatOpenedIt() {
		this.connection.tick(System.nanoTime(), EXPIRES.minusMillis(1));
		assertThat(this.closed.get()).isZero();
		this.connection.tick(System.nanoTime(), EXPIRES);
		assertThat(closing()).isEqualTo(1008);
	}

	private int closing() {
		assertThat(this.closed.get()).isEqualTo(1);
		assertThat(this.connections.count()).isZero();
		ArgumentCaptor<CloseReason> reason = ArgumentCaptor.forClass(CloseReason.class);
		try {
			Mockito.verify(this.session, Mockito.timeout(20_000)).close(reason.capture());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return reason.getValue().getCloseCode().getCode();
	}

	private final class Counting implements Topic {

		@Override
		public Set<String> actions() {
			return Set.of("count");
		}

		@Override
		public Conversation open(SocketConnection opened) {
			return new Conversation() {

				@Override
				public void receive(ClientMessage message) {
					SocketConnectionTests.this.received.incrementAndGet();
				}

				@Override
				public void closed() {
					SocketConnectionTests.this.closed.incrementAndGet();
				}

			};
		}

	}

}

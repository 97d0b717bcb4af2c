package dev.busbar.handler.retry;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.Delivery;
import dev.busbar.event.Event;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.handler.scan.EventSide;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import dev.busbar.outbox.redelivery.Redeliveries;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * When gates are looked at. What comes of it is shown by {@code KeyOrderModel}.
 */
class KeyOrderTests {

	private static final RetryPolicy POLICY = RetryPolicy.of(new HandlingProperties(2, Duration.ZERO, Duration.ZERO,
			200, Duration.ofMillis(500), Duration.ofSeconds(1)));

	private static final HandlerFunction LOCAL = new HandlerFunction(
			new FunctionBean("local", FunctionKind.FUNCTION, EventSide.NONE, EventSide.NONE), Object::new, false,
			POLICY);

	private static final HandlerFunction REMOTE = HandlerFunction.remote("remote", POLICY);

	private final Redeliveries redeliveries = mock();

	private final KeyOrder order = new KeyOrder("group", "stream", this.redeliveries, mock(DeadLetterOffice.class));

	@BeforeEach
	void gates() {
		given(this.redeliveries.gate("group", "stream", "key")).willReturn("gate".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void whereNothingWaitsNoGateIsLookedAt() {
		Incoming one = incoming("1", LOCAL);
		this.order.look(List.of(one), true);
		assertThat(this.order.parks(one)).isFalse();
		verify(this.redeliveries, never()).closed(any());
	}

	@Test
	void whereSomethingMayWaitGatesAreLookedAt() {
		this.order.look(List.of(incoming("1", LOCAL)), false);
		verify(this.redeliveries).closed(any());
	}

	@Test
	void whatComesAfterAnEventThatIsLeftToItsRemoteHandlerWaits() {
		Incoming remote = incoming("1", REMOTE);
		Incoming local = incoming("2", LOCAL);
		this.order.look(List.of(remote, local), true);
		this.order.leave(remote, 1);
		assertThat(this.order.parks(local)).isTrue();
	}

	private static Incoming incoming(String id, HandlerFunction handler) {
		Event<byte @Nullable []> raw = new Event<>(id, "/test", "placed", null, null, "key", null, null, null, null,
				Map.of(), new byte[0]);
		Event<Object> event = new Event<>(id, "/test", "placed", null, null, "key", null, null, null, null, Map.of(),
				"data");
		return new Incoming(new Delivery(new byte[0], Map.of()), raw, event, handler, null, null, null);
	}

}

package dev.busbar.bus.rabbit.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.TestEvents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class PublisherChannelTests {

	private static final EventStream STREAM = new EventStream("a", "a", Set.of("a"), 1, true);

	private final Channel channel = mock();

	private final Connection connection = mock();

	private PublisherChannel publishers;

	@BeforeEach
	void open() throws Exception {
		given(this.connection.createChannel()).willReturn(this.channel);
		given(this.channel.isOpen()).willReturn(true);
		given(this.channel.getNextPublishSeqNo()).willReturn(1L, 2L);
		this.publishers = new PublisherChannel(this.connection);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anEventCountsAsUnconfirmedUntilItsOutcomeIsSet(boolean multiple) throws Exception {
		List<Integer> unconfirmed = new ArrayList<>();
		Publication first = publication("1");
		Publication second = publication("2");
		first.outgoing().stored().thenRun(() -> unconfirmed.add(unconfirmed()));
		second.outgoing().stored().thenRun(() -> unconfirmed.add(unconfirmed()));
		this.publishers.publish(first);
		this.publishers.publish(second);
		if (!multiple) {
			this.publishers.handleAck(1, false);
		}
		this.publishers.handleAck(2, multiple);
		assertThat(first.isPending() || second.isPending()).isFalse();
		assertThat(unconfirmed).containsExactly(2, multiple ? 2 : 1);
		assertThat(unconfirmed()).isZero();
	}

	/** What a thread sees that asks at this moment. */
	private int unconfirmed() {
		try {
			return this.publishers.await(System.nanoTime()).size();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Publication publication(String id) {
		OutgoingEvent event = new OutgoingEvent(STREAM, 0, TestEvents.event("a", id, null), new CompletableFuture<>());
		return Publication.of(event, new RabbitRoute("a", "a", false, true, true));
	}

}

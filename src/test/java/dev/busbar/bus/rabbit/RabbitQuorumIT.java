package dev.busbar.bus.rabbit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RabbitQuorumIT {

	private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

	private RabbitApp app;

	@BeforeEach
	void start() throws Exception {
		this.app = new RabbitApp(
				(prefix) -> List.of(new EventStream(prefix + "placed", "placed", Set.of("order.placed"), 2, true)),
				true, Map.of("busbar.rabbit.quorum-queues", "true",
						"spring.cloud.stream.rabbit.default.consumer.recovery-interval", "10"));
	}

	@AfterEach
	void stop() throws Exception {
		this.app.close();
	}

	@Test
	void aBatchThatFailsMoreOftenThanTheBrokersDefaultLimitKeepsItsPlace() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.app.bound.handler = (message) -> {
			if (calls.incrementAndGet() <= 25) {
				throw new IllegalStateException("fails");
			}
			((List<?>) message.getPayload())
				.forEach((payload) -> this.bodies.add(new String((byte[]) payload, StandardCharsets.UTF_8)));
		};
		List<OutgoingEvent> batch = this.app
			.send(IntStream.range(0, 300).mapToObj((i) -> this.app.event(0, 1, "q" + i)).toArray(OutgoingEvent[]::new));
		assertThat(batch).allSatisfy((event) -> assertThat(event.stored()).isCompleted());
		await().atMost(Duration.ofMinutes(2)).until(() -> this.bodies.size() >= 300);
		assertThat(this.bodies)
			.containsExactlyElementsOf(IntStream.range(0, 300).mapToObj((i) -> "{\"id\":\"q" + i + "\"}").toList());
	}

	@Test
	void aQueueIsDeclaredWithOneActiveConsumerAndALimitThatIsNeverReached() throws Exception {
		// The broker refuses a declaration that differs.
		assertThat(this.app.client
			.queueDeclare(this.app.queue(0, 0), true, false, false,
					Map.of("x-queue-type", "quorum", "x-single-active-consumer", true, "x-delivery-limit",
							1_000_000_000))
			.getQueue()).isEqualTo(this.app.queue(0, 0));
	}

}

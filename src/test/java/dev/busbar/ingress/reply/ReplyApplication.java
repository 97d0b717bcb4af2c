package dev.busbar.ingress.reply;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application on the embedded broker that is asked and answers.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ReplyApplication {

	/** Answered as often as {@code number} says; not at all below 0: then it fails. */
	@EventType("reply.asked")
	public record Asked(@EventKey String key, int number) {
	}

	/** Has no handler. */
	@EventType("reply.answered")
	public record Answered(@EventKey String key, int number) {
	}

	/** Handled once the gate is open. */
	@EventType("reply.held")
	public record Held(@EventKey String key, int number) {
	}

	@Bean
	Function<Asked, List<Answered>> answer() {
		return (asked) -> {
			if (asked.number() < 0) {
				throw new IllegalStateException("the secret of " + asked.key());
			}
			return IntStream.range(0, asked.number()).mapToObj((number) -> new Answered(asked.key(), number)).toList();
		};
	}

	@Bean
	Consumer<Held> hold(Gate gate) {
		return (held) -> gate.pass();
	}

	@Bean
	Gate gate() {
		return new Gate();
	}

	/**
	 * Holds handlers up while it is closed.
	 */
	static class Gate {

		private final AtomicReference<CountDownLatch> latch = new AtomicReference<>(new CountDownLatch(0));

		void close() {
			this.latch.set(new CountDownLatch(1));
		}

		void open() {
			this.latch.get().countDown();
		}

		private void pass() {
			try {
				if (!this.latch.get().await(5, TimeUnit.MINUTES)) {
					throw new IllegalStateException("nobody has opened the gate");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

	}

}

package dev.busbar.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks out: deliveries per second to ten receivers that answer after 20 ms, while
 * events come in and more deliveries wait than can be made. Compared are the nine
 * receivers that answer in both cases.
 */
@Tag("deliveries")
class DeliveriesBench {

	static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	static final String DATA = "{\"orderId\":\"o-123456789\",\"customer\":\"c-987654321\",\"item\":\"book\","
			+ "\"quantity\":3,\"amount\":123.45,\"note\":\"" + "x".repeat(100) + "\"}";

	private static final int RECEIVERS = 10;

	private static final Duration WARM_UP = Duration.ofSeconds(8);

	private static final Duration WINDOW = Duration.ofSeconds(15);

	private static final int BATCH = 100;

	/** So many deliveries wait at least, as far as can be told from outside. */
	private static final int BACKLOG = 5_000;

	@Test
	void onEmbeddedH2() throws Exception {
		run("deliveries-h2", "H2 file, written on commit", Broker::embeddedH2);
	}

	@Test
	void onEmbeddedPostgresql() throws Exception {
		run("deliveries-postgresql", "PostgreSQL, fsync as the server has it", Broker::embeddedPostgresql);
	}

	private static void run(String name, String database, Supplier<Broker> broker) throws Exception {
		Outcome outcome = new Contest(name, "Webhooks delivered to nine of ten receivers", "deliveries/s")
			.under(database + "; receivers answer after 20 ms; 32 attempts at a time for each; ~350 bytes, signed")
			.under("Busbar: each delivery and each attempt is kept in the database; events come in by HTTP meanwhile")
			.under("floor: the same HTTP client with signatures, from memory, nothing kept")
			.withNew("ten receivers answer", () -> busbar(broker, 0))
			.withNew("one of the ten never answers", () -> busbar(broker, 1))
			.withNew("floor: plain HTTP client", DeliveriesBench::floor)
			.atLeast(0.9, "one of the ten never answers", "ten receivers answer")
			.run();
		assertThat(outcome.least("ten receivers answer")).isPositive();
	}

	private static double busbar(Supplier<Broker> kind, int dead) throws Exception {
		try (Broker broker = kind.get(); Receivers receivers = new Receivers(RECEIVERS - dead, dead)) {
			List<String> arguments = new ArrayList<>(broker.arguments());
			arguments.addAll(List.of("--spring.application.name=bench", "--busbar.types[bench.sent].stream=bench",
					"--busbar.deliveries.allowed-networks=127.0.0.0/8", "--busbar.deliveries.max-in-flight=320"));
			for (int i = 0; i < RECEIVERS; i++) {
				String subscription = "--busbar.subscriptions.s" + i;
				arguments.add(subscription + ".url=http://127.0.0.1:" + receivers.ports().get(i) + "/");
				arguments.add(subscription + ".types=bench.sent");
				arguments.add(subscription + ".secret=whsec_" + SECRET);
			}
			try (BusbarProcess busbar = BusbarProcess.jar("bench", arguments).forThroughput().startReady()) {
				Feeder feeder = new Feeder(busbar.client(), receivers, RECEIVERS - dead);
				feeder.start();
				double rate = measure(receivers) * (RECEIVERS - 1) / (RECEIVERS - dead);
				feeder.end();
				assertThat(receivers.again()).as("webhooks that came twice").isZero();
				return rate;
			}
		}
	}

	private static double floor() throws Exception {
		try (Receivers receivers = new Receivers(RECEIVERS, 0)) {
			List<String> arguments = new ArrayList<>();
			arguments.add(Long.toString(WARM_UP.plus(WINDOW).toSeconds() + 3));
			receivers.ports().forEach((port) -> arguments.add(port.toString()));
			Process sender = BusbarProcess.plain(PlainSender.class, arguments);
			double rate = measure(receivers) * (RECEIVERS - 1) / RECEIVERS;
			assertThat(sender.waitFor(30, TimeUnit.SECONDS)).isTrue();
			return rate;
		}
	}

	private static double measure(Receivers receivers) throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
		long before = receivers.received();
		long start = System.nanoTime();
		TimeUnit.NANOSECONDS.sleep(WINDOW.toNanos());
		return (receivers.received() - before) * 1e9 / (System.nanoTime() - start);
	}

	/** Posts events while too few deliveries wait. */
	private static final class Feeder {

		private final Thread thread = new Thread(this::post, "feeder");

		private final BusbarClient client;

		private final Receivers receivers;

		private final int fanOut;

		private volatile boolean ended;

		private volatile int refused;

		private long posted;

		Feeder(BusbarClient client, Receivers receivers, int fanOut) {
			this.client = client;
			this.receivers = receivers;
			this.fanOut = fanOut;
		}

		void start() {
			this.thread.start();
		}

		void end() throws InterruptedException {
			this.ended = true;
			this.thread.join();
			assertThat(this.refused).as("refused batches").isZero();
			assertThat(this.posted * this.fanOut).as("deliveries that were to be made")
				.isGreaterThan(this.receivers.received());
		}

		private void post() {
			while (!this.ended) {
				if (this.posted * this.fanOut - this.receivers.received() > BACKLOG) {
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
					continue;
				}
				long first = this.posted;
				List<Map<String, Object>> batch = IntStream.range(0, BATCH)
					.mapToObj(
							(i) -> BusbarClient.event(Long.toString(first + i), "bench.sent", "k" + (first + i) % 1_000,
									Map.of("orderId", "o-" + (first + i), "customer", "c-987654321", "item", "book",
											"quantity", 3, "amount", 123.45, "note", "x".repeat(100))))
					.toList();
				if (this.client.post(batch).statusCode() == 202) {
					this.posted += BATCH;
				}
				else {
					this.refused++;
				}
			}
		}

	}

}

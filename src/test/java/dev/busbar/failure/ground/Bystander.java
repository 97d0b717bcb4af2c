package dev.busbar.failure.ground;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

import dev.busbar.testing.BusbarClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that has nothing to do with the trouble that others make: it posts an order
 * and asks for it, one after the other, and tells how long that took. A request that
 * fails, fails its case.
 */
public final class Bystander {

	private final BusbarClient client;

	private final String prefix = Scene.prefix();

	private final List<String> accepted = new ArrayList<>();

	private final List<Long> millis = new ArrayList<>();

	private long before;

	/**
	 * Creates a client that has posted nothing.
	 * @param client how it reaches the server
	 */
	public Bystander(BusbarClient client) {
		this.client = client;
	}

	/** What its keys and ids begin with. */
	public String prefix() {
		return this.prefix;
	}

	/** Its orders, all of which were accepted. */
	public List<String> accepted() {
		return this.accepted;
	}

	/** Goes on for some seconds. */
	public void act(int seconds) {
		actWhile(Duration.ofSeconds(seconds), () -> true);
	}

	/**
	 * Goes on while something holds.
	 * @param atMost for how long at most
	 * @param condition is asked once a second
	 */
	public void actWhile(Duration atMost, BooleanSupplier condition) {
		long end = System.nanoTime() + atMost.toNanos();
		while (System.nanoTime() < end && condition.getAsBoolean()) {
			long next = Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
			while (System.nanoTime() < next) {
				postAndAsk();
			}
		}
	}

	private void postAndAsk() {
		int number = this.accepted.size();
		Map<String, Object> event = Scene.event("failure.ordered", this.prefix, number % 7, number, Map.of());
		String id = String.valueOf(event.get("id"));
		this.millis.add(time(202, () -> this.client.post(event).statusCode()));
		this.accepted.add(id);
		this.millis.add(time(200, () -> this.client.get("/events/" + id).statusCode()));
	}

	private static long time(int status, IntSupplier request) {
		long start = System.nanoTime();
		assertThat(request.getAsInt()).isEqualTo(status);
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
	}

	/** What it has measured is how things were before the trouble; it measures anew. */
	public void troubleBegins() {
		this.before = p99();
		this.millis.clear();
	}

	/**
	 * Of its requests since the trouble began all but a hundredth took no longer, in ms.
	 */
	public long p99() {
		Collections.sort(this.millis);
		return this.millis.get(this.millis.size() * 99 / 100);
	}

	/** Its requests since the trouble began, in words. */
	@Override
	public String toString() {
		return "%d requests of others: p99 %d ms, longest %d ms; before: p99 %d ms".formatted(this.millis.size(), p99(),
				this.millis.get(this.millis.size() - 1), this.before);
	}

}

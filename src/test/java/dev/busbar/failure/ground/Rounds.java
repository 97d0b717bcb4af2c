package dev.busbar.failure.ground;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.busbar.testing.BusbarClient;

/**
 * Load without an end: several times a second an order of each key, until it is ended.
 */
public final class Rounds implements AutoCloseable {

	private static final int KEYS = 40;

	private static final int MOST = 2_000;

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

	private final Set<String> accepted = ConcurrentHashMap.newKeySet();

	private final Supplier<BusbarClient> target;

	private final String prefix;

	private volatile int posted;

	/** Starts to post. */
	public Rounds(Supplier<BusbarClient> target, String prefix) {
		this.target = target;
		this.prefix = prefix;
		this.clock.scheduleWithFixedDelay(this::post, 0, 200, TimeUnit.MILLISECONDS);
	}

	/** How many rounds were accepted. */
	public int posted() {
		return this.posted;
	}

	/** Whether all events of some rounds were handled. */
	public boolean handled(int first, int last) {
		return effects(first).filter((effect) -> effect.number() <= last).count() >= (long) (last - first + 1) * KEYS;
	}

	/** How many processes have handled events since a round. */
	public long processes(int first) {
		return effects(first).map(Effect::process).distinct().count();
	}

	private Stream<Effect> effects(int first) {
		return Count.effects(this.target.get(), this.prefix, first).stream().filter((effect) -> effect.cause() == null);
	}

	/** The ids of all events that were accepted. */
	public Set<String> accepted() {
		return this.accepted;
	}

	/** Ends after the round in hand. */
	public void end() {
		this.clock.shutdown();
		try {
			if (!this.clock.awaitTermination(1, TimeUnit.MINUTES)) {
				throw new IllegalStateException("A round does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.clock.shutdownNow();
	}

	private void post() {
		if (this.posted < MOST) {
			int number = this.posted;
			List<Map<String, Object>> round = IntStream.range(0, KEYS)
				.mapToObj((key) -> Scene.event("failure.ordered", this.prefix, key, number, Map.of()))
				.toList();
			this.accepted.addAll(new Load(this.target, round, 1, KEYS).await().accepted());
			this.posted = number + 1;
		}
	}

}

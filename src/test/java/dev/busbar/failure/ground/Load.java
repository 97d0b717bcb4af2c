package dev.busbar.failure.ground;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import dev.busbar.testing.BusbarClient;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Events that are posted in the background by clients that do not give up: what is not
 * accepted is sent again under the same ids, until it is. The events of one key belong to
 * one client, which goes on with the next only when those before are accepted.
 */
public final class Load {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

	private final Supplier<BusbarClient> target;

	private final int batch;

	private final boolean outlasts;

	private final Set<String> accepted = ConcurrentHashMap.newKeySet();

	private final AtomicInteger refused = new AtomicInteger();

	private final List<Thread> clients = new ArrayList<>();

	private volatile @Nullable String problem;

	private volatile boolean awaited;

	private volatile boolean ended;

	/**
	 * Starts to post.
	 * @param target whom to post to, asked before each request
	 * @param events the events, each with a key
	 * @param clients how many clients post at the same time
	 * @param batch how many events a request has
	 */
	public Load(Supplier<BusbarClient> target, List<Map<String, Object>> events, int clients, int batch) {
		this(target, events, clients, batch, false);
	}

	private Load(Supplier<BusbarClient> target, List<Map<String, Object>> events, int clients, int batch,
			boolean outlasts) {
		this.target = target;
		this.batch = batch;
		this.outlasts = outlasts;
		for (int i = 0; i < clients; i++) {
			int lane = i;
			List<Map<String, Object>> own = events.stream()
				.filter((event) -> Math.floorMod(String.valueOf(event.get("partitionkey")).hashCode(), clients) == lane)
				.toList();
			Thread client = new Thread(() -> post(own), "load-" + i);
			client.setDaemon(true);
			this.clients.add(client);
			client.start();
		}
	}

	/**
	 * Starts to post what is not over when something happens to its target, however long
	 * that takes: the last request of each client waits until the load is awaited.
	 * @param target whom to post to, asked before each request
	 * @param events the events, each with a key
	 * @param clients how many clients post at the same time
	 * @param batch how many events a request has
	 * @return the load
	 */
	public static Load outlasting(Supplier<BusbarClient> target, List<Map<String, Object>> events, int clients,
			int batch) {
		return new Load(target, events, clients, batch, true);
	}

	/** The ids of the events that were accepted so far. */
	public Set<String> accepted() {
		return this.accepted;
	}

	/** How many requests were refused, or had no answer. */
	public int refused() {
		return this.refused.get();
	}

	/** Waits until so many events are accepted. */
	public void awaitAccepted(int count) {
		Awaitility.await(count + " accepted events")
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(20))
			.failFast("an answer that no trying again mends", () -> this.problem != null)
			.until(() -> this.accepted.size() >= count);
	}

	/** Waits until so many requests were refused. */
	public void awaitRefused(int count) {
		Awaitility.await(count + " refused requests")
			.atMost(PATIENCE)
			.failFast("an answer that no trying again mends", () -> this.problem != null)
			.until(() -> this.refused.get() >= count);
	}

	/** Waits until all events are accepted. */
	public Load await() {
		this.awaited = true;
		Awaitility.await("all events accepted")
			.atMost(PATIENCE)
			.until(() -> this.clients.stream().noneMatch(Thread::isAlive));
		if (this.problem != null) {
			throw new IllegalStateException(this.problem);
		}
		return this;
	}

	/** Ends the clients, whatever they have still to post. */
	public void end() {
		this.ended = true;
		await();
	}

	private void post(List<Map<String, Object>> own) {
		for (int start = 0; start < own.size() && !this.ended; start += this.batch) {
			List<Map<String, Object>> part = own.subList(start, Math.min(start + this.batch, own.size()));
			while (this.outlasts && start + this.batch >= own.size() && !this.awaited && !this.ended) {
				LockSupport.parkNanos(PAUSE);
			}
			while (!this.ended && !accepted(part)) {
				this.refused.incrementAndGet();
				LockSupport.parkNanos(PAUSE);
			}
		}
	}

	private boolean accepted(List<Map<String, Object>> part) {
		try {
			HttpResponse<String> answer = this.target.get().post(part);
			if (answer.statusCode() == 202) {
				part.forEach((event) -> this.accepted.add(String.valueOf(event.get("id"))));
				return true;
			}
			if (answer.statusCode() != 503) {
				// It would not be mended by trying again.
				this.problem = answer.statusCode() + " " + answer.body();
				this.ended = true;
			}
		}
		catch (UncheckedIOException ex) {
			// The process is away, or died before it answered.
		}
		return false;
	}

}

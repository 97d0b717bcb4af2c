package dev.busbar.operations;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.store.Leases;
import dev.busbar.store.archive.Replay;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Runs the replays of many dead letters on a thread of its own, one instance at a time.
 */
class ReplayLoop implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ReplayLoop.class);

	private static final Duration IDLE = Duration.ofSeconds(2);

	private static final Duration BUSY = Duration.ofMillis(50);

	private static final Duration LEASE = Duration.ofSeconds(15);

	private static final Duration RENEW = Duration.ofSeconds(5);

	private static final Duration STOP = Duration.ofSeconds(10);

	/** A rate is kept in parts of a second, so that it is even. */
	private static final int PARTS = 5;

	private final BulkReplay replays;

	private final Leases leases;

	private final String lease;

	private final Map<UUID, Long> next = new HashMap<>();

	private boolean woken;

	private boolean trouble;

	private long renewAt;

	private volatile boolean stopping;

	private volatile @Nullable Thread thread;

	ReplayLoop(BulkReplay replays, Leases leases, String group) {
		this.replays = replays;
		this.leases = leases;
		this.lease = "replays:" + group.substring(0, Math.min(group.length(), 150));
	}

	/** Looks for replays now. */
	synchronized void wake() {
		this.woken = true;
		notifyAll();
	}

	@Override
	public void start() {
		this.stopping = false;
		Thread started = new Thread(this::run, "busbar-replay");
		started.setDaemon(true);
		this.thread = started;
		started.start();
	}

	private void run() {
		try {
			while (!this.stopping) {
				pause(roundSafely());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Duration roundSafely() {
		try {
			Duration pause = round();
			this.trouble = false;
			return pause;
		}
		catch (RuntimeException ex) {
			this.renewAt = 0;
			if (!this.trouble) {
				this.trouble = true;
				logger.warn("Replays of dead letters wait and go on by themselves: {}", ex.toString());
			}
			return IDLE;
		}
	}

	/**
	 * One step of each replay.
	 * @return how long to pause then
	 */
	private Duration round() {
		List<Replay> running = this.replays.running();
		this.next.keySet().retainAll(running.stream().map(Replay::id).toList());
		if (running.isEmpty() || !leased()) {
			return IDLE;
		}
		boolean worked = false;
		for (Replay replay : running) {
			if (!this.stopping) {
				worked |= step(replay);
			}
		}
		return worked ? Duration.ZERO : BUSY;
	}

	private boolean leased() {
		long now = System.nanoTime();
		if (this.renewAt == 0 || now - this.renewAt > 0) {
			boolean held = this.leases.acquire(this.lease, LEASE);
			this.renewAt = held ? now + RENEW.toNanos() : 0;
			return held;
		}
		return true;
	}

	private boolean step(Replay replay) {
		Integer rate = replay.rate();
		if (rate == null) {
			return this.replays.step(replay, Integer.MAX_VALUE) != 0;
		}
		long now = System.nanoTime();
		long due = this.next.getOrDefault(replay.id(), now);
		if (due - now > 0) {
			return false;
		}
		int taken = this.replays.step(replay, Math.max(1, rate / PARTS));
		this.next.put(replay.id(), now + Math.max(0, taken) * 1_000_000_000L / rate);
		return taken != 0;
	}

	private synchronized void pause(Duration pause) throws InterruptedException {
		long end = System.nanoTime() + pause.toNanos();
		for (long left = pause.toMillis(); left > 0 && !this.woken
				&& !this.stopping; left = (end - System.nanoTime()) / 1_000_000) {
			wait(left);
		}
		this.woken = false;
	}

	@Override
	public void stop() {
		Thread running = this.thread;
		this.thread = null;
		this.stopping = true;
		wake();
		if (running != null) {
			try {
				// Not interrupted: an interrupt inside H2 closes the database for all.
				running.join(STOP.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

}

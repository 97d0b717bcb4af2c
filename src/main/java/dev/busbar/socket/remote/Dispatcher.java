package dev.busbar.socket.remote;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import dev.busbar.handler.batch.RemoteHandling;
import dev.busbar.handler.batch.RemoteHandling.Work;
import dev.busbar.handler.remote.LeaseLostException;
import dev.busbar.outbox.remote.RemoteSignal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Gives events to the remote handlers that are connected here, on a thread of its own,
 * which is there while one of them is. It is woken by what this instance stores, and
 * looks by itself for what others have.
 */
public final class Dispatcher implements DisposableBean {

	private static final long POLL_MILLIS = 500;

	private static final long FAILING_MILLIS = 2000;

	/** At most so many leases are given in one transaction. */
	private static final int AT_ONCE = 50;

	private static final Logger logger = LoggerFactory.getLogger(Dispatcher.class);

	private final RemoteHandling handling;

	private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();

	private final Queue<Returned> returned = new ConcurrentLinkedQueue<>();

	private final ScheduledThreadPoolExecutor thread;

	private final AtomicBoolean due = new AtomicBoolean();

	private final AtomicBoolean polling = new AtomicBoolean();

	private final AtomicLong notBefore = new AtomicLong(System.nanoTime());

	private volatile boolean failing;

	/**
	 * Creates a dispatcher that has nobody to give anything.
	 * @param handling gives out events
	 * @param signal tells that there are some
	 */
	public Dispatcher(RemoteHandling handling, RemoteSignal signal) {
		this.handling = handling;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("busbar-remote-");
		threads.setDaemon(true);
		this.thread = new ScheduledThreadPoolExecutor(1, threads);
		this.thread.setKeepAliveTime(10, TimeUnit.SECONDS);
		this.thread.allowCoreThreadTimeOut(true);
		this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		signal.listen(this::wake);
	}

	void add(Registration registration) {
		this.registrations.add(registration);
		wake();
		if (this.polling.compareAndSet(false, true)) {
			poll();
		}
	}

	void remove(Registration registration) {
		this.registrations.remove(registration);
	}

	/**
	 * Gives back what a connection had that is gone: attempts that have failed, unless
	 * the application stops.
	 */
	void giveBack(Registration registration) {
		boolean failed = !registration.stopping();
		for (UUID lease : registration.takeAll()) {
			this.returned.add(new Returned(registration.handler(), lease, failed));
		}
		if (!this.returned.isEmpty()) {
			execute();
		}
	}

	/** Looks for work, soon. */
	void wake() {
		if (!this.registrations.isEmpty()) {
			execute();
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void execute() {
		if (this.due.compareAndSet(false, true)) {
			try {
				long wait = Math.max(0, this.notBefore.get() - System.nanoTime());
				this.thread.schedule(this::runSafely, wait, TimeUnit.NANOSECONDS);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Everything is closed; leases end by themselves", ex);
			}
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void poll() {
		try {
			this.thread.schedule(() -> {
				wake();
				if (this.registrations.isEmpty()) {
					this.polling.set(false);
					// One may have come in between.
					if (!this.registrations.isEmpty() && this.polling.compareAndSet(false, true)) {
						poll();
					}
				}
				else {
					poll();
				}
			}, POLL_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Everything is closed", ex);
		}
	}

	private void runSafely() {
		this.due.set(false);
		try {
			run();
			if (this.failing) {
				this.failing = false;
				logger.info("Remote handlers get events again");
			}
		}
		catch (RuntimeException ex) {
			if (!this.failing) {
				this.failing = true;
				logger.warn("Remote handlers get no events now; it is tried again: {}", ex.toString());
			}
			this.notBefore.set(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAILING_MILLIS));
			execute();
		}
	}

	private void run() {
		for (Returned next = this.returned.peek(); next != null; next = this.returned.peek()) {
			takeBack(next);
			this.returned.remove(next);
		}
		Set<String> handlers = this.registrations.stream().map(Registration::handler).collect(Collectors.toSet());
		for (String handler : handlers) {
			Instant until = this.handling.expire(handler);
			List<Registration> takers = new ArrayList<>(
					this.registrations.stream().filter((each) -> each.handler().equals(handler)).toList());
			takers.forEach((taker) -> taker.ended(until));
			dispatch(handler, takers);
		}
	}

	private void takeBack(Returned one) {
		if (one.failed()) {
			this.handling.lost(one.handler(), one.lease(), "The connection closed before there was an answer.");
			return;
		}
		try {
			this.handling.release(one.handler(), one.lease());
		}
		catch (LeaseLostException ex) {
			logger.debug("The lease {} has ended before", one.lease());
		}
	}

	/** In turns, so that all get some. */
	private void dispatch(String handler, List<Registration> takers) {
		Collections.shuffle(takers);
		for (Registration taker : takers) {
			int free = Math.min(AT_ONCE, taker.free());
			if (free == 0) {
				continue;
			}
			List<Work> claimed = this.handling.claim(handler, free, taker.room());
			claimed.forEach((work) -> give(taker, work));
			if (!taker.open()) {
				// It may have given back what it had before it got these.
				giveBack(taker);
			}
			if (claimed.isEmpty()) {
				return;
			}
			if (claimed.size() == free) {
				// There may be more than these may take at once.
				execute();
			}
		}
	}

	private void give(Registration taker, Work work) {
		if (!taker.give(work)) {
			this.returned.add(new Returned(taker.handler(), work.lease(), false));
			execute();
		}
	}

	@Override
	public void destroy() {
		// Not interrupted: an interrupt inside H2 closes the database for all.
		this.thread.shutdown();
	}

	/**
	 * A lease without a client.
	 *
	 * @param handler the handler's name
	 * @param lease the lease
	 * @param failed whether this was an attempt
	 */
	private record Returned(String handler, UUID lease, boolean failed) {

	}

}

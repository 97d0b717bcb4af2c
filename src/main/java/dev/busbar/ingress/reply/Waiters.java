package dev.busbar.ingress.reply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.Event;
import dev.busbar.ingress.reply.Waiter.Reply;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.outcome.AwaitedEvent;
import dev.busbar.store.outcome.Outcome;
import dev.busbar.store.outcome.Outcomes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * All who wait on this instance. One thread looks for all of them at once: for those
 * whose events this process has handled as soon as that is committed, and for all of them
 * now and then, because of what other instances have handled. While nobody waits there is
 * no thread and no query. Safe for use by several threads.
 */
final class Waiters implements SmartLifecycle, Inbox.Listener {

	/** Before the web server, which waits for requests that are not answered. */
	private static final int PHASE = Integer.MAX_VALUE - 100;

	/** How often it is looked for clients that are gone. */
	private static final long PROBE_NANOS = 1_000_000_000;

	private static final Logger logger = LoggerFactory.getLogger(Waiters.class);

	private final Outcomes outcomes;

	private final long interval;

	private final WaitingList list;

	Waiters(Outcomes outcomes, ReplyProperties properties) {
		this.outcomes = outcomes;
		this.interval = properties.pollInterval().toNanos();
		this.list = new WaitingList(properties.maxWaiting(), () -> {
			Thread thread = new Thread(this::watch, "busbar-wait");
			thread.setDaemon(true);
			thread.start();
		});
	}

	/**
	 * Takes a place, before the event is stored.
	 * @param event the event
	 * @return who waits, to be {@link #begin begun} or {@link #leave left}; null if there
	 * is no place, or the application stops
	 */
	@Nullable Waiter enter(AwaitedEvent event) {
		return this.list.enter(event);
	}

	/**
	 * Begins to wait.
	 * @param waiter who has a place
	 * @param reply hears of the end, perhaps at once
	 * @param nanos for how long
	 */
	void begin(Waiter waiter, Reply reply, long nanos) {
		if (!this.list.begin(waiter, reply, System.nanoTime() + nanos)) {
			reply.end(null, false);
		}
	}

	/** Gives a place back. */
	void leave(Waiter waiter) {
		this.list.leave(waiter);
	}

	/** How many wait now. */
	int count() {
		return this.list.all().size();
	}

	@Override
	public boolean isListening() {
		return !this.list.isEmpty();
	}

	@Override
	public void reached(String group, List<? extends Event<?>> events) {
		this.list.reached(group, events);
	}

	private void watch() {
		long polled = System.nanoTime();
		long probed = polled;
		while (this.list.await(polled + this.interval)) {
			boolean all = System.nanoTime() - polled >= this.interval;
			look(this.list.take(all));
			if (all) {
				polled = System.nanoTime();
			}
			this.list.expired().forEach((waiter) -> end(waiter, null, true));
			if (System.nanoTime() - probed >= PROBE_NANOS) {
				this.list.all().stream().filter(Waiters::isGone).forEach((waiter) -> end(waiter, null, false));
				probed = System.nanoTime();
			}
		}
	}

	private void look(List<Waiter> waiters) {
		if (waiters.isEmpty()) {
			return;
		}
		Map<AwaitedEvent, List<Waiter>> byEvent = new LinkedHashMap<>();
		waiters.forEach((waiter) -> byEvent.computeIfAbsent(waiter.event(), (event) -> new ArrayList<>()).add(waiter));
		try {
			this.outcomes.of(byEvent.keySet())
				.forEach((event, outcome) -> byEvent.getOrDefault(event, List.of())
					.forEach((waiter) -> end(waiter, outcome, true)));
		}
		catch (RuntimeException ex) {
			logger.debug("What became of events is asked again", ex);
		}
	}

	private void end(Waiter waiter, @Nullable Outcome outcome, boolean whole) {
		Reply reply = waiter.reply();
		if (this.list.leave(waiter) && reply != null) {
			reply.end(outcome, whole);
		}
	}

	private static boolean isGone(Waiter waiter) {
		Reply reply = waiter.reply();
		return reply != null && reply.isGone();
	}

	@Override
	public void start() {
		this.list.close(false);
	}

	/** Ends all waiting: the events are stored, and handled elsewhere or later. */
	@Override
	public void stop() {
		this.list.close(true);
		this.list.all().forEach((waiter) -> end(waiter, null, false));
	}

	@Override
	public boolean isRunning() {
		return !this.list.isClosed();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}

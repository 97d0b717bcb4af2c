package dev.busbar.outbox.outgoing;

import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Asks the database where events wait, outside of a transaction. That is done on a thread
 * of its own, so that a database that is away holds nobody up: then it tells what was
 * known last, and what this instance has stored since. While the database is only slow,
 * another instance may have stored anything: then all events wait behind what may be
 * there.
 * <p>
 * Where the broker lives in the same database, whoever publishes has to wait for it
 * anyway, and asks himself, for as long as the pool and the database take. Once that has
 * failed it is asked as above until it answers, so that publishers do not wait twice.
 */
final class BacklogQuestion {

	private static final Logger logger = LoggerFactory.getLogger(BacklogQuestion.class);

	private static final long PATIENCE_MILLIS = 1000;

	/** A database that does not answer for so long is away. */
	private static final Duration SILENCE = Duration.ofSeconds(10);

	private final OutgoingSlots slots;

	private final KnownSlots known;

	private final boolean embedded;

	private final Clock clock;

	private final ExecutorService asking = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "busbar-backlog");
		thread.setDaemon(true);
		return thread;
	});

	private volatile @Nullable Future<Set<Integer>> late;

	private volatile Instant lateSince = Instant.EPOCH;

	private volatile boolean away;

	private volatile boolean failed;

	/**
	 * Creates a question.
	 * @param slots tells where events wait
	 * @param known what is known without the database
	 * @param embedded whether the broker lives in the same database
	 * @param clock tells what is due
	 */
	BacklogQuestion(OutgoingSlots slots, KnownSlots known, boolean embedded, Clock clock) {
		this.slots = slots;
		this.known = known;
		this.embedded = embedded;
		this.clock = clock;
	}

	/** The slots, of those given, in which an event may wait. Fails never. */
	Set<Integer> waiting(Set<Integer> asked) {
		return (this.embedded && !this.failed) ? askedHere(asked) : askedElsewhere(asked);
	}

	/** If it fails, nothing goes on to a broker that is the same database. */
	private Set<Integer> askedHere(Set<Integer> asked) {
		long question = this.known.question();
		try {
			Set<Integer> waiting = ask(asked);
			this.known.answer(question, asked, waiting);
			return waiting;
		}
		catch (RuntimeException ex) {
			this.failed = true;
			logger.debug("The database does not tell what waits to be published", ex);
			return asked;
		}
	}

	private Set<Integer> askedElsewhere(Set<Integer> asked) {
		Future<Set<Integer>> before = this.late;
		if (before != null && !before.isDone()) {
			return unanswered(asked);
		}
		long question = this.known.question();
		Future<Set<Integer>> answer;
		try {
			answer = this.asking.submit(() -> ask(asked));
		}
		catch (RejectedExecutionException ex) {
			// The application stops.
			return this.known.among(asked);
		}
		try {
			Set<Integer> waiting = answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
			this.known.answer(question, asked, waiting);
			return waiting;
		}
		catch (TimeoutException ex) {
			this.lateSince = this.clock.instant();
			this.late = answer;
		}
		catch (ExecutionException ex) {
			logger.debug("The database does not tell what waits to be published", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return unanswered(asked);
	}

	private Set<Integer> ask(Set<Integer> asked) {
		try {
			Set<Integer> waiting = this.slots.waiting(asked, this.clock.instant());
			this.away = false;
			this.failed = false;
			return waiting;
		}
		catch (CannotGetJdbcConnectionException ex) {
			// Without a cause of its own, the pool has only no connection free.
			this.away = !(ex.getCause() instanceof SQLTransientConnectionException busy && busy.getCause() == null);
			throw ex;
		}
	}

	private Set<Integer> unanswered(Set<Integer> asked) {
		Future<Set<Integer>> pending = this.late;
		boolean silent = pending != null && !pending.isDone()
				&& this.clock.instant().isAfter(this.lateSince.plus(SILENCE));
		return (this.away || silent) ? this.known.among(asked) : asked;
	}

	/** No interrupt, which inside H2 closes the database for all. */
	void close() {
		this.asking.shutdown();
	}

}

package dev.busbar.outbox.outgoing;

import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import dev.busbar.bus.Backlog.Answer;
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

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/** A database that does not answer for so long is away. */
	private static final Duration SILENCE = Duration.ofSeconds(10);

	private static final Duration LONGEST_REST = Duration.ofMillis(5);

	private final OutgoingSlots slots;

	private final KnownSlots known;

	private final boolean embedded;

	private final Clock clock;

	private final ExecutorService asking = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "busbar-backlog");
		thread.setDaemon(true);
		return thread;
	});

	private final Queue<Question> questions = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private volatile @Nullable Future<?> late;

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
		return (this.embedded && !this.failed) ? askedHere(asked) : waited(asked);
	}

	/** If it fails, nothing goes on to a broker that is the same database. */
	private Set<Integer> askedHere(Set<Integer> asked) {
		long question = this.known.question();
		try {
			Set<Integer> waiting = askNow(asked);
			this.known.answer(question, asked, waiting);
			return waiting;
		}
		catch (RuntimeException ex) {
			this.failed = true;
			logger.debug("The database does not tell what waits to be published", ex);
			return asked;
		}
	}

	private Set<Integer> waited(Set<Integer> asked) {
		Set<Integer> waiting = askElsewhere(asked).waiting();
		return (waiting != null) ? waiting : unanswered(asked);
	}

	/**
	 * Asks without waiting, together with whoever asks before the database is asked.
	 * Fails never.
	 * @return null if whoever publishes asks himself
	 */
	@Nullable Answer ask(Set<Integer> asked) {
		return (this.embedded && !this.failed) ? null : askElsewhere(asked);
	}

	private Question askElsewhere(Set<Integer> asked) {
		Question question = new Question(asked, this.known.question(), this.clock.instant());
		if (isLate()) {
			question.answer.complete(null);
			return question;
		}
		this.questions.add(question);
		if (this.scheduled.compareAndSet(false, true)) {
			try {
				this.asking.execute(this::askAll);
			}
			catch (RejectedExecutionException ex) {
				// The application stops.
				this.scheduled.set(false);
				take().forEach((left) -> left.answer.complete(this.known.among(left.asked)));
			}
			catch (Throwable ex) {
				// Nor may an Error, such as that there is no thread, leave anybody
				// waiting.
				logger.warn("What waits to be published cannot be asked for now: {}", ex.toString());
				this.scheduled.set(false);
				take().forEach((left) -> left.answer.complete(null));
			}
		}
		return question;
	}

	/** Asks all that gathered while the database was asked before. */
	private void askAll() {
		// First, so that whoever comes now is either found below or schedules anew.
		this.scheduled.set(false);
		List<Question> together = take();
		if (together.isEmpty()) {
			return;
		}
		long start = System.nanoTime();
		try {
			Set<Integer> slots = together.stream()
				.flatMap((question) -> question.asked.stream())
				.collect(Collectors.toSet());
			Set<Integer> waiting = askNow(slots);
			together.forEach((question) -> question.answered(waiting));
		}
		catch (Throwable ex) {
			logger.debug("The database does not tell what waits to be published", ex);
			together.forEach((question) -> question.answer.complete(null));
		}
		if (together.size() > 1) {
			rest(System.nanoTime() - start);
		}
	}

	/**
	 * Rests for as long as the database was busy, so that more gather for the next
	 * question, once they come faster than it answers.
	 */
	private static void rest(long nanos) {
		LockSupport.parkNanos(Math.min(nanos, LONGEST_REST.toNanos()));
	}

	private List<Question> take() {
		List<Question> taken = new ArrayList<>();
		for (Question next = this.questions.poll(); next != null; next = this.questions.poll()) {
			taken.add(next);
		}
		return taken;
	}

	private boolean isLate() {
		Future<?> before = this.late;
		return before != null && !before.isDone();
	}

	private Set<Integer> askNow(Set<Integer> asked) {
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
		boolean silent = isLate() && this.clock.instant().isAfter(this.lateSince.plus(SILENCE));
		return (this.away || silent) ? this.known.among(asked) : asked;
	}

	/** No interrupt, which inside H2 closes the database for all. */
	void close() {
		this.asking.shutdown();
	}

	/**
	 * A question that another thread asks.
	 */
	private final class Question implements Answer {

		private final Set<Integer> asked;

		private final long number;

		/** Null if there is none. */
		private final CompletableFuture<@Nullable Set<Integer>> answer = new CompletableFuture<>();

		private final Instant since;

		private final long start = System.nanoTime();

		private Question(Set<Integer> asked, long number, Instant since) {
			this.asked = asked;
			this.number = number;
			this.since = since;
		}

		@Override
		public boolean isReady() {
			return this.answer.isDone();
		}

		private void answered(Set<Integer> slots) {
			Set<Integer> waiting = new HashSet<>(slots);
			waiting.retainAll(this.asked);
			BacklogQuestion.this.known.answer(this.number, this.asked, waiting);
			this.answer.complete(waiting);
		}

		@Override
		public @Nullable Set<Integer> waiting() {
			// Behind one that is late already, nobody waits once more.
			if (!this.answer.isDone() && isLate()) {
				return unanswered(this.asked);
			}
			try {
				return this.answer.get(PATIENCE.toNanos() - (System.nanoTime() - this.start), TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException ex) {
				BacklogQuestion.this.lateSince = this.since;
				BacklogQuestion.this.late = this.answer;
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return unanswered(this.asked);
		}

	}

}

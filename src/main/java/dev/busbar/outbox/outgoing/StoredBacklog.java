package dev.busbar.outbox.outgoing;

import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.Event;
import dev.busbar.outbox.OutboxFullException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The backlog in {@code busbar_outgoing}. It is asked on a thread of its own, so that a
 * database that is away holds nobody up: then it tells what it knew last, and what this
 * instance has stored since. While the database is only slow, another instance may have
 * stored anything: then all events wait behind what may be there. Where the broker lives
 * in the same database, whoever publishes has to wait for it anyway, and asks it himself.
 */
public final class StoredBacklog implements Backlog, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(StoredBacklog.class);

	private static final long PATIENCE_MILLIS = 1000;

	/** A database that does not answer for so long is away. */
	private static final Duration SILENCE = Duration.ofSeconds(10);

	private final DataSource dataSource;

	private final OutgoingRows rows;

	private final OutgoingSlots slots;

	private final OutboxSize size;

	private final TransactionOperations transaction;

	private final RelaySignal signal;

	private final Settings settings;

	private final Clock clock;

	private final KnownSlots known = new KnownSlots();

	private final ExecutorService asking = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "busbar-backlog");
		thread.setDaemon(true);
		return thread;
	});

	private volatile @Nullable Future<Set<Integer>> late;

	private volatile Instant lateSince = Instant.EPOCH;

	private volatile boolean away;

	/**
	 * Creates a backlog.
	 * @param dataSource the application's database
	 * @param rows stores events
	 * @param slots tells where events wait
	 * @param size bounds the backlog
	 * @param transaction the application's transactions
	 * @param signal wakes the relay
	 * @param settings of the application
	 * @param clock tells what is due
	 */
	public StoredBacklog(DataSource dataSource, OutgoingRows rows, OutgoingSlots slots, OutboxSize size,
			TransactionOperations transaction, RelaySignal signal, Settings settings, Clock clock) {
		this.dataSource = dataSource;
		this.rows = rows;
		this.slots = slots;
		this.size = size;
		this.transaction = transaction;
		this.signal = signal;
		this.settings = settings;
		this.clock = clock;
	}

	@Override
	public Set<Integer> waiting(Set<Integer> asked) {
		if (inTransaction()) {
			return this.slots.waiting(asked, this.clock.instant());
		}
		return this.settings.embedded() ? askedHere(asked) : askedElsewhere(asked);
	}

	private Set<Integer> askedHere(Set<Integer> asked) {
		long question = this.known.question();
		try {
			Set<Integer> waiting = ask(asked);
			this.known.answer(question, asked, waiting);
			return waiting;
		}
		catch (DataAccessException ex) {
			logger.debug("The database does not tell what waits to be published", ex);
			return unanswered(asked);
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

	@Override
	public void append(List<Event<byte @Nullable []>> events) {
		append(events, null);
	}

	/** As {@link #append(List)}, for a later time unless it is null. */
	void append(List<Event<byte @Nullable []>> events, @Nullable Instant due) {
		if (events.isEmpty()) {
			return;
		}
		if (inTransaction()) {
			this.rows.add(this.settings.application(), events, due);
			if (due == null && TransactionSynchronizationManager.isSynchronizationActive()) {
				this.known.storedAfterCommit(events);
			}
			this.signal.wakeAfterCommit();
			return;
		}
		try {
			String refusal = this.size.refusal(events.size());
			if (refusal != null) {
				throw new OutboxFullException(refusal);
			}
			this.transaction.executeWithoutResult((status) -> this.rows.add(this.settings.application(), events, due));
		}
		catch (DataAccessException | TransactionException ex) {
			throw new BrokerUnavailableException("The events could not be stored in the database", ex);
		}
		this.size.added(events.size());
		if (due == null) {
			this.known.stored(events);
			this.signal.wake();
		}
	}

	@Override
	public @Nullable String refusal() {
		if (!this.settings.stores()) {
			return "Events are refused while the broker is away (busbar.ingress.when-broker-away)";
		}
		try {
			return this.size.refusal(1);
		}
		catch (DataAccessException ex) {
			return "The database is away";
		}
	}

	/** Whether a transaction of the application's database is running. */
	boolean inTransaction() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.hasResource(this.dataSource);
	}

	@Override
	public void destroy() {
		// No interrupt, which inside H2 closes the database for all.
		this.asking.shutdown();
	}

	/**
	 * Whose backlog it is.
	 *
	 * @param application the consumer group
	 * @param stores whether events that come in are stored while the broker is away
	 * @param embedded whether the broker lives in the same database
	 */
	public record Settings(String application, boolean stores, boolean embedded) {

	}

}

package dev.busbar.outbox.outgoing;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.event.Event;
import dev.busbar.outbox.OutboxFullException;
import dev.busbar.outbox.RelaySignal;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The backlog in {@code busbar_outgoing}.
 *
 * @see BacklogQuestion
 */
public final class StoredBacklog implements Backlog, DisposableBean {

	private final DataSource dataSource;

	private final OutgoingRows rows;

	private final OutgoingSlots slots;

	private final OutboxSize size;

	private final TransactionOperations transaction;

	private final RelaySignal signal;

	private final Settings settings;

	private final Clock clock;

	private final KnownSlots known = new KnownSlots();

	private final BacklogQuestion question;

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
		this.question = new BacklogQuestion(slots, this.known, settings.embedded(), clock);
	}

	@Override
	public Set<Integer> waiting(Set<Integer> asked) {
		return inTransaction() ? this.slots.waiting(asked, this.clock.instant()) : this.question.waiting(asked);
	}

	@Override
	public @Nullable Answer ask(Set<Integer> asked) {
		return this.question.ask(asked);
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
		this.question.close();
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

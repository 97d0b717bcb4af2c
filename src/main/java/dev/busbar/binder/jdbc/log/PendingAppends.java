package dev.busbar.binder.jdbc.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The records that one transaction will append.
 */
final class PendingAppends implements TransactionSynchronization {

	private final LogAppender appender;

	private final List<Append> appends = new ArrayList<>();

	private final Map<Integer, Long> heads = new HashMap<>();

	private final IdentityHashMap<Object, Integer> savepoints = new IdentityHashMap<>();

	private boolean writing;

	PendingAppends(LogAppender appender) {
		this.appender = appender;
	}

	/**
	 * The commit has begun. What is collected is written, and what is still to come is
	 * written at once; a failure is the caller's, and keeps the transaction from its
	 * commit.
	 */
	void commits() {
		this.writing = true;
		write();
	}

	void add(int partitionId, byte[] headers, byte[] payload) {
		this.appends.add(new Append(partitionId, headers, payload));
		if (this.writing) {
			write();
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		commits();
	}

	@Override
	public void afterCommit() {
		if (!this.appends.isEmpty()) {
			throw new IllegalStateException(this.appends.size() + " messages were published while their transaction "
					+ "was already in its beforeCommit callbacks, and are not stored, since its transaction manager "
					+ "tells nobody of its commits. Make it a ConfigurableTransactionManager that is a bean, publish "
					+ "before the commit begins, or in a new transaction.");
		}
		if (!this.heads.isEmpty()) {
			this.appender.committed(this.heads);
		}
	}

	@Override
	public void afterCompletion(int status) {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.appender);
	}

	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResource(this.appender);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(this.appender, this);
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.put(savepoint, this.appends.size());
	}

	@Override
	public void savepointRollback(Object savepoint) {
		int size = this.savepoints.getOrDefault(savepoint, 0);
		this.appends.subList(size, this.appends.size()).clear();
	}

	private void write() {
		if (this.appends.isEmpty()) {
			return;
		}
		this.heads.putAll(this.appender.dialect().append(this.appender.jdbc(), this.appends));
		this.appends.clear();
	}

}

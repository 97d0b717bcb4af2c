package dev.busbar.binder.jdbc.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
		TreeMap<Integer, Integer> counts = new TreeMap<>();
		this.appends.forEach((append) -> counts.merge(append.partitionId(), 1, Integer::sum));
		Map<Integer, Long> advanced = this.appender.dialect().advance(this.appender.jdbc(), counts);
		Map<Integer, Long> next = new HashMap<>();
		advanced.forEach((id, head) -> next.put(id, LogKeys.key(id, head - counts.getOrDefault(id, 0))));
		long[] ids = new long[this.appends.size()];
		List<byte[]> headers = new ArrayList<>(ids.length);
		List<byte[]> payloads = new ArrayList<>(ids.length);
		for (int i = 0; i < ids.length; i++) {
			Append append = this.appends.get(i);
			Long id = next.get(append.partitionId());
			if (id == null) {
				throw new IllegalStateException("There is no partition with id " + append.partitionId());
			}
			ids[i] = id;
			next.put(append.partitionId(), id + 1);
			headers.add(append.headers());
			payloads.add(append.payload());
		}
		this.appender.dialect().insert(this.appender.jdbc(), ids, headers, payloads);
		this.heads.putAll(advanced);
		this.appends.clear();
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Append(int partitionId, byte[] headers, byte[] payload) {
	}

}

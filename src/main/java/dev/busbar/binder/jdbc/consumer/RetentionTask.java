package dev.busbar.binder.jdbc.consumer;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.busbar.binder.jdbc.log.LogLeases;
import dev.busbar.binder.jdbc.log.LogRetention;
import dev.busbar.binder.jdbc.properties.JdbcBinderProperties;

/**
 * Deletes what is old, from the first binding of any kind on: of the instances that
 * consume one does it, and where none does, each that publishes.
 */
final class RetentionTask {

	private final LogLeases leases;

	private final LogRetention retention;

	private final JdbcBinderProperties properties;

	private final RepeatedTask task;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	RetentionTask(LogLeases leases, LogRetention retention, JdbcBinderProperties properties,
			ScheduledExecutorService executor) {
		this.leases = leases;
		this.retention = retention;
		this.properties = properties;
		this.task = new RepeatedTask("retention", properties.retentionInterval(), executor, this::run);
	}

	/** Runs it from now on; nothing happens the second time. */
	void schedule() {
		if (this.scheduled.compareAndSet(false, true)) {
			this.task.schedule();
		}
	}

	private void run() {
		if (this.leases.isFirst()) {
			this.retention.bury(this.properties.leaseTime().multipliedBy(10));
			this.retention.purge(this.properties.retention());
			this.retention.alarm(this.properties.lagAlarm());
		}
	}

}

package dev.busbar.binder.jdbc.log;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LogSyncTests {

	private final CountDownLatch entered = new CountDownLatch(1);

	private final CountDownLatch released = new CountDownLatch(1);

	private final AtomicInteger syncs = new AtomicInteger();

	private final LogSync sync = new LogSync(new JdbcTemplate() {

		@Override
		public <T> @Nullable T execute(ConnectionCallback<T> action) {
			LogSyncTests.this.entered.countDown();
			try {
				LogSyncTests.this.released.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			LogSyncTests.this.syncs.incrementAndGet();
			return null;
		}

	}, LogDialect.H2);

	@Test
	void publishersThatCommitWhileASyncRunsShareTheNextOne() throws Exception {
		Thread first = start();
		this.entered.await();
		List<Thread> others = Stream.generate(this::start).limit(10).toList();
		await().until(() -> others.stream().allMatch((other) -> other.getState() == Thread.State.BLOCKED));
		this.released.countDown();
		first.join();
		for (Thread other : others) {
			other.join();
		}
		assertThat(this.syncs).hasValue(2);
	}

	@Test
	void aPublisherThatCommitsAfterASyncGetsOneOfItsOwn() {
		this.released.countDown();
		this.sync.sync();
		this.sync.sync();
		assertThat(this.syncs).hasValue(2);
	}

	private Thread start() {
		Thread thread = new Thread(this.sync::sync);
		thread.start();
		return thread;
	}

}

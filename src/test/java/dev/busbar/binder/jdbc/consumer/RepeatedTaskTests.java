package dev.busbar.binder.jdbc.consumer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatedTaskTests {

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	@Test
	void anErrorDoesNotEndIt() throws Exception {
		CountDownLatch runs = new CountDownLatch(3);
		new RepeatedTask("test", Duration.ofMillis(1), this.executor, () -> {
			runs.countDown();
			throw new NoClassDefFoundError("test");
		}).schedule();
		assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
	}

}

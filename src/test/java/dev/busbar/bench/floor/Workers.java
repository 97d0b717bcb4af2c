package dev.busbar.bench.floor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread per partition. Whatever fails ends the process; a signal lets each finish its
 * batch.
 */
final class Workers {

	private static final List<Thread> THREADS = new CopyOnWriteArrayList<>();

	private static volatile boolean stopped;

	private Workers() {
	}

	static boolean running() {
		return !stopped;
	}

	/** Lets those look that have nothing to do. */
	static void wake() {
		THREADS.forEach(LockSupport::unpark);
	}

	static void start(int count, Worker worker) {
		CountDownLatch ended = new CountDownLatch(count);
		for (int i = 0; i < count; i++) {
			int partition = i;
			Thread thread = new Thread(() -> {
				try {
					worker.run(partition);
				}
				catch (Exception ex) {
					ex.printStackTrace();
					Runtime.getRuntime().halt(1);
				}
				ended.countDown();
			}, "partition-" + i);
			THREADS.add(thread);
			thread.start();
		}
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			stopped = true;
			try {
				ended.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));
	}

	/** Works on one partition while {@link #running()}. */
	@FunctionalInterface
	interface Worker {

		/** Does all the work. */
		void run(int partition) throws Exception;

	}

}

package dev.busbar.bus.inbound;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * How many transactions run at a time, and what becomes of those that wait.
 */
@Timeout(60)
class TransactionTurnsTests {

	private final Patience patience = new Patience();

	private final TransactionTurns turns = new TransactionTurns(TransactionOperations.withoutTransaction(), 4,
			this.patience);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Integer> begun = new CopyOnWriteArrayList<>();

	private final List<CountDownLatch> gates = new ArrayList<>();

	private final List<CompletableFuture<Void>> ends = new ArrayList<>();

	private final List<Thread> waiting = new CopyOnWriteArrayList<>();

	@AfterEach
	void stop() {
		this.gates.forEach(CountDownLatch::countDown);
		this.threads.shutdownNow();
	}

	@Test
	void twoConnectionsAreLeftAndTheOthersHaveTheirTurnInOrder() {
		start(2);
		Awaitility.await().until(() -> this.begun.size() == 2);
		startWaiting(3);
		end(1);
		Awaitility.await().until(() -> this.begun.size() == 3);
		end(0);
		Awaitility.await().until(() -> this.begun.size() == 4);
		assertThat(this.begun).endsWith(2, 3);
		end(2);
		end(3);
		end(4);
		CompletableFuture.allOf(this.ends.toArray(CompletableFuture[]::new)).join();
	}

	@Test
	void whoWaitsWhenHandlingStopsDoesNotRunAndWhoRunsEnds() {
		start(2);
		Awaitility.await().until(() -> this.begun.size() == 2);
		startWaiting(1);
		this.patience.stop();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(this.ends.get(2)::join)
			.withCauseInstanceOf(HandlingStoppedException.class);
		end(0);
		end(1);
		this.ends.get(1).join();
		assertThat(this.begun).containsExactlyInAnyOrder(0, 1);
		this.patience.resume();
		start(2);
		Awaitility.await().until(() -> this.begun.size() == 4);
	}

	@Test
	void whoIsInterruptedWhileItWaitsLeavesTheLine() {
		start(2);
		Awaitility.await().until(() -> this.begun.size() == 2);
		startWaiting(2);
		this.waiting.get(2).interrupt();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(this.ends.get(2)::join)
			.withCauseInstanceOf(HandlingStoppedException.class);
		end(0);
		Awaitility.await().until(() -> this.begun.size() == 3);
		assertThat(this.begun).endsWith(3);
	}

	@Test
	void aTransactionThatFailsGivesItsTurnBack() {
		TransactionTurns one = new TransactionTurns(TransactionOperations.withoutTransaction(), 1, this.patience);
		assertThatIllegalStateException().isThrownBy(() -> one.executeWithoutResult((status) -> {
			throw new IllegalStateException();
		}));
		assertThat(one.<Integer>execute((status) -> 1)).isOne();
	}

	/** One after the other, each behind those that wait already. */
	private void startWaiting(int count) {
		for (int i = 0; i < count; i++) {
			int before = this.waiting.size();
			start(1);
			Awaitility.await().until(() -> this.waiting.size() == before + 1);
			Thread last = this.waiting.get(before);
			Awaitility.await().until(() -> last.getState() == Thread.State.TIMED_WAITING);
		}
	}

	private void start(int count) {
		for (int i = 0; i < count; i++) {
			int number = this.gates.size();
			CountDownLatch gate = new CountDownLatch(1);
			this.gates.add(gate);
			this.ends.add(CompletableFuture.runAsync(() -> {
				this.waiting.add(Thread.currentThread());
				this.turns.executeWithoutResult((status) -> run(number, gate));
			}, this.threads));
		}
	}

	private void run(int number, CountDownLatch gate) {
		this.begun.add(number);
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void end(int number) {
		this.gates.get(number).countDown();
	}

}

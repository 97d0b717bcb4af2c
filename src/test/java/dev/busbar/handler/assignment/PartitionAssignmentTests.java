package dev.busbar.handler.assignment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

import dev.busbar.store.TestDatabase;
import dev.busbar.store.partition.PartitionLeases;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.cloud.stream.binder.Binding;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartitionAssignmentTests {

	private final TestDatabase database = TestDatabase.h2().withTables();

	private final List<Instance> instances = new ArrayList<>();

	@AfterEach
	void stop() {
		this.instances.forEach((it) -> it.assignment.stop());
		this.instances.forEach((it) -> it.assignment.quit());
		this.instances.clear();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anInstanceAloneConsumesEverything() {
		Instance one = start("alone");
		await(() -> assertThat(one.running()).containsExactly(0, 1, 2, 3));
	}

	@Test
	void anAddedInstanceGetsItsShare() {
		Instance one = start("added");
		await(() -> assertThat(one.running()).hasSize(4));
		Instance two = start("added");
		await(() -> {
			assertThat(one.running()).hasSize(2);
			assertThat(two.running()).hasSize(2).doesNotContainAnyElementsOf(one.running());
		});
	}

	@Test
	void theOthersTakeOverWhatADeadInstanceHeld() {
		Instance one = start("dead");
		Instance two = start("dead");
		await(() -> assertThat(two.running()).hasSize(2));
		one.assignment.stop();
		await(() -> assertThat(two.running()).hasSize(4));
	}

	@Test
	void whatAPersonStopsGoesToTheOthersAndComesBackWhenItIsStarted() {
		Instance one = start("stopped");
		Instance two = start("stopped");
		await(() -> assertThat(one.running()).hasSize(2));
		one.bindings.forEach(Binding::stop);
		assertThat(one.running()).isEmpty();
		assertThat(one.bindings).noneMatch(Binding::isRunning);
		await(() -> assertThat(two.running()).hasSize(4));
		assertThat(one.running()).isEmpty();
		one.bindings.forEach(Binding::start);
		assertThat(one.bindings).allMatch(Binding::isRunning);
		await(() -> {
			assertThat(one.running()).hasSize(2);
			assertThat(two.running()).hasSize(2);
		});
	}

	private Instance start(String application) {
		Instance instance = new Instance(
				new PartitionLeases(this.database.dataSource(), this.database.transactions(), application));
		this.instances.add(instance);
		instance.assignment.start();
		return instance;
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(assertion);
	}

	private static final class Instance {

		final PartitionAssignment assignment;

		final List<Consumer> consumers = IntStream.range(0, 4).mapToObj((it) -> new Consumer()).toList();

		final Collection<Binding<Object>> bindings;

		Instance(PartitionLeases leases) {
			this.assignment = new PartitionAssignment(leases, true, Duration.ofMillis(50), Duration.ofMillis(1000));
			this.bindings = this.assignment.divide("orders", List.copyOf(this.consumers), true);
		}

		/** The partitions that it consumes. */
		List<Integer> running() {
			return IntStream.range(0, 4).filter((it) -> this.consumers.get(it).isRunning()).boxed().toList();
		}

	}

	private static final class Consumer implements Binding<Object> {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public void unbind() {
			stop();
		}

	}

}

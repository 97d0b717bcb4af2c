package dev.busbar.store.partition;

import java.time.Duration;
import java.util.Set;

import dev.busbar.store.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What leases of partitions promise, on every database. Each test has an application of
 * its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PartitionLeasesContract {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Set<String> ORDERS = Set.of("orders");

	private static final Partition PARTITION = new Partition("orders", 1);

	private final TestDatabase database;

	PartitionLeasesContract(TestDatabase database) {
		this.database = database.withTables();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void instancesSeeEachOther() {
		PartitionLeases one = leases("meet");
		PartitionLeases two = leases("meet");
		one.beat(ORDERS, ORDERS, LONG);
		leases("another").beat(ORDERS, ORDERS, LONG);
		PartitionView view = two.beat(ORDERS, ORDERS, LONG);
		assertThat(view.members().get("orders")).containsExactlyInAnyOrder(one.instance(), two.instance()).isSorted();
		assertThat(one.beat(ORDERS, ORDERS, LONG).members()).isEqualTo(view.members());
	}

	@Test
	void whoStopsToConsumeAStreamIsNoMemberOfIt() {
		PartitionLeases one = leases("stop");
		PartitionLeases two = leases("stop");
		one.beat(ORDERS, ORDERS, LONG);
		two.beat(ORDERS, ORDERS, LONG);
		one.beat(ORDERS, Set.of(), LONG);
		assertThat(two.beat(ORDERS, ORDERS, LONG).members().get("orders")).containsExactly(two.instance());
	}

	@Test
	void oneOfTwoTakesAFreePartition() {
		PartitionLeases one = leases("take");
		PartitionLeases two = leases("take");
		one.beat(ORDERS, ORDERS, LONG);
		two.beat(ORDERS, ORDERS, LONG);
		assertThat(one.take(PARTITION, null)).isTrue();
		assertThat(two.take(PARTITION, null)).isFalse();
		PartitionView.Holding holding = two.beat(ORDERS, ORDERS, LONG).holdings().get(PARTITION);
		assertThat(holding).isEqualTo(new PartitionView.Holding(one.instance(), 1, true));
		one.release(PARTITION);
		PartitionView.Holding free = two.beat(ORDERS, ORDERS, LONG).holdings().get(PARTITION);
		assertThat(free.live()).isFalse();
		assertThat(two.take(PARTITION, free)).isTrue();
		assertThat(one.take(PARTITION, free)).isFalse();
		one.release(PARTITION);
		assertThat(one.beat(ORDERS, ORDERS, LONG).holdings().get(PARTITION).owner()).isEqualTo(two.instance());
	}

	@Test
	void whatAnInstanceHeldThatDiedIsFree() {
		PartitionLeases dying = leases("die");
		PartitionLeases other = leases("die");
		dying.beat(ORDERS, ORDERS, Duration.ofMillis(1));
		dying.take(PARTITION, null);
		Awaitility.await().untilAsserted(() -> {
			PartitionView view = other.beat(ORDERS, ORDERS, LONG);
			assertThat(view.members().get("orders")).containsExactly(other.instance());
			assertThat(view.holdings().get(PARTITION).live()).isFalse();
		});
		assertThat(dying.beat(ORDERS, ORDERS, LONG).holdings().get(PARTITION).live()).isTrue();
	}

	@Test
	void whoQuitsLeavesNothingBehind() {
		PartitionLeases one = leases("quit");
		PartitionLeases two = leases("quit");
		one.beat(ORDERS, ORDERS, LONG);
		one.take(PARTITION, null);
		one.quit();
		PartitionView view = two.beat(ORDERS, ORDERS, LONG);
		assertThat(view.members().get("orders")).containsExactly(two.instance());
		assertThat(view.holdings().get(PARTITION).live()).isFalse();
	}

	@Test
	void namesOfAnyLengthFit() {
		String longName = "n".repeat(300);
		PartitionLeases leases = leases(longName);
		Set<String> streams = Set.of(longName, longName + "2", "a:b", "50%_");
		leases.beat(streams, streams, LONG);
		for (String stream : streams) {
			assertThat(leases.take(new Partition(stream, 99), null)).isTrue();
		}
		assertThat(leases.beat(streams, streams, LONG).holdings()).hasSize(4)
			.allSatisfy((it, holding) -> assertThat(holding.live()).isTrue());
	}

	private PartitionLeases leases(String application) {
		return new PartitionLeases(this.database.dataSource(), this.database.transactions(), application);
	}

}

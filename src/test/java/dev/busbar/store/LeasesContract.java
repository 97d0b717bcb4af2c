package dev.busbar.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What leases promise, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LeasesContract {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final TestDatabase database;

	private final String name = UUID.randomUUID().toString();

	LeasesContract(TestDatabase database) {
		this.database = database.withTables();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void oneInstanceHoldsALeaseAndMayRenewIt() {
		Leases one = leases();
		assertThat(one.acquire("held", LONG)).isTrue();
		assertThat(leases().acquire("held", LONG)).isFalse();
		assertThat(one.acquire("held", LONG)).isTrue();
		assertThat(epoch("held")).isOne();
	}

	@Test
	void aReleasedLeaseIsFreeForAnother() {
		Leases one = leases();
		Leases two = leases();
		one.acquire("released", LONG);
		two.release("released");
		assertThat(two.acquire("released", LONG)).isFalse();
		one.release("released");
		assertThat(two.acquire("released", LONG)).isTrue();
		assertThat(one.acquire("released", LONG)).isFalse();
	}

	@Test
	void aLeaseThatIsNotRenewedEnds() {
		Leases two = leases();
		Leases one = leases();
		one.acquire("ending", LONG);
		assertThat(two.acquire("ending", LONG)).isFalse();
		one.acquire("ending", Duration.ofMillis(300));
		Awaitility.await().until(() -> two.acquire("ending", LONG));
		assertThat(epoch("ending")).isEqualTo(2);
	}

	@Test
	void oneOfManyThatAskAtOnceGetsIt() {
		List<Leases> instances = IntStream.range(0, 4).mapToObj((number) -> leases()).toList();
		assertThat(instances.parallelStream().filter((leases) -> leases.acquire(this.name, LONG)).count()).isOne();
	}

	private Leases leases() {
		return new JdbcLeases(this.database.dataSource(), this.database.transactions());
	}

	private @Nullable Long epoch(String lease) {
		return this.database.jdbc().queryForObject("select epoch from busbar_lease where name = ?", Long.class, lease);
	}

}

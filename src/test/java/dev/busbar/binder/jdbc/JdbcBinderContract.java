package dev.busbar.binder.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.busbar.binder.jdbc.consumer.StaleLeaseException;
import dev.busbar.binder.jdbc.log.LogRetention;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What the embedded broker promises, on each database.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class JdbcBinderContract {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final String orders = "orders-" + UUID.randomUUID();

	private LogApplication application;

	/**
	 * The database of this test.
	 * @return its URL
	 */
	abstract String url();

	@BeforeEach
	void start() {
		this.application = start(Map.of());
		this.application.binder();
		this.application.jdbc().execute("CREATE TABLE IF NOT EXISTS stock (id varchar(100) NOT NULL)");
		this.application.jdbc().execute("DELETE FROM stock");
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	private LogApplication start(Map<String, String> properties, Class<?>... beans) {
		return new LogApplication(url(), properties, beans);
	}

	private static List<String> numbered(String prefix, int count) {
		return IntStream.range(0, count).mapToObj((i) -> prefix + i).toList();
	}

	@Test
	void aPartitionIsReadInTheOrderOfItsOffsets() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 2);
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		for (int i = 0; i < 300; i++) {
			publisher.publish(0, "a" + i);
			publisher.publish(1, "b" + i);
		}
		await().atMost(LONG).until(() -> received.items().size() >= 600);
		assertThat(received.payloads(0)).isEqualTo(numbered("a", 300));
		assertThat(received.payloads(1)).isEqualTo(numbered("b", 300));
		assertThat(received.items().stream().filter((item) -> item.partition() == 1).map(Received.Item::offset))
			.containsExactlyElementsOf(IntStream.range(0, 300).mapToObj((i) -> (long) i).toList());
	}

	@Test
	void aBatchComesFromOnePartition() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 3, "g");
		for (int i = 0; i < 30; i++) {
			publisher.publish(i % 3, "e" + i);
		}
		List<Long> partitionsPerBatch = new java.util.concurrent.CopyOnWriteArrayList<>();
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", (message) -> {
			partitionsPerBatch.add(Received.items(message).stream().map(Received.Item::partition).distinct().count());
			received.handleMessage(message);
		});
		await().atMost(LONG).until(() -> received.items().size() == 30);
		assertThat(partitionsPerBatch).containsOnly(1L).hasSizeLessThan(30);
	}

	@Test
	void aReadIsBoundedInBytesAndARecordThatIsLargerComesAlone() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		List<String> payloads = new java.util.ArrayList<>(numbered("small", 20));
		for (int size : List.of(4_200, 3_000, 3_000, 9_000, 10_000, 50_000, 10)) {
			payloads.add("x".repeat(size));
		}
		payloads.addAll(numbered("more", 20));
		publisher.publishAll(0, payloads);
		List<List<String>> batches = new java.util.concurrent.CopyOnWriteArrayList<>();
		this.application.consume(this.orders, "g", (properties) -> {
			properties.setBatchMode(true);
			properties.getExtension().setBatchSize(30);
			properties.getExtension().setBatchBytes(DataSize.ofBytes(10_240));
		}, (message) -> batches.add(Received.items(message).stream().map(Received.Item::payload).toList()));
		await().atMost(LONG).until(() -> position("g") == 47);
		assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(payloads);
		// After a large one few are looked at, so as not to read many in vain.
		assertThat(batches).extracting(List::size).containsExactly(22, 1, 1, 1, 1, 2, 8, 11);
	}

	@Test
	void eachGroupSeesEveryRecordAndANewOneStartsAtTheEarliest() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		publisher.publishAll(0, numbered("e", 10));
		Received one = new Received();
		Received two = new Received();
		this.application.consumeBatches(this.orders, "one", one);
		this.application.consume(this.orders, "two", two);
		await().atMost(LONG).until(() -> one.items().size() >= 10 && two.items().size() >= 10);
		assertThat(one.payloads()).isEqualTo(numbered("e", 10));
		assertThat(two.payloads()).isEqualTo(numbered("e", 10));
	}

	@Test
	void anAnonymousGroupStartsAtTheEndAndGoesWithItsConsumer() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		publisher.publish(0, "before");
		Received received = new Received();
		Binding<MessageChannel> binding = this.application.consume(this.orders, null, received);
		publisher.publish(0, "after");
		await().atMost(LONG).until(() -> !received.items().isEmpty());
		assertThat(received.payloads()).containsExactly("after");
		assertThat(groups()).isEqualTo(1);
		binding.unbind();
		assertThat(groups()).isZero();
	}

	@Test
	void anAnonymousGroupOfADeadInstanceIsRemoved() {
		this.application.publisher(this.orders, 1);
		this.application.jdbc()
			.update("INSERT INTO busbar_log_group (destination, name, durable) VALUES (?, 'anonymous.x', false)",
					this.orders);
		this.application.jdbc()
			.update("INSERT INTO busbar_log_member (id, group_id, instance_id) SELECT ?, id, ? FROM busbar_log_group"
					+ " WHERE destination = ?", this.orders, this.orders, this.orders);
		this.application.jdbc().update("INSERT INTO busbar_log_instance (id, expires_at) VALUES (?, 0)", this.orders);
		new LogRetention(this.application.jdbc()).bury(Duration.ofSeconds(1));
		assertThat(groups()).isZero();
	}

	private int groups() {
		return count("SELECT count(*) FROM busbar_log_group WHERE destination = ?", this.orders);
	}

	private int count(String sql, Object... arguments) {
		Integer count = this.application.jdbc().queryForObject(sql, Integer.class, arguments);
		return (count != null) ? count : 0;
	}

	@Test
	void aBatchThatRollsBackComesAgainInOrderAndItsPositionDoesNotMove() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		publisher.publishAll(0, numbered("e", 5));
		AtomicInteger attempts = new AtomicInteger();
		this.application.consumeBatches(this.orders, "g", (message) -> {
			this.application.transaction().executeWithoutResult((status) -> {
				Received.items(message).forEach((item) -> {
					this.application.jdbc().update("INSERT INTO stock (id) VALUES (?)", item.payload());
					item.acknowledge();
				});
				if (attempts.incrementAndGet() < 3) {
					throw new IllegalStateException("not yet");
				}
			});
		});
		await().atMost(LONG).until(() -> position("g") == 5);
		assertThat(attempts).hasValue(3);
		assertThat(this.application.jdbc().queryForList("SELECT id FROM stock ORDER BY id", String.class))
			.isEqualTo(numbered("e", 5));
	}

	private long position(String group) {
		Long position = this.application.jdbc()
			.queryForObject(
					"SELECT SUM(p.position) FROM busbar_log_position p JOIN busbar_log_group g"
							+ " ON g.id = p.group_id WHERE g.destination = ? AND g.name = ?",
					Long.class, this.orders, group);
		return (position != null) ? position : -1;
	}

	@Test
	void aHandlerThatSwallowsItsRollbackGetsTheRecordAgain() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		publisher.publish(0, "e");
		AtomicInteger attempts = new AtomicInteger();
		this.application.consumeBatches(this.orders, "g",
				(message) -> this.application.transaction().executeWithoutResult((status) -> {
					Received.items(message).get(0).acknowledge();
					if (attempts.incrementAndGet() == 1) {
						status.setRollbackOnly();
					}
				}));
		await().atMost(LONG).until(() -> position("g") == 1);
		assertThat(attempts).hasValue(2);
	}

	@Test
	void whatWasNotAcknowledgedComesAgain() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		this.application.transaction().executeWithoutResult((status) -> publisher.publishAll(0, numbered("e", 4)));
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", (message) -> {
			List<Received.Item> items = Received.items(message);
			received.handleMessage(message);
			items.get(Math.min(1, items.size() - 1)).acknowledge();
		});
		await().atMost(LONG).until(() -> position("g") == 4);
		assertThat(received.payloads()).containsExactly("e0", "e1", "e2", "e3", "e2", "e3");
	}

	@Test
	void aRequeuedRecordComesAgain() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		publisher.publish(0, "e");
		AtomicInteger attempts = new AtomicInteger();
		this.application.consume(this.orders, "g", (message) -> {
			if (attempts.incrementAndGet() == 1) {
				Received.items(message).get(0).acknowledge(AcknowledgmentCallback.Status.REQUEUE);
			}
		});
		await().atMost(LONG).until(() -> position("g") == 1);
		assertThat(attempts).hasValue(2);
	}

	@Test
	void aZombieThatLostItsLeaseRollsBack() throws Exception {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		publisher.publish(0, "e");
		CompletableFuture<Throwable> refused = new CompletableFuture<>();
		this.application.consumeBatches(this.orders, "g", (message) -> {
			if (refused.isDone()) {
				return;
			}
			try {
				this.application.transaction().executeWithoutResult((status) -> {
					this.application.jdbc().update("INSERT INTO stock (id) VALUES ('zombie')");
					CompletableFuture
						.runAsync(() -> this.application.jdbc()
							.update("UPDATE busbar_log_position SET owner = NULL, epoch = epoch + 1 WHERE group_id ="
									+ " (SELECT id FROM busbar_log_group WHERE destination = ?)", this.orders))
						.join();
					Received.items(message).get(0).acknowledge();
				});
			}
			catch (RuntimeException ex) {
				refused.complete(ex);
				throw ex;
			}
		});
		assertThat(refused.get(60, TimeUnit.SECONDS)).isInstanceOf(StaleLeaseException.class)
			.hasMessageContaining("taken over");
		assertThat(count("SELECT count(*) FROM stock")).isZero();
		await().atMost(LONG).until(() -> position("g") == 1);
	}

	@Test
	void aPoolWithoutAutoCommitServesAsWell() {
		try (LogApplication manual = start(Map.of("spring.datasource.hikari.auto-commit", "false"))) {
			manual.publisher(this.orders, 2).publish(1, "e");
			manual.consume(this.orders, "g", new Received());
			await().atMost(LONG).until(() -> position("g") == 1);
		}
	}

	@Test
	void aRolledBackTransactionPublishesNothing() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		Received received = new Received();
		this.application.consume(this.orders, "g", received);
		this.application.transaction().executeWithoutResult((status) -> {
			publisher.publish(0, "never");
			status.setRollbackOnly();
		});
		this.application.transaction().executeWithoutResult((status) -> {
			publisher.publish(0, "one");
			Object savepoint = status.createSavepoint();
			publisher.publish(0, "undone");
			status.rollbackToSavepoint(savepoint);
			publisher.publish(0, "two");
			assertThat(count("SELECT count(*) FROM busbar_log_record r JOIN busbar_log_partition p ON p.destination = ?"
					+ " AND r.id / 1099511627776 = p.id", this.orders))
				.isZero();
		});
		await().atMost(LONG).until(() -> received.items().size() >= 2);
		assertThat(received.payloads()).containsExactly("one", "two");
		assertThat(received.items()).extracting(Received.Item::offset).containsExactly(0L, 1L);
	}

	@Test
	void aTransactionOfAnotherDatabaseTearsNoAppendApart() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		TransactionTemplate other = new TransactionTemplate(
				new JdbcTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:other")));
		other.executeWithoutResult((status) -> {
			// Ties a connection of the log's database to the other's transaction.
			count("SELECT count(*) FROM stock");
			publisher.publish(0, "stored");
			assertThat(records()).isEqualTo(1);
			status.setRollbackOnly();
		});
		publisher.publish(0, "next");
		Received received = new Received();
		this.application.consume(this.orders, "g", received);
		await().atMost(LONG).until(() -> received.items().size() == 2);
		assertThat(received.payloads()).containsExactly("stored", "next");
	}

	@Test
	void aSlowCommitLeavesNoGapThatAReaderCouldSkip() throws Exception {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch commit = new CountDownLatch(1);
		CompletableFuture<Void> slow = CompletableFuture
			.runAsync(() -> this.application.transaction().executeWithoutResult((status) -> {
				publisher.publish(0, "slow");
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
					@Override
					public void beforeCompletion() {
						written.countDown();
						await().until(() -> commit.await(10, TimeUnit.SECONDS));
					}
				});
			}));
		assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> fast = CompletableFuture.runAsync(() -> publisher.publish(0, "fast"));
		await().during(Duration.ofMillis(300)).until(() -> !fast.isDone() && received.items().isEmpty());
		commit.countDown();
		CompletableFuture.allOf(slow, fast).get(60, TimeUnit.SECONDS);
		await().atMost(LONG).until(() -> received.items().size() == 2);
		assertThat(received.payloads()).containsExactly("slow", "fast");
	}

	@Test
	void concurrentTransactionsOverSeveralPartitionsGetDenseOffsetsWithoutDeadlock() {
		LogApplication.Publisher one = this.application.publisher(this.orders, 4, "g");
		LogApplication.Publisher two = this.application.publisher(this.orders + "-2", 4, "g");
		List<CompletableFuture<Void>> publishers = IntStream.range(0, 6)
			.mapToObj((thread) -> CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 20; i++) {
					this.application.transaction().executeWithoutResult((status) -> {
						for (int n = 0; n < 8; n++) {
							int partition = (thread % 2 == 0) ? n % 4 : 3 - n % 4;
							((thread % 3 == 0) ? one : two).publish(partition, "x");
							((thread % 3 == 0) ? two : one).publish(partition, "x");
						}
					});
				}
			}))
			.toList();
		CompletableFuture.allOf(publishers.toArray(CompletableFuture[]::new)).orTimeout(60, TimeUnit.SECONDS).join();
		assertThat(this.application.jdbc()
			.queryForList("SELECT p.next_offset FROM busbar_log_partition p WHERE p.destination IN (?, ?)", Long.class,
					this.orders, this.orders + "-2"))
			.hasSize(8)
			.containsOnly(240L);
		assertThat(this.application.jdbc()
			.queryForList(
					"SELECT count(*) FROM busbar_log_record r JOIN busbar_log_partition p"
							+ " ON r.id >= p.id * 1099511627776 AND r.id < p.id * 1099511627776 + p.next_offset"
							+ " WHERE p.destination IN (?, ?) GROUP BY p.id",
					Long.class, this.orders, this.orders + "-2"))
			.hasSize(8)
			.containsOnly(240L);
	}

	@Test
	void retentionDeletesWhatIsOldButNotWhatADurableGroupHasNotRead() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "reads", "sleeps");
		publisher.publishAll(0, numbered("e", 10));
		Received received = new Received();
		Binding<MessageChannel> reads = this.application.consumeBatches(this.orders, "reads", received);
		await().atMost(LONG).until(() -> position("reads") == 10);
		LogRetention retention = new LogRetention(this.application.jdbc());
		retention.purge(Duration.ZERO);
		Received late = new Received();
		this.application.consumeBatches(this.orders, "sleeps", late);
		await().atMost(LONG).until(() -> position("sleeps") == 10);
		assertThat(late.payloads()).isEqualTo(numbered("e", 10));
		retention.purge(Duration.ofHours(1));
		assertThat(records()).isEqualTo(10);
		retention.purge(Duration.ZERO);
		assertThat(records()).isZero();
		publisher.publish(0, "e10");
		await().atMost(LONG).until(() -> position("sleeps") == 11);
		assertThat(late.payloads()).endsWith("e9", "e10");
		reads.unbind();
	}

	@Test
	void aGroupThatLagsIsWarnedOfOnceUntilItHasCaughtUpOrIsForgotten(CapturedOutput output) {
		String group = "o'clock";
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, group);
		publisher.publish(0, "e0");
		LogRetention retention = new LogRetention(this.application.jdbc());
		retention.alarm(Duration.ofHours(1));
		assertThat(warnings(output)).isEmpty();
		retention.alarm(Duration.ZERO);
		retention.alarm(Duration.ZERO);
		assertThat(warnings(output)).singleElement(InstanceOfAssertFactories.STRING).contains("is 1 records behind");
		Binding<MessageChannel> binding = this.application.consume(this.orders, group, (message) -> {
		});
		await().atMost(LONG).until(() -> position(group) == 1);
		binding.unbind();
		retention.alarm(Duration.ZERO);
		publisher.publish(0, "e1");
		retention.alarm(Duration.ZERO);
		assertThat(warnings(output)).hasSize(2);
		String told = warnings(output).get(1);
		assertThat(this.application.jdbc().update(told.substring(told.indexOf("delete from")))).isEqualTo(1);
		retention.alarm(Duration.ZERO);
		retention.purge(Duration.ZERO);
		assertThat(warnings(output)).hasSize(2);
		assertThat(records()).isZero();
	}

	private List<String> warnings(CapturedOutput output) {
		return output.getOut()
			.lines()
			.filter((line) -> line.contains("WARN") && line.contains(this.orders) && line.contains("behind"))
			.toList();
	}

	@Test
	void retentionAlsoRunsWhereNothingIsConsumed() {
		try (LogApplication publishing = start(Map.of("spring.cloud.stream.jdbc.binder.retention", "0s",
				"spring.cloud.stream.jdbc.binder.retention-interval", "20ms"))) {
			publishing.publisher(this.orders, 1).publishAll(0, numbered("e", 10));
			await().atMost(LONG).until(() -> records() == 0);
			assertThat(count("SELECT next_offset FROM busbar_log_partition WHERE destination = ?", this.orders))
				.as("they were there")
				.isEqualTo(10);
		}
	}

	private int records() {
		return count("SELECT count(*) FROM busbar_log_record r WHERE r.id / 1099511627776 IN (SELECT id"
				+ " FROM busbar_log_partition WHERE destination = ?)", this.orders);
	}

	@Test
	void aForgottenGroupNoLongerHoldsRecords() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "sleeps");
		publisher.publish(0, "e");
		assertThat(this.application.binder().forgetGroup(this.orders, "sleeps")).isTrue();
		new LogRetention(this.application.jdbc()).purge(Duration.ZERO);
		assertThat(records()).isZero();
	}

	@Test
	void aStoppedBindingGetsNothingAndGoesOnWhereItWas() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		Received received = new Received();
		Binding<MessageChannel> binding = this.application.consume(this.orders, "g", received);
		publisher.publish(0, "one");
		await().atMost(LONG).until(() -> position("g") == 1);
		assertThat(binding.getExtendedInfo()).containsEntry("bindingDestination", this.orders)
			.containsKey("ExtendedConsumerProperties");
		binding.stop();
		assertThat(count("SELECT count(*) FROM busbar_log_position p JOIN busbar_log_group g ON g.id = p.group_id"
				+ " WHERE g.destination = ? AND p.owner IS NOT NULL", this.orders))
			.isZero();
		publisher.publish(0, "two");
		await().during(Duration.ofMillis(500)).until(() -> received.items().size() == 1);
		binding.start();
		await().atMost(LONG).until(() -> position("g") == 2);
		assertThat(received.payloads()).containsExactly("one", "two");
	}

	@Test
	void aPausedBindingGetsNothingUntilItIsResumed() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		Received received = new Received();
		Binding<MessageChannel> binding = this.application.consume(this.orders, "g", received);
		publisher.publish(0, "one");
		await().atMost(LONG).until(() -> position("g") == 1);
		binding.pause();
		publisher.publish(0, "two");
		await().during(Duration.ofMillis(300)).until(() -> received.items().size() == 1);
		binding.resume();
		await().atMost(LONG).until(() -> position("g") == 2);
	}

	@Test
	void stopWaitsForTheBatchInFlight() throws Exception {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Binding<MessageChannel> binding = this.application.consume(this.orders, "g", (message) -> {
			begun.countDown();
			await().until(() -> end.await(10, TimeUnit.SECONDS));
		});
		publisher.publish(0, "one");
		assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(binding::stop);
		await().during(Duration.ofMillis(300)).until(() -> !stopped.isDone());
		end.countDown();
		stopped.get(60, TimeUnit.SECONDS);
		assertThat(position("g")).isEqualTo(1);
	}

	@Test
	void aHandlerMayStopItsOwnBinding() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		publisher.publishAll(0, numbered("e", 3));
		CompletableFuture<Binding<MessageChannel>> binding = new CompletableFuture<>();
		Received received = new Received();
		binding.complete(this.application.consume(this.orders, "g", (message) -> {
			received.handleMessage(message);
			binding.join().stop();
		}));
		await().atMost(LONG)
			.until(() -> count("SELECT count(*) FROM busbar_log_member m JOIN busbar_log_group g ON g.id = m.group_id"
					+ " WHERE g.destination = ?", this.orders) == 0);
		assertThat(received.payloads()).containsExactly("e0");
		assertThat(position("g")).isEqualTo(1);
	}

	@Test
	void aBindingThatCouldNotLeaveItsGroupKeepsNothingForLong() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 2);
		Received first = new Received();
		Received second = new Received();
		Binding<MessageChannel> stopped = this.application.consume(this.orders, "g", first);
		this.application.consume(this.orders, "g", second);
		await().atMost(LONG).until(() -> owners() == 2);
		this.application.jdbc().execute("ALTER TABLE busbar_log_member RENAME TO busbar_log_member_away");
		try {
			stopped.stop();
		}
		finally {
			this.application.jdbc().execute("ALTER TABLE busbar_log_member_away RENAME TO busbar_log_member");
		}
		publisher.publish(0, "e0");
		publisher.publish(1, "e1");
		await().atMost(LONG).until(() -> second.items().size() == 2);
		assertThat(members()).isEqualTo(1);
		assertThat(first.items()).isEmpty();
	}

	private int owners() {
		return count("SELECT count(DISTINCT p.owner) FROM busbar_log_position p JOIN busbar_log_group g"
				+ " ON g.id = p.group_id WHERE g.destination = ?", this.orders);
	}

	private int members() {
		return count("SELECT count(*) FROM busbar_log_member m JOIN busbar_log_group g ON g.id = m.group_id"
				+ " WHERE g.destination = ?", this.orders);
	}

	@Test
	void aBindingThatIsStartedBeforeItsOwnStopEndedGoesOnAsOneMember() throws Exception {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		CompletableFuture<Binding<MessageChannel>> binding = new CompletableFuture<>();
		CountDownLatch stopped = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		Received received = new Received();
		binding.complete(this.application.consume(this.orders, "g", (message) -> {
			if (received.items().isEmpty()) {
				binding.join().stop();
				stopped.countDown();
				await().until(() -> started.await(10, TimeUnit.SECONDS));
			}
			received.handleMessage(message);
		}));
		publisher.publish(0, "e0");
		assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
		binding.join().start();
		started.countDown();
		publisher.publish(0, "e1");
		await().atMost(LONG).until(() -> position("g") == 2);
		assertThat(received.payloads()).containsExactly("e0", "e1");
		assertThat(members()).isEqualTo(1);
		binding.join().stop();
		assertThat(members()).isZero();
	}

	@Test
	void aConsumerThatWasGivenUpDoesNotGoOnWithWhatItHasRead() throws Exception {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		this.application.transaction().executeWithoutResult((status) -> publisher.publishAll(0, numbered("e", 3)));
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Received received = new Received();
		this.application.consume(this.orders, "g", (message) -> {
			received.handleMessage(message);
			if (received.items().size() == 1) {
				begun.countDown();
				await().until(() -> end.await(10, TimeUnit.SECONDS));
			}
			else {
				// Time enough for the new lease's worker to read the same record.
				await().until(() -> epoch() >= 2);
			}
		});
		assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
		this.application.jdbc()
			.update("DELETE FROM busbar_log_member WHERE group_id = (SELECT id FROM busbar_log_group"
					+ " WHERE destination = ?)", this.orders);
		await().pollInterval(Duration.ofMillis(5)).atMost(LONG).until(() -> members() == 1);
		end.countDown();
		await().atMost(LONG).until(() -> position("g") == 3);
		assertThat(received.payloads().stream().filter("e1"::equals)).hasSize(1);
		assertThat(received.payloads().stream().filter("e2"::equals)).hasSize(1);
	}

	private int epoch() {
		return count("SELECT MAX(p.epoch) FROM busbar_log_position p JOIN busbar_log_group g ON g.id = p.group_id"
				+ " WHERE g.destination = ?", this.orders);
	}

	@Test
	void partitionsAreHandledInParallelAndEachByOneThreadAtATime() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 2, "g");
		publisher.publishAll(0, numbered("a", 20));
		publisher.publishAll(1, numbered("b", 20));
		CyclicBarrier both = new CyclicBarrier(2);
		AtomicInteger met = new AtomicInteger();
		AtomicInteger[] inside = { new AtomicInteger(), new AtomicInteger() };
		AtomicInteger overlaps = new AtomicInteger();
		this.application.consume(this.orders, "g", (properties) -> properties.setConcurrency(2), (message) -> {
			int partition = Received.items(message).get(0).partition();
			if (inside[partition].incrementAndGet() > 1) {
				overlaps.incrementAndGet();
			}
			try {
				both.await(60, TimeUnit.SECONDS);
				met.incrementAndGet();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				inside[partition].decrementAndGet();
			}
		});
		await().atMost(LONG).until(() -> position("g") == 40);
		assertThat(met).hasValue(40);
		assertThat(overlaps).hasValue(0);
	}

	@Test
	void aPublishWakesConsumersOfTheSameProcessWithoutPolling() {
		try (LogApplication quiet = start(Map.of("spring.cloud.stream.jdbc.binder.poll-interval", "1h"))) {
			LogApplication.Publisher publisher = quiet.publisher(this.orders, 1);
			Received received = new Received();
			quiet.consume(this.orders, "g", received);
			await().atMost(LONG)
				.until(() -> count(
						"SELECT count(*) FROM busbar_log_position p JOIN busbar_log_group g"
								+ " ON g.id = p.group_id WHERE g.destination = ? AND p.owner IS NOT NULL",
						this.orders) == 1);
			publisher.publish(0, "first");
			await().atMost(LONG).until(() -> received.items().size() == 1);
			publisher.publish(0, "second");
			await().atMost(LONG).until(() -> received.items().size() == 2);
		}
	}

	@Test
	void twoInstancesShareAGroupAndOneTakesOverWhenTheOtherCloses() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 4, "g");
		Received mine = new Received();
		Received others = new Received();
		this.application.consumeBatches(this.orders, "g", mine);
		try (LogApplication other = start(Map.of())) {
			other.consumeBatches(this.orders, "g", others);
			await().atMost(LONG)
				.until(() -> this.application.jdbc()
					.queryForList("SELECT count(*) FROM busbar_log_position p JOIN busbar_log_group g"
							+ " ON g.id = p.group_id WHERE g.destination = ? AND p.owner IS NOT NULL GROUP BY p.owner",
							Long.class, this.orders)
					.equals(List.of(2L, 2L)));
			for (int i = 0; i < 200; i++) {
				publisher.publish(i % 4, "e" + i);
			}
			await().atMost(LONG).until(() -> mine.items().size() + others.items().size() >= 200);
			assertThat(mine.items()).hasSize(100);
			assertThat(others.items()).hasSize(100);
			assertThat(mine.payloads()).doesNotContainAnyElementsOf(others.payloads());
		}
		publisher.publishAll(0, numbered("late", 5));
		publisher.publishAll(1, numbered("late", 5));
		publisher.publishAll(2, numbered("late", 5));
		publisher.publishAll(3, numbered("late", 5));
		await().atMost(LONG).until(() -> mine.items().size() == 120);
		assertThat(others.items()).hasSize(100);
	}

	@Test
	void theLeasesOfADeadInstanceAreTakenOverWhenItsHeartbeatExpires() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 2, "g");
		publisher.publishAll(0, numbered("a", 3));
		publisher.publishAll(1, numbered("b", 3));
		String dead = UUID.randomUUID().toString();
		long expiry = databaseNow() + 3_000;
		this.application.jdbc().update("INSERT INTO busbar_log_instance (id, expires_at) VALUES (?, ?)", dead, expiry);
		this.application.jdbc()
			.update("INSERT INTO busbar_log_member (id, group_id, instance_id) SELECT ?, id, ? FROM busbar_log_group"
					+ " WHERE destination = ?", dead + "/1", dead, this.orders);
		this.application.jdbc()
			.update("UPDATE busbar_log_position SET owner = ?, epoch = 7 WHERE group_id IN (SELECT id"
					+ " FROM busbar_log_group WHERE destination = ?)", dead + "/1", this.orders);
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", (message) -> {
			assertThat(databaseNow()).isGreaterThanOrEqualTo(expiry);
			received.handleMessage(message);
		});
		await().atMost(LONG).until(() -> position("g") == 6);
		assertThat(received.payloads(0)).isEqualTo(numbered("a", 3));
		assertThat(received.payloads(1)).isEqualTo(numbered("b", 3));
	}

	private long databaseNow() {
		Long now = this.application.jdbc()
			.queryForObject("SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)", Long.class);
		return (now != null) ? now : 0;
	}

	@Test
	void addedPartitionsAreReadByGroupsThatExist() {
		this.application.publisher(this.orders, 1);
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		LogApplication.Publisher wider = this.application.publisher(this.orders, 3);
		LogApplication.Publisher narrower = this.application.publisher(this.orders, 1);
		wider.publish(2, "new");
		narrower.publish(1, "also new");
		await().atMost(LONG).until(() -> received.items().size() == 2);
		assertThat(received.payloads(2)).containsExactly("new");
		assertThat(received.payloads(1)).containsExactly("also new");
		assertThatThrownBy(() -> wider.publish(3, "nowhere")).hasMessageContaining("does not exist; it has 3");
	}

	@Test
	void aRestartedApplicationGoesOnWithItsBacklog() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		Received before = new Received();
		this.application.consume(this.orders, "g", before);
		publisher.publish(0, "one");
		await().atMost(LONG).until(() -> position("g") == 1);
		this.application.close();
		try (LogApplication producer = start(Map.of())) {
			producer.publisher(this.orders, 1).publishAll(0, List.of("two", "three"));
		}
		this.application = start(Map.of());
		Received after = new Received();
		this.application.consume(this.orders, "g", after);
		await().atMost(LONG).until(() -> position("g") == 3);
		assertThat(after.payloads()).containsExactly("two", "three");
	}

	@Test
	void headersKeepTheirTypesAndThoseOfTheHopStayBehind() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		Map<String, Object> headers = Map.of("text", "5", "int", 5, "long", 5L, "double", 0.5, "flag", true, "bytes",
				new byte[] { 1, -1 }, "object", new Object(), "spring.cloud.function.definition", "evil", "jdbc_offset",
				-1L);
		publisher.publish(0, "e", headers);
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		await().atMost(LONG).until(() -> !received.items().isEmpty());
		Map<String, Object> all = received.items().get(0).headers();
		assertThat(all).containsEntry("text", "5")
			.containsEntry("int", 5)
			.containsEntry("long", 5L)
			.containsEntry("double", 0.5)
			.containsEntry("flag", true)
			.containsEntry("bytes", new byte[] { 1, -1 })
			.containsEntry(JdbcHeaders.OFFSET, 0L)
			.containsEntry(JdbcHeaders.DESTINATION, this.orders)
			.doesNotContainKeys("object", "id", "timestamp", "spring.cloud.function.definition", "scst_partition");
	}

	@Test
	void aHandlerPublishesInItsOwnTransaction() {
		LogApplication.Publisher in = this.application.publisher(this.orders, 1, "g");
		LogApplication.Publisher out = this.application.publisher(this.orders + "-out", 1, "g");
		AtomicInteger attempts = new AtomicInteger();
		MessageHandler handler = (message) -> this.application.transaction().executeWithoutResult((status) -> {
			Received.items(message).forEach((item) -> {
				out.publish(0, item.payload() + "!");
				item.acknowledge();
			});
			if (attempts.incrementAndGet() == 1) {
				throw new IllegalStateException("first");
			}
		});
		this.application.consumeBatches(this.orders, "g", handler);
		Received received = new Received();
		this.application.consumeBatches(this.orders + "-out", "g", received);
		in.publish(0, "e");
		await().atMost(LONG).until(() -> !received.items().isEmpty());
		await().atMost(LONG).until(() -> position("g") == 1);
		assertThat(received.payloads()).containsExactly("e!");
	}

	@Test
	void messagesFirstPublishedWhileTheirTransactionCommitsAreStoredWithIt() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		commit(new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				publisher.publish(0, "first");
			}

			@Override
			public void beforeCompletion() {
				publisher.publish(0, "second");
			}

		});
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		await().atMost(LONG).until(() -> received.payloads().size() == 2);
		assertThat(received.payloads()).containsExactly("first", "second");
	}

	@Test
	void atTheLastInstantOfACommitAMessageIsStillStored() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1, "g");
		TransactionTemplate transaction = this.application.transaction();
		ConfigurableTransactionManager manager = (ConfigurableTransactionManager) Objects
			.requireNonNull(transaction.getTransactionManager());
		AtomicBoolean last = new AtomicBoolean(true);
		// As JPA does, which flushes inside of the commit.
		manager.addListener(new TransactionExecutionListener() {

			@Override
			public void beforeCommit(TransactionExecution committing) {
				if (last.getAndSet(false)) {
					publisher.publish(0, "flushed");
				}
			}

		});
		transaction.executeWithoutResult((status) -> {
		});
		Received received = new Received();
		this.application.consumeBatches(this.orders, "g", received);
		await().atMost(LONG).until(() -> !received.items().isEmpty());
		assertThat(received.payloads()).containsExactly("flushed");
	}

	@Test
	void aTransactionDoesNotCommitWithoutTheMessagesOfItsCallbacks() {
		LogApplication.Publisher publisher = this.application.publisher(this.orders, 1);
		String count = "select count(*) from busbar_log_partition where destination = ?";
		assertThatThrownBy(() -> commit(new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				publisher.publish(0, "late");
				JdbcBinderContract.this.application.jdbc()
					.update("delete from busbar_log_partition where destination = ?", JdbcBinderContract.this.orders);
			}

		})).isInstanceOf(RuntimeException.class);
		assertThat(this.application.jdbc().queryForObject(count, Long.class, this.orders)).isEqualTo(1);
	}

	private void commit(TransactionSynchronization callback) {
		this.application.transaction()
			.executeWithoutResult((status) -> TransactionSynchronizationManager.registerSynchronization(callback));
	}

}

package dev.busbar.bench.peer;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.Semaphore;

import javax.sql.DataSource;

import dev.busbar.bench.floor.LogProgress;
import dev.busbar.bench.peer.PeerEvents.OrderAccepted;
import dev.busbar.bench.peer.PeerEvents.OrderPlaced;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The event publication registry of Spring Modulith, as its documentation shows it:
 * events are stored with the transaction that publishes them, and each is handled after
 * the commit in a transaction of its own. It has no log from which waiting events are
 * taken, so orders are published meanwhile, a hundred in a transaction.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@Import(ModulithPeer.Listeners.class)
public class ModulithPeer {

	/** How many results were stored, and taken. */
	public static final String RESULTS = "SELECT COUNT(*) FROM event_publication"
			+ " WHERE event_type LIKE '%Accepted' AND completion_date IS NOT NULL";

	private static final int BATCH = 100;

	private static final Semaphore WAITING = new Semaphore(20 * BATCH);

	private static volatile boolean stopped;

	public static void main(String[] args) {
		SpringApplication spring = new SpringApplication(ModulithPeer.class);
		spring.setDefaultProperties(Map.of("spring.main.web-application-type", "none", "spring.main.banner-mode", "off",
				"spring.flyway.enabled", "false", "spring.modulith.events.jdbc.schema-initialization.enabled", "true",
				"spring.task.execution.pool.core-size", "4", "spring.task.execution.shutdown.await-termination", "true",
				"spring.task.execution.shutdown.await-termination-period", "20s"));
		spring.run(args);
	}

	@Bean
	CommandLineRunner publishOrders(ApplicationEventPublisher publisher, PlatformTransactionManager transactions,
			@Value("${bench.keys:1000}") int keys, @Value("${bench.note:100}") int note,
			@Value("${bench.progress:false}") boolean progress, DataSource database) {
		TransactionTemplate transaction = new TransactionTemplate(transactions);
		String text = "x".repeat(note);
		if (progress) {
			LogProgress.start(database::getConnection, RESULTS);
		}
		return (args) -> new Thread(() -> {
			for (int first = 0; !stopped; first += BATCH) {
				int start = first;
				WAITING.acquireUninterruptibly(BATCH);
				transaction.executeWithoutResult((status) -> {
					for (int i = start; i < start + BATCH; i++) {
						publisher.publishEvent(new OrderPlaced("o-" + i, "c-" + i % keys, i / keys, "book", 3,
								new BigDecimal("123.45"), text));
					}
				});
			}
		}, "orders").start();
	}

	/** Lets what was published be handled before the executor stops. */
	@Bean
	SmartLifecycle stopping() {
		return new SmartLifecycle() {

			private volatile boolean running;

			@Override
			public void start() {
				this.running = true;
			}

			@Override
			public void stop() {
				stopped = true;
				WAITING.acquireUninterruptibly(19 * BATCH);
				this.running = false;
			}

			@Override
			public boolean isRunning() {
				return this.running;
			}

		};
	}

	/** The listeners. */
	static class Listeners {

		private final JdbcClient db;

		private final ApplicationEventPublisher publisher;

		Listeners(JdbcClient db, ApplicationEventPublisher publisher) {
			this.db = db;
			this.publisher = publisher;
		}

		@Async
		@Transactional(propagation = Propagation.REQUIRES_NEW)
		@TransactionalEventListener
		public void decide(OrderPlaced order) {
			this.db.sql("INSERT INTO bench_order (order_id, customer, number, amount) VALUES (?, ?, ?, ?)")
				.params(order.orderId(), order.customer(), order.number(), order.amount())
				.update();
			this.publisher.publishEvent(order.accepted());
		}

		@Async
		@Transactional(propagation = Propagation.REQUIRES_NEW)
		@TransactionalEventListener
		public void take(OrderAccepted accepted) {
			WAITING.release();
		}

	}

}

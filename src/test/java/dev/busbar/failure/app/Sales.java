package dev.busbar.failure.app;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.busbar.event.Event;
import dev.busbar.failure.app.FailureEvents.Sold;
import dev.busbar.outbox.EventPublisher;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A business that writes its own rows and publishes in the same transaction.
 */
class Sales {

	private final JdbcClient db;

	private final EventPublisher events;

	private final TransactionTemplate transaction;

	Sales(JdbcClient db, EventPublisher events, PlatformTransactionManager transactions) {
		this.db = db;
		this.events = events;
		this.transaction = new TransactionTemplate(transactions);
		db.sql("CREATE TABLE IF NOT EXISTS sale (id VARCHAR(100) NOT NULL PRIMARY KEY)").update();
	}

	/** Sells all in one transaction, what was sold before not again. */
	void sell(Map<String, Sold> sold) {
		this.transaction.executeWithoutResult((status) -> sold.forEach((id, sale) -> {
			if (this.db.sql("SELECT id FROM sale WHERE id = ?").param(id).query().listOfRows().isEmpty()) {
				this.db.sql("INSERT INTO sale (id) VALUES (?)").param(id).update();
				this.events.publish(new Event<>(id, "/sales", "failure.sold", null, Instant.now(), sale.key(), null,
						null, null, null, Map.of(), sale));
			}
		}));
	}

	List<String> list(String prefix) {
		return this.db.sql("SELECT id FROM sale WHERE id LIKE ?").param(prefix + "%").query(String.class).list();
	}

}

package dev.busbar.bench.peer;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import dev.busbar.bench.peer.PeerEvents.OrderAccepted;
import dev.busbar.bench.peer.PeerEvents.OrderPlaced;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Cloud Stream made safe: by configuration, what is sent is confirmed before what
 * came is acknowledged, and partitions keep the order of keys; by hand, an idempotent
 * consumer writes inbox, state and result in one transaction, and gives the stored result
 * again for an order that it has handled.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SafePeer {

	private static final String BINDINGS = "spring.cloud.stream.bindings.";

	private static final String RABBIT = "spring.cloud.stream.rabbit.bindings.";

	private static final String KAFKA = "spring.cloud.stream.kafka.bindings.";

	private static final int PARTITIONS = 4;

	public static void main(String[] args) {
		String all = String.join(" ", args);
		Map<String, Object> properties = new TreeMap<>(all.contains("spring.kafka") ? kafka() : rabbit());
		if (all.contains("peer_c")) {
			properties.put(RABBIT + "decide-in-0.consumer.prefetch", 200);
		}
		PlainPeer.run(SafePeer.class, properties, args);
	}

	/**
	 * A transaction of the channel holds what is sent and the acknowledgment together.
	 */
	private static Map<String, Object> rabbit() {
		return Map.of(BINDINGS + "decide-in-0.consumer.partitioned", true,
				BINDINGS + "decide-in-0.consumer.instance-count", PARTITIONS,
				BINDINGS + "decide-in-0.consumer.instance-index-list", "0,1,2,3",
				RABBIT + "decide-in-0.consumer.requeue-rejected", true, RABBIT + "decide-in-0.consumer.transacted",
				true, RABBIT + "decide-out-0.producer.transacted", true);
	}

	private static Map<String, Object> kafka() {
		return Map.of(BINDINGS + "decide-in-0.consumer.concurrency", PARTITIONS,
				KAFKA + "decide-in-0.consumer.enable-dlq", true, KAFKA + "decide-out-0.producer.sync", true,
				"spring.cloud.stream.kafka.binder.required-acks", "all");
	}

	@Bean
	Function<OrderPlaced, Message<OrderAccepted>> decide(JdbcClient db, JsonMapper json,
			PlatformTransactionManager transactions) {
		db.sql("CREATE TABLE IF NOT EXISTS peer_inbox (order_id VARCHAR NOT NULL PRIMARY KEY, result VARCHAR NOT NULL,"
				+ " handled TIMESTAMP WITH TIME ZONE NOT NULL)")
			.update();
		TransactionTemplate transaction = new TransactionTemplate(transactions);
		return (order) -> {
			OrderAccepted accepted = transaction.execute((status) -> handle(db, json, order));
			return MessageBuilder.withPayload(accepted)
				.setHeader("kafka_messageKey", order.customer().getBytes(StandardCharsets.UTF_8))
				.build();
		};
	}

	private static OrderAccepted handle(JdbcClient db, JsonMapper json, OrderPlaced order) {
		OrderAccepted accepted = order.accepted();
		int first = db
			.sql("INSERT INTO peer_inbox (order_id, result, handled) VALUES (?, ?, now()) ON CONFLICT DO NOTHING")
			.params(order.orderId(), json.writeValueAsString(accepted))
			.update();
		if (first == 0) {
			return json.readValue(db.sql("SELECT result FROM peer_inbox WHERE order_id = ?")
				.param(order.orderId())
				.query(String.class)
				.single(), OrderAccepted.class);
		}
		db.sql("INSERT INTO bench_order (order_id, customer, number, amount) VALUES (?, ?, ?, ?)")
			.params(order.orderId(), order.customer(), order.number(), order.amount())
			.update();
		return accepted;
	}

}

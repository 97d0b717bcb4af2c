package dev.busbar.bench.app;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;

import dev.busbar.bench.app.BenchEvents.OrderAccepted;
import dev.busbar.bench.app.BenchEvents.OrderPlaced;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Busbar as a user has it: a handler that writes a row per order and says what came of
 * it, order by order, or with {@code bench.handler=list} for a list at a time; with
 * {@code types} it has no handler of its own, and others are on the class path.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ProgressFile.class)
public class BenchApplication {

	private static final String INSERT = "INSERT INTO bench_order (order_id, customer, number, amount)"
			+ " VALUES (?, ?, ?, ?)";

	public static void main(String[] args) {
		SpringApplication.run(BenchApplication.class, args);
	}

	@Bean
	@ConditionalOnProperty(name = "bench.handler", havingValue = "plain", matchIfMissing = true)
	Function<OrderPlaced, OrderAccepted> acceptOrder(JdbcTemplate db) {
		return (order) -> accept(db, order.orderId(), order.customer(), order.number(), order.amount(), order.note());
	}

	/** What is done for each order, of whatever type. */
	static OrderAccepted accept(JdbcTemplate db, String orderId, String customer, int number, BigDecimal amount,
			String note) {
		db.update(INSERT, orderId, customer, number, amount);
		return new OrderAccepted(orderId, customer, number, amount, note);
	}

	@Bean
	@ConditionalOnProperty(name = "bench.handler", havingValue = "list")
	Function<List<OrderPlaced>, List<OrderAccepted>> acceptOrders(JdbcTemplate db) {
		return (orders) -> {
			db.batchUpdate(INSERT, orders.stream().map(BenchApplication::row).toList());
			return orders.stream().map(BenchApplication::accepted).toList();
		};
	}

	private static Object[] row(OrderPlaced order) {
		return new Object[] { order.orderId(), order.customer(), order.number(), order.amount() };
	}

	private static OrderAccepted accepted(OrderPlaced order) {
		return new OrderAccepted(order.orderId(), order.customer(), order.number(), order.amount(), order.note());
	}

}

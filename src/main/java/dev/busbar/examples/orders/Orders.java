package dev.busbar.examples.orders;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The way of an order: placed, then accepted or rejected as the stock allows, then
 * shipped. What a handler writes is committed together with the event that it returns.
 */
@Configuration(proxyBeanMethods = false)
public class Orders {

	private static final String INSERT = """
			insert into example_order (id, item, quantity, state)
			select cast(? as varchar), cast(? as varchar), cast(? as integer), 'accepted'
			where not exists (select 1 from example_order where id = ?)
			""";

	private static final String TAKE = "update example_stock set quantity = quantity - ? where item = ? and quantity >= ?";

	@Bean
	Function<OrderPlaced, OrderDecision> decideOrder(JdbcClient db) {
		return (order) -> {
			if (db.sql(INSERT).params(order.orderId(), order.item(), order.quantity(), order.orderId()).update() == 0) {
				return new OrderRejected(order.orderId(), "there is an order with this id already");
			}
			if (order.quantity() > 0
					&& db.sql(TAKE).params(order.quantity(), order.item(), order.quantity()).update() == 1) {
				return new OrderAccepted(order.orderId());
			}
			String reason = (order.quantity() > 0) ? "not enough in stock" : "the quantity must be positive";
			db.sql("update example_order set state = 'rejected', reason = ? where id = ?")
				.params(reason, order.orderId())
				.update();
			return new OrderRejected(order.orderId(), reason);
		};
	}

	@Bean
	Function<OrderAccepted, OrderShipped> shipOrder() {
		return (order) -> new OrderShipped(order.orderId());
	}

	@Bean
	Consumer<OrderShipped> closeOrder(JdbcClient db) {
		return (order) -> db.sql("update example_order set state = 'shipped' where id = ?")
			.param(order.orderId())
			.update();
	}

	/**
	 * Somebody wants something.
	 */
	@EventType("order.placed")
	public record OrderPlaced(@EventKey String orderId, String item, int quantity) {

		public OrderPlaced {
			Objects.requireNonNull(orderId, "orderId");
			Objects.requireNonNull(item, "item");
		}

	}

	/**
	 * What became of the wish.
	 */
	public sealed interface OrderDecision {

	}

	/**
	 * The stock was taken.
	 */
	@EventType("order.accepted")
	public record OrderAccepted(@EventKey String orderId) implements OrderDecision {

	}

	/**
	 * Nothing was taken.
	 */
	@EventType("order.rejected")
	public record OrderRejected(@EventKey String orderId, String reason) implements OrderDecision {

	}

	/**
	 * It is on its way.
	 */
	@EventType("order.shipped")
	public record OrderShipped(@EventKey String orderId) {

	}

}

package dev.busbar.examples.orders;

import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows the state of an order.
 */
@RestController
public class OrderController {

	private final JdbcClient db;

	OrderController(JdbcClient db) {
		this.db = db;
	}

	@GetMapping("/orders/{id}")
	ResponseEntity<Order> order(@PathVariable String id) {
		return ResponseEntity.of(this.db.sql("select id, item, quantity, state, reason from example_order where id = ?")
			.param(id)
			.query(Order.class)
			.optional());
	}

	/**
	 * An order.
	 */
	record Order(String id, String item, int quantity, String state, @Nullable String reason) {

	}

}

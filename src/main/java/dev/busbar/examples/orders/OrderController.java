package dev.busbar.examples.orders;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

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
	Order order(@PathVariable String id) {
		return this.db.sql("select id, item, quantity, state, reason from example_order where id = ?")
			.param(id)
			.query(Order.class)
			.optional()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

	/**
	 * An order.
	 */
	record Order(String id, String item, int quantity, String state, @Nullable String reason) {

	}

}

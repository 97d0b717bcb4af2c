package dev.busbar.failure.app;

import java.util.List;
import java.util.Map;

import dev.busbar.egress.live.LiveFeed;
import dev.busbar.failure.app.FailureEvents.Sold;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows to the suite what happened. Each case has keys and ids with a prefix of its own.
 */
@RestController
class FailureController {

	private final Calls calls;

	private final Sales sales;

	private final ObjectProvider<LiveFeed> live;

	FailureController(Calls calls, Sales sales, ObjectProvider<LiveFeed> live) {
		this.calls = calls;
		this.sales = sales;
		this.live = live;
	}

	@GetMapping("/calls")
	int calls(@RequestParam String id) {
		return this.calls.of(id);
	}

	/** How many follow the feed. */
	@GetMapping("/followers")
	int followers() {
		return this.live.getObject().readers();
	}

	@PostMapping("/sales")
	boolean sell(@RequestBody Map<String, Sold> sold) {
		this.sales.sell(sold);
		return true;
	}

	@GetMapping("/sales")
	List<String> sales(@RequestParam String prefix) {
		return this.sales.list(prefix);
	}

}

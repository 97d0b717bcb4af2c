package dev.busbar.failure.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often broken events were given to their handler in this process: an effect outside
 * the database, which no rollback takes back.
 */
class Calls {

	private final Map<String, Integer> calls = new ConcurrentHashMap<>();

	void count(String id, boolean broken) {
		if (broken) {
			this.calls.merge(id, 1, Integer::sum);
			throw new IllegalStateException("the event " + id + " is broken on purpose");
		}
	}

	int of(String id) {
		return this.calls.getOrDefault(id, 0);
	}

}

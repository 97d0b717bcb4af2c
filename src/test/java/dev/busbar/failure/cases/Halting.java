package dev.busbar.failure.cases;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events that halt the process which handles them.
 */
final class Halting {

	private Halting() {
	}

	/** Lets an event ask for a halt at a point. */
	@SuppressWarnings("unchecked")
	static void ask(Map<String, Object> event, String point) {
		Map<String, Object> data = new TreeMap<>((Map<String, Object>) event.get("data"));
		data.put("halt", point);
		event.put("data", data);
	}

	/** Sends a request to a process that may halt before it answers. */
	static void post(Supplier<HttpResponse<String>> request) {
		try {
			HttpResponse<String> answer = request.get();
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		}
		catch (UncheckedIOException ex) {
			// The next request under the same ids tells what was committed.
		}
	}

}

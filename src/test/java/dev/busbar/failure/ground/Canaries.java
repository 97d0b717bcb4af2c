package dev.busbar.failure.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.Cage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tells whether hostile input did harm: whether the next event is handled, and whether a
 * class was loaded that a message named.
 */
public final class Canaries {

	/** Headers that would choose code, if anything read them. */
	public static final Map<String, String> FORGED = Map.of("spring_json_header_types",
			"{\"x\":\"" + Cage.CANARY + "\"}", "x", "{}", "__TypeId__", Cage.CANARY, "springBatchFormat",
			"lengthHeader4", "spring.cloud.function.definition", "shout", "spring.cloud.function.routing-expression",
			"T(java.lang.Class).forName('" + Cage.CANARY + "')", "spring.cloud.stream.sendto.destination", "elsewhere",
			"contentType", "application/x-java-object;type=" + Cage.CANARY);

	private Canaries() {
	}

	/** Sends a request that need not be well-formed, and returns its status. */
	public static int post(BusbarClient client, String contentType, Map<String, String> headers, byte[] body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(client.address().resolve("/events"))
			.timeout(Duration.ofSeconds(30))
			.header("content-type", contentType)
			.POST(BodyPublishers.ofByteArray(body));
		headers.forEach(request::header);
		try {
			return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Posts the next good order of a key, and returns how long its handling took. */
	public static Duration next(Scene scene, String prefix, int key, int number) {
		long start = System.nanoTime();
		Map<String, Object> event = Scene.event("failure.ordered", prefix, key, number, Map.of());
		assertThat(scene.client().post(event).statusCode()).isEqualTo(202);
		scene.awaitOrders(prefix, number + 1);
		return Duration.ofNanos(System.nanoTime() - start);
	}

	/** Fails if the process has loaded the canary. */
	public static void silent(Scene scene) {
		try (Stream<String> loaded = Files.lines(scene.process().folder().resolve("classes.log"))) {
			assertThat(loaded).as("classes that were loaded")
				.anyMatch((line) -> line.contains("dev.busbar.failure.app.FailureApplication "))
				.noneMatch((line) -> line.contains(Cage.CANARY + " "));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}

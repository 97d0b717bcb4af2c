package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to a running Busbar as any HTTP client would.
 *
 * @param address where it listens
 */
public record BusbarClient(URI address) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

	/** An event in the JSON format of CloudEvents 1.0. */
	public static Map<String, Object> event(String id, String type, @Nullable String key, Map<String, ?> data) {
		Map<String, Object> event = new TreeMap<>(
				Map.of("specversion", "1.0", "id", id, "source", "/contract", "type", type, "data", data));
		if (key != null) {
			event.put("partitionkey", key);
		}
		return event;
	}

	/** Sends one event in the structured content mode. */
	public HttpResponse<String> post(Map<String, ?> event) {
		return post("/events", "application/cloudevents+json", event);
	}

	/** Sends one event, and asks for what comes of it. */
	public HttpResponse<String> ask(Map<String, ?> event, int seconds) {
		return post("/events", "application/cloudevents+json", event, "Prefer", "wait=" + seconds);
	}

	/** Sends events as one batch, in their order. */
	public HttpResponse<String> post(List<? extends Map<String, ?>> events) {
		return post("/events", "application/cloudevents-batch+json", events);
	}

	public HttpResponse<String> webhook(Map<String, ?> body) {
		return json("/webhook", body);
	}

	/** Sends JSON to any path. */
	public HttpResponse<String> json(String path, Map<String, ?> body) {
		return post(path, "application/json", body);
	}

	/** Asks for what is at a path, with headers of its own. */
	public HttpResponse<String> get(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.address.resolve(path))
			.timeout(Duration.ofSeconds(30));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return send(request.build());
	}

	/** The answer of a path as JSON. */
	public JsonNode json(String path) {
		return JSON.readTree(get(path).body());
	}

	/** Replaces what is at a path by JSON. */
	public HttpResponse<String> put(String path, Map<String, ?> body) {
		return send(HttpRequest.newBuilder(this.address.resolve(path))
			.timeout(Duration.ofSeconds(30))
			.header("content-type", "application/json")
			.PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
			.build());
	}

	/** Deletes what is at a path. */
	public HttpResponse<String> delete(String path) {
		return send(
				HttpRequest.newBuilder(this.address.resolve(path)).timeout(Duration.ofSeconds(30)).DELETE().build());
	}

	/** Whether the web server answers at all. */
	public boolean isUp() {
		return status("/actuator/health/liveness") > 0;
	}

	/** Whether it reports that it can do its work. */
	public boolean isReady() {
		return status("/actuator/health/readiness") == 200;
	}

	private int status(String path) {
		try {
			return get(path).statusCode();
		}
		catch (UncheckedIOException ex) {
			return -1;
		}
	}

	/** Sends JSON, or an event, with headers of its own. */
	public HttpResponse<String> post(String path, String contentType, Object body, String... headers) {
		List<String> all = new ArrayList<>(List.of("content-type", contentType));
		all.addAll(List.of(headers));
		return send(HttpRequest.newBuilder(this.address.resolve(path))
			.timeout(Duration.ofSeconds(30))
			.headers(all.toArray(String[]::new))
			.POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
			.build());
	}

	private static HttpResponse<String> send(HttpRequest request) {
		try {
			return HTTP.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}

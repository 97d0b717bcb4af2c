package dev.busbar.failure.ground;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;

import dev.busbar.failure.app.FailureApplication;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application that the cases of one broker share: a process on a site.
 */
public final class Scene implements AutoCloseable {

	/** How long anything may take for which no time is promised. */
	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final Site site;

	private final Size size;

	private final String application = "failure-" + prefix() + "group";

	private final BusbarProcess process;

	private String running = "";

	/** Prepares an application that does not run yet. */
	public Scene(Site site, Size size) {
		this.site = site;
		this.size = size;
		// A handling that an OutOfMemoryError ends is repeated, which would hide it.
		this.process = another(FailureApplication.class).withOption("-Xlog:class+load:file=classes.log")
			.withOption("-XX:+ExitOnOutOfMemoryError");
	}

	/** Makes everything run, whatever the case before has left. */
	public void begin(String name) {
		this.running = name;
		FailureTable.put(name, this.site.name(), "FAILED");
		this.site.heal();
		if (!this.process.isRunning()) {
			this.process.startReady();
		}
	}

	/** Ends a case that went well. */
	public void report(Tally tally, String note, Object... arguments) {
		String cell = tally + " (" + note.formatted(arguments) + ")";
		System.out.println(this.site.name() + ": " + this.running + ": " + cell);
		FailureTable.put(this.running, this.site.name(), cell);
	}

	/** Ends a case that counts no events. */
	public void reportNote(String note) {
		System.out.println(this.site.name() + ": " + this.running + ": " + note);
		FailureTable.put(this.running, this.site.name(), note);
	}

	/** Another instance, or another version, of the application; it does not run yet. */
	public BusbarProcess another(Class<?> main, String... others) {
		List<String> arguments = this.site.arguments("--spring.application.name=" + this.application,
				"--busbar.remote.contractor.type=failure.commissioned",
				"--busbar.remote.contractor.results=failure.slow", "--busbar.remote.contractor.lease=10m",
				"--busbar.handlers.handleFragile.retry.attempts=4",
				"--busbar.handlers.handleFragile.retry.backoff=50ms",
				"--busbar.handlers.handleParked.transaction=event", "--busbar.handlers.handleParked.retry.attempts=2",
				"--busbar.handlers.handleParked.retry.delays=1s,1s",
				"--busbar.handlers.handleOvertaken.transaction=event",
				"--busbar.handlers.handleOvertaken.retry.attempts=2",
				"--busbar.handlers.handleOvertaken.retry.delays=1s,1s",
				"--busbar.handlers.handleOvertaken.retry.order=overtake");
		arguments.addAll(List.of(others));
		return BusbarProcess.library("failure", main, arguments);
	}

	public Site site() {
		return this.site;
	}

	public Size size() {
		return this.size;
	}

	public BusbarProcess process() {
		return this.process;
	}

	public BusbarClient client() {
		return this.process.client();
	}

	/** A prefix for the keys and ids of one case. */
	public static String prefix() {
		return UUID.randomUUID().toString().substring(0, 8) + "-";
	}

	/** Events with so many keys, numbered from 0 within each key. */
	public static List<Map<String, Object>> events(String type, String prefix, int keys, int count,
			Map<String, ?> members) {
		List<Map<String, Object>> events = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			events.add(event(type, prefix, i % keys, i / keys, members));
		}
		return events;
	}

	/** One event; its id follows from its key and number. */
	public static Map<String, Object> event(String type, String prefix, int key, int number, Map<String, ?> members) {
		Map<String, Object> data = new TreeMap<>(members);
		data.put("key", prefix + key);
		data.put("number", number);
		return BusbarClient.event(prefix + key + "." + number, type, prefix + key, data);
	}

	/** Orders, which have one result each. */
	public static List<Map<String, Object>> orders(String prefix, int keys, int count) {
		return events("failure.ordered", prefix, keys, count, Map.of());
	}

	/** Posts in the background to the process. */
	public Load load(List<Map<String, Object>> events) {
		return new Load(this::client, events, 4, 20);
	}

	/** Starts or stops a binding of the process. */
	public void bind(String binding, boolean started) {
		Map<String, String> state = Map.of("state", started ? "STARTED" : "STOPPED");
		assertThat(client().json("/actuator/bindings/" + binding, state).statusCode()).isEqualTo(204);
	}

	/** Waits for a condition for which no time is promised. */
	public void await(String what, Callable<Boolean> condition) {
		Awaitility.await(what + ", see " + this.process.folder())
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(200))
			.ignoreExceptionsInstanceOf(UncheckedIOException.class)
			.until(condition);
	}

	/** Waits until so many effects are there; doubled ones count too. */
	public void awaitEffects(String prefix, Map<String, Integer> byType) {
		await("effects " + byType, () -> {
			JsonNode counts = client().json("/journal/counts?prefix=" + prefix);
			return byType.entrySet()
				.stream()
				.allMatch((wanted) -> counts.path(wanted.getKey()).asLong(0) >= wanted.getValue());
		});
	}

	/** Waits for the effects of orders and of their results. */
	public void awaitOrders(String prefix, int count) {
		awaitEffects(prefix, Map.of("failure.ordered", count, "failure.booked", count));
	}

	@Override
	public void close() {
		this.process.close();
		this.site.close();
	}

}

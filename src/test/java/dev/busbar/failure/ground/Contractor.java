package dev.busbar.failure.ground;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;

import dev.busbar.testing.SocketClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A remote handler that does not give up: what was not acknowledged it answers again, and
 * it connects again when its connection is gone.
 */
public final class Contractor implements AutoCloseable {

	private static final int KEYS = 4;

	private final Scene scene;

	private final String prefix = Scene.prefix();

	private final Set<String> ids = new HashSet<>();

	private SocketClient socket;

	/**
	 * Posts work, and connects.
	 * @param scene the application
	 * @param count how many events
	 */
	public Contractor(Scene scene, int count) {
		this.scene = scene;
		List<Map<String, Object>> events = Scene.events("failure.commissioned", this.prefix, KEYS, count, Map.of());
		new Load(scene::client, events, 1, count).await();
		events.forEach((event) -> this.ids.add(String.valueOf(event.get("id"))));
		this.socket = connect();
		this.socket.await("work", KEYS);
	}

	private SocketClient connect() {
		SocketClient client = SocketClient.open(this.scene.client().address().getPort());
		client.send("{'do':'handle','handler':'contractor','capacity':100}");
		return client;
	}

	/** Answers all that it has, once. */
	public void answer() {
		Set<String> done = leases("handled");
		try {
			for (JsonNode work : this.socket.received("work")) {
				if (!done.contains(work.path("lease").asString())) {
					this.socket.send("{'do':'handled','ref':'" + work.path("lease").asString() + "','lease':'"
							+ work.path("lease").asString() + "','results':[{'type':'failure.slow','data':{'key':'"
							+ work.path("event").path("partitionkey").asString() + "','number':"
							+ work.path("event").path("data").path("number") + ",'millis':0}}]}");
				}
			}
		}
		catch (CompletionException ex) {
			this.socket.abort();
			this.socket = connect();
		}
	}

	/** How many answers were acknowledged on this connection. */
	public int acknowledged() {
		return leases("handled").size();
	}

	/**
	 * How many answers were not taken on this connection, those that were sent again
	 * included.
	 */
	public int refused() {
		return this.socket.received("error").size();
	}

	private Set<String> leases(String kind) {
		Set<String> leases = new HashSet<>();
		this.socket.received(kind).forEach((each) -> leases.add(each.path("lease").asString()));
		return leases;
	}

	/** Answers until all is done, and counts that each event had one effect, in order. */
	public Tally finish() {
		this.scene.await("all work done", () -> {
			answer();
			return effects().stream().map(Effect::cause).distinct().count() >= this.ids.size();
		});
		// Of a doubled answer the result would come in order, and so before this one.
		List<Effect> effects = effects();
		Set<String> causes = new HashSet<>();
		effects.forEach((effect) -> causes.add(String.valueOf(effect.cause())));
		Tally tally = new Tally(this.ids.size(), causes.stream().filter(this.ids::contains).count(), 0, 0, 0,
				effects.size() - causes.size(), causes.stream().filter((cause) -> !this.ids.contains(cause)).count());
		assertThat(tally).as("the count").matches(Tally::balances);
		Count.of(this.scene.client(), this.prefix).inOrder();
		return tally;
	}

	private List<Effect> effects() {
		return Count.effects(this.scene.client(), this.prefix, 0);
	}

	@Override
	public void close() {
		this.socket.close();
	}

}

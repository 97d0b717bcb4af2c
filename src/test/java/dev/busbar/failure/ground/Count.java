package dev.busbar.failure.ground;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.busbar.event.ResultIds;
import dev.busbar.testing.BusbarClient;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts what became of the events of a case: by HTTP, and in the database.
 */
public final class Count {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Set<String> WAITING = Set.of("stored", "scheduled", "delayed", "replaying");

	private final BusbarClient client;

	private final String prefix;

	private final List<Effect> effects = new ArrayList<>();

	private final Map<String, JsonNode> letters = new HashMap<>();

	private Count(BusbarClient client, String prefix) {
		this.client = client;
		this.prefix = prefix;
	}

	/**
	 * Reads all effects and dead letters.
	 * @param client who is asked
	 * @param prefix what the keys and ids begin with
	 */
	public static Count of(BusbarClient client, String prefix) {
		Count count = new Count(client, prefix);
		count.effects.addAll(effects(client, prefix, 0));
		String cursor = "";
		while (cursor != null) {
			JsonNode page = json(client, "/dead-letters?limit=1000&text=" + prefix + cursor);
			for (JsonNode letter : page.get("deadLetters")) {
				count.letters.put(letter.get("eventId").asString(), letter);
			}
			String next = text(page.get("next"));
			cursor = (next != null) ? "&cursor=" + next : null;
		}
		return count;
	}

	/** The effects of events with this number or a higher one, in their order. */
	static List<Effect> effects(BusbarClient client, String prefix, int from) {
		List<Effect> effects = new ArrayList<>();
		for (JsonNode row : json(client, "/journal?prefix=" + prefix + "&from=" + from)) {
			effects.add(new Effect(row.get("type").asString(), row.get("eventId").asString(),
					row.get("eventKey").asString(), row.get("number").asInt(), text(row.get("cause")),
					row.get("process").asString(), row.get("millis").asLong()));
		}
		return effects;
	}

	/** The effects, in their order. */
	public List<Effect> effects() {
		return this.effects;
	}

	/** The dead letters by the ids of their events. */
	public Map<String, JsonNode> letters() {
		return this.letters;
	}

	/** Fails if the events of a type and key took effect in another order than theirs. */
	public Count inOrder() {
		Map<String, List<Integer>> numbers = new HashMap<>();
		this.effects.forEach(
				(effect) -> numbers.computeIfAbsent(effect.type() + " " + effect.eventKey(), (key) -> new ArrayList<>())
					.add(effect.number()));
		assertThat(numbers).allSatisfy((key, order) -> assertThat(order).as(key).isSorted());
		return this;
	}

	/**
	 * Balances the effects with what was accepted, and fails if that does not come out
	 * even.
	 * @param accepted the ids of the accepted events
	 */
	public Tally balance(Collection<String> accepted) {
		Set<String> ids = new HashSet<>(accepted);
		List<Effect> own = this.effects.stream().filter((effect) -> effect.cause() == null).toList();
		List<Effect> results = this.effects.stream().filter((effect) -> effect.cause() != null).toList();
		Set<String> done = own.stream().map(Effect::eventId).collect(Collectors.toSet());
		Set<String> causes = results.stream().map(Effect::cause).collect(Collectors.toSet());
		long strange = done.stream().filter((id) -> !ids.contains(id)).count()
				+ results.stream().filter((result) -> !isResultOf(result, done)).count();
		long withoutResult = own.stream()
			.filter((effect) -> effect.type().equals("failure.ordered") && !causes.contains(effect.eventId()))
			.count();
		long pending = 0;
		long lost = withoutResult;
		for (String id : ids) {
			if (!done.contains(id) && !this.letters.containsKey(id)) {
				if (WAITING.contains(this.client.json("/events/" + id).path("state").asString(""))) {
					pending++;
				}
				else {
					lost++;
				}
			}
		}
		long dead = this.letters.keySet().stream().filter((id) -> !done.contains(id)).count();
		Tally tally = new Tally(ids.size(), ids.stream().filter(done::contains).count(), dead, pending, lost,
				this.effects.size() - done.size() - causes.size(), strange);
		assertThat(tally).as("the count").matches(Tally::balances);
		// What was accepted is "stored" until something is known of it, so that a lost
		// event could pass for a pending one. Each case waits for its end.
		assertThat(tally.pending()).as("pending at the end: " + tally).isZero();
		compareWithTables(tally);
		return tally;
	}

	private void compareWithTables(Tally tally) {
		JsonNode tables = json(this.client, "/tables?prefix=" + this.prefix);
		assertThat(tables.get("inbox").path("HANDLED").asLong(0)).as("handled, as the inbox has it")
			.isEqualTo(tally.effects());
		assertThat(sum(tables.get("letters"))).as("dead letters in the table").isEqualTo(this.letters.size());
		assertThat(sum(tables.get("outgoing"))).as("waiting in the outbox").isLessThanOrEqualTo(tally.pending());
	}

	private static boolean isResultOf(Effect result, Set<String> causes) {
		String cause = result.cause();
		return cause != null && causes.contains(cause)
				&& result.eventId().equals(ResultIds.of("/contract", cause, "failure.ordered", 0));
	}

	private static long sum(JsonNode counts) {
		long sum = 0;
		for (JsonNode count : counts) {
			sum += count.asLong();
		}
		return sum;
	}

	private static JsonNode json(BusbarClient client, String path) {
		HttpResponse<String> answer = client.get(path);
		assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
		return JSON.readTree(answer.body());
	}

	private static @Nullable String text(@Nullable JsonNode node) {
		return (node != null && node.isString()) ? node.asString() : null;
	}

}
